"""A caseworker system in its smallest form: it starts a transfer, records its steps, and follows what happens.

    python examples/caseworker_client.py examples/caseworker-transfer.json

It speaks HTTP and JSON, and needs httpx alone. In a rehearsal `transfers token` stands in for the sign-in.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx

Actor = dict[str, Any]
LONG_POLL = 20


class Gateway:
    """The API, as whoever is signed in uses it."""

    def __init__(self, url: str, token: Callable[[Actor], str], pause: float = 2.0) -> None:
        """Reach it here; ``token`` is that of whoever acts, ``pause`` the seconds before something is tried again."""
        self.http, self.token, self.pause = httpx.Client(base_url=url, timeout=60), token, pause

    def start(self, transfer: dict[str, Any], actor: Actor) -> str:
        """Start a transfer, and return its id; under that as its number it is started once, however often sent."""
        return str(self._post("/v1/transfers", transfer, actor, transfer["id"])["id"])

    def record(self, transfer_id: str, step: dict[str, Any]) -> Any:
        """Record a step, which happened now if it does not say when; it is sent under its ``step_id``."""
        said = {"occurred_at": datetime.now(UTC).isoformat(), **step}
        return self._post(f"/v1/transfers/{transfer_id}/steps/{step['step']}", said, step["actor"], step["step_id"])

    def events(self, transfer_id: str, actor: Actor, after: str = "") -> Iterator[Any]:
        """What happens, as it happens, until the transfer is closed."""
        at = f"/v1/transfers/{transfer_id}"
        while True:
            page = self._get(f"{at}/timeline", actor, after=after, wait=LONG_POLL)
            yield from page["entries"]
            after = page["next"]
            if not page["more"] and self._get(at, actor)["stage"] == "closed":
                return

    def _get(self, path: str, actor: Actor, **asked: Any) -> Any:
        return self._known(lambda: self.http.get(path, params=asked, headers=self._signed_in(actor)))

    def _post(self, path: str, body: dict[str, Any], actor: Actor, key: str) -> Any:
        headers = {**self._signed_in(actor), "Idempotency-Key": key}
        return self._known(lambda: self.http.post(path, json=body, headers=headers))

    def _signed_in(self, actor: Actor) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(actor)}"}

    def _known(self, asked: Callable[[], httpx.Response]) -> Any:
        """Ask again, with the same number, for as long as it is not known what became of it; a refusal is raised."""
        while True:
            try:
                answer = asked()
            except httpx.TransportError:
                time.sleep(self.pause)
                continue
            if answer.status_code not in {429, 503}:
                break
            time.sleep(float(answer.headers.get("Retry-After", self.pause)))
        if answer.is_error:
            raise RuntimeError(answer.json()["detail"])
        return answer.json()


def of_the_rehearsal(actor: Actor) -> str:
    """A token for the person, as a sign-in would give one."""
    return token_of(actor["id"], actor["role"], actor["team"])


@cache
def token_of(who: str, role: str, team: str) -> str:
    """It holds for an hour."""
    command = ["transfers", "token", who, "--role", role, "--team", team]
    return subprocess.check_output(command, text=True).strip()


def main(file: str, url: str = "http://127.0.0.1:8080") -> None:
    """Start the transfer of a file, record its steps, and print what happens until it is closed."""
    case, gateway = json.loads(Path(file).read_text()), Gateway(url, of_the_rehearsal)
    transfer_id = gateway.start(case["start"], case["starts"])
    for step in case["steps"]:
        print(gateway.record(transfer_id, step)["stage_words"])
    for event in gateway.events(transfer_id, case["starts"]):
        print(event["at"], event["what"])


if __name__ == "__main__":
    main(*sys.argv[1:])
