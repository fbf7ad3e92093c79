"""What stands in docs/caseworker-systems.md is done against the real house: every command, in its order."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cli.project import DOCS, ROOT
from tests.pace import until
from tests.system.conftest import Rehearsal

PAGE = (DOCS / "caseworker-systems.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|json)\n(.*?)```", PAGE, re.DOTALL)
DONE = "that-was-all-of-it"
OF_THE_PAGE = ("first", "client")
"""The transfers that it starts."""


class Terminal:
    """Somebody's shell, in which the commands of the page are typed one after the other."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**rehearsal.of_commands, "PATH": path, "PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        self.shell = subprocess.Popen(
            ["bash"], cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True
        )

    def types(self, commands: str) -> str:
        """What the commands say, on the ports of this rehearsal and in the Python of this test."""
        local = self.rehearsal.local
        here = commands.replace(". .venv/bin/activate\n", "")
        here = here.replace("http://127.0.0.1:8090", local.mosaic_url)
        here = here.replace("http://127.0.0.1:8080", local.gateway_url)
        here = here.replace("caseworker-transfer.json\n", f"caseworker-transfer.json {local.gateway_url}\n")
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        self.shell.stdin.write(f"{here}\nended=$?; echo; echo {DONE} $ended\n")
        self.shell.stdin.flush()
        said = []
        for line in self.shell.stdout:
            if line.startswith(DONE):
                assert line == f"{DONE} 0\n", "".join(said)
                return "".join(said)
            said.append(line)
        raise AssertionError("".join(said))

    def end(self) -> None:
        self.shell.kill()
        self.shell.communicate()


@pytest.fixture
def terminal(rehearsal: Rehearsal) -> Iterator[Terminal]:
    opened = Terminal(rehearsal)
    yield opened
    opened.end()


def answers(said: str) -> Iterator[Any]:
    """Each JSON value of what curl wrote, one behind the other."""
    decoder, rest = json.JSONDecoder(), said.lstrip()
    while rest.startswith("{"):
        answer, end = decoder.raw_decode(rest)
        yield answer
        rest = rest[end:].lstrip()


def typed_and_shown() -> Iterator[tuple[str, Any]]:
    """The commands of the page, each with the answer that the page shows below it, or None."""
    for (language, block), (next_language, below) in pairwise([*BLOCKS, ("", "")]):
        if language == "sh":
            yield block, json.loads(below) if next_language == "json" else None


def test_following_the_page_one_transfer_runs_from_start_to_closed(rehearsal: Rehearsal, terminal: Terminal):
    refused, stages = [], []
    for block, shown in typed_and_shown():
        said = terminal.types(block)
        for answer in answers(said):
            stages.append(answer.get("stage"))
            if "code" in answer:
                refused.append(answer)
                assert answer == shown, "a refusal that the page does not show"
        until_at_rest(rehearsal)

    assert len(refused) == 1
    assert "closed" in stages
    assert {rehearsal.register.status(each).ended for each in OF_THE_PAGE} == {"Passed to Early Help"}


def until_at_rest(rehearsal: Rehearsal) -> None:
    """People read, and think, before they type the next command."""
    found = filter(None, map(rehearsal.register.status, OF_THE_PAGE))
    until(lambda: all(not one.at_work for one in found))
