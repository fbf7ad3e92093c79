"""Whatever is sent, and whatever goes wrong: no token, no name and no word that somebody wrote stands in a log."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import structlog

from adapters.logs import set_up_logs
from cli.pages.api_examples import api_examples
from cli.project import EXAMPLES
from cli.services import read_services
from client.journeys import EVERY
from client.schemas import START, messages
from gateway.limits import Limits
from tests.gateway.house import GatewayHouse, numbered
from tests.gateway.quiet import FORGED, Nothing, quiet_app, served, signed

MARKER = "Mx-Marker-Quill"
AS_OFTEN = 1_000_000
REF = "ref-marker-quill"


class Broken(Nothing):
    fails = RuntimeError(f"about {MARKER}")


@contextmanager
def logs() -> Iterator[None]:
    """As the process has them, with every line that any library writes."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    set_up_logs("gateway", "DEBUG")
    try:
        yield
    finally:
        root.setLevel(before[0])
        root.handlers = before[1]
        structlog.reset_defaults()


def marked(said: object) -> object:
    """The same with a name in every text; what is matched against a pattern may be refused for it."""
    if isinstance(said, dict):
        return {name: marked(value) for name, value in said.items()}
    if isinstance(said, list):
        return [marked(value) for value in said]
    return f"{said} {MARKER}" if isinstance(said, str) and " " in said else said


async def flood(http: httpx.AsyncClient) -> set[int]:
    """Everything that can be sent, right and wrong; with which statuses it is answered."""
    found: set[int] = set()

    async def answered(answer: httpx.Response) -> None:
        found.add(answer.status_code)

    http.event_hooks = {"response": [answered]}
    for kind in EVERY:
        home = f"/v1/{kind.path}"
        begun = await http.post(home, json=marked(api_examples()[kind.name][START]), headers=numbered(None))
        journey = begun.json().get("id", REF)
        for name in messages(kind):
            body: Any = marked(api_examples()[kind.name][name])
            where = home if name == START else f"{home}/{journey}/steps/{name}"
            for sent in (body, {**body, MARKER: MARKER}, [MARKER], {"concern": {MARKER: 1}}):
                await http.post(where, json=sent, headers=numbered(None))
        await http.get(f"{home}/{MARKER}", params={"stage": MARKER}, headers={"x-marker": MARKER})
        await http.get(home, params={"after": MARKER, "team": MARKER})
    await http.put(f"/v1/services/{REF}", json={"name": MARKER, "contact_email": f"{MARKER}@x.example"})
    await http.request("BREW", f"/{MARKER}", content=MARKER)
    return found


async def test_nothing_of_a_person_stands_in_a_log_though_everything_is_sent(
    house: GatewayHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    house.register.put_services(read_services(EXAMPLES / "services.csv"))
    token = house.token(teams=("team-sw", "north-2"))
    with logs():
        async with house.http(await house.app(limits=Limits(AS_OFTEN, AS_OFTEN)), token) as http:
            assert {201, 403, 404, 409, 422} <= await flood(http)
            http.headers["authorization"] = f"Bearer {token[:-5]}{MARKER}"
            assert await flood(http) <= {401, 404, 429}
    assert lines_without(capsys.readouterr().err, token, MARKER)


async def test_what_nobody_foresaw_is_logged_by_its_place_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with logs():
        async with served(quiet_app(nothing=Broken())) as port, httpx.AsyncClient() as http:
            here = f"http://127.0.0.1:{port}"
            for who in (MARKER, FORGED):
                await http.get(f"{here}/v1/services", params={"name": MARKER}, headers=signed(who))
            await http.request("BREW", f"{here}/{MARKER}", headers={"x": MARKER})
    lines = lines_without(capsys.readouterr().err, MARKER)
    assert any("RuntimeError" in place for line in lines for place in line.get("errors", ()))


def lines_without(err: str, *words: str) -> list[dict[str, list[str]]]:
    """What was written, in which none of this stands."""
    for word in words:
        assert word.lower() not in err.lower()
    return [json.loads(line) for line in err.splitlines()]
