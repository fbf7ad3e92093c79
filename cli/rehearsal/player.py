"""How the acts of a case file are carried out: against the rehearsal Mosaic, the mailbox, the directories, Temporal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from temporalio.client import Client

from cli.rehearsal.acts import Act, Compare, Fault, Signal
from cli.rehearsal.local import Rehearsal
from cli.wiring import directory
from client.errors import InputError
from client.reconciling import compared
from client.transfers import Transfer
from models.people import Person

EARLY_HELP = "Early Help: Transfer from Social Work"
OPEN = frozenset({"Incoming", "Started", "Reopened"})
OF_THE_FAULT = frozenset({"when", "action", "times", "seconds"})


@dataclass(frozen=True)
class Player:
    """What the events of one transfer reach; without a handle it has not started."""

    local: Rehearsal
    client: Client
    family_ref: str = ""
    closes_by: str = ""
    """The workflow step by which Mosaic closes these children."""
    handle: Transfer | None = None

    async def play(self, act: Act) -> None:
        """Carry out one act.

        Raises:
            InputError: the rehearsal does not do it, as what the act is about is not there.
        """
        if isinstance(act, Signal):
            await self._send(act)
        elif isinstance(act, Compare):
            await compared(self.client)
        else:
            CARRIED_OUT[act.do](self, act)

    def mosaic(self, method: str, path: str, **body: object) -> Any:
        """Ask the rehearsal Mosaic."""
        return _asked(method, f"{self.local.mosaic_url}/rehearsal/{path}", body)

    def mailbox(self, method: str, path: str, **body: object) -> Any:
        """Ask the mailbox."""
        return _asked(method, f"{self.local.mailbox_url}/rehearsal/{path}", body)

    def mend(self) -> None:
        """Forget every fault that was planned."""
        self.mosaic("DELETE", "faults")
        self.mailbox("DELETE", "faults")

    def closing_step(self, child: str) -> str:
        """The child's newest closing step."""
        return self._newest(child, self.closes_by)

    def early_help_step(self, child: str) -> str:
        """The newest Early Help workflow of the child that is open."""
        return self._newest(child, EARLY_HELP, OPEN)

    def _newest(self, child: str, kind: str, stands: frozenset[str] | None = None) -> str:
        steps = self.mosaic("GET", f"books?family_ref={self.family_ref}")["steps"]
        found = [
            str(step["id"])
            for step in steps
            if (step["person_ref"], step["type"]) == (child, kind) and (stands is None or step["status"] in stands)
        ]
        if not found:
            raise InputError(f"{child}: has no such step in Mosaic: {kind}")
        return found[-1]

    async def _send(self, act: Signal) -> None:
        """Send the message as another system would: with our key, or as one that knows nothing of our keys."""
        if self.handle is None:
            raise AssertionError("a message is read only where a transfer can get it")
        sender = self.client
        if act.do == "signal_in_clear":
            host = self.client.service_client.config.target_host
            sender = await Client.connect(host, namespace=self.client.namespace)
        await sender.get_workflow_handle(self.handle.id).signal("step", act.content)


def _asked(method: str, url: str, body: dict[str, object]) -> Any:
    answer = httpx.request(method, url, json=body or None)
    if answer.is_error:
        raise InputError(f"{method} {url}: the rehearsal says {answer.status_code}: {answer.text}")
    return answer.json() if answer.content else None


def _lock(player: Player, child: str, *, locked: bool) -> None:
    player.mosaic("POST", "locks", step_id=player.closing_step(child), locked=locked)


def _part(player: Player, child: str, *, missing: bool) -> None:
    player.mosaic("POST", "parts", step_id=player.closing_step(child), missing=missing)


def _restrict(player: Player, child: str, teams: tuple[str, ...] | None) -> None:
    allowed = list(teams or ())
    player.mosaic("POST", "restrictions", person_ref=child, restricted=teams is not None, allowed_teams=allowed)


def _change_record(player: Player, act: Any) -> None:
    said = act.record.model_dump(mode="json", exclude_unset=True)
    player.mosaic("POST", "records", person_ref=act.child, **said)


def _open_step(player: Player, child: str, kind: str) -> None:
    player.mosaic("POST", "steps", person_ref=child, type=kind, status="Started")


def _cancel_step(player: Player, step_id: str) -> None:
    player.mosaic("POST", "step-status", step_id=step_id, status="Cancelled")


def _complete_step(player: Player, act: Any) -> None:
    actions = [action.model_dump() for action in act.next_actions]
    reason, step_id = act.closure_reason, player.closing_step(act.child)
    player.mosaic("POST", "completions", step_id=step_id, next_actions=actions, closure_reason=reason)


def _put_document(player: Player, act: Any) -> None:
    player.mosaic("POST", "documents", ref=act.document, version=act.version, text=act.text)


def _fault(act: Fault, *more: str) -> dict[str, object]:
    """The fault as the rehearsal reads it: what was not said is left to it."""
    return act.model_dump(include={*OF_THE_FAULT, *more}, exclude_none=True)


def _target(about: str | None) -> dict[str, object]:
    return {"target": about} if about else {}


def _fail_mosaic(player: Player, act: Any) -> None:
    completes = act.operation == "complete_step" and act.child
    about = player.closing_step(act.child) if completes else act.child or act.document
    player.mosaic("POST", "faults", **_fault(act, "operation", "error", "skip"), **_target(about))


def _fail_mail(player: Player, act: Any) -> None:
    player.mailbox("POST", "faults", **_fault(act, "stage", "code"), **_target(act.to))


def _put_person(_: Player, act: Any) -> None:
    directory().put_people([Person(**act.model_dump(exclude={"do"}))])


def _put_service(_: Player, act: Any) -> None:
    directory().put_services([act.service])


CARRIED_OUT: dict[str, Callable[[Player, Any], object]] = {
    "lock": lambda player, act: _lock(player, act.child, locked=True),
    "unlock": lambda player, act: _lock(player, act.child, locked=False),
    "empty_part": lambda player, act: _part(player, act.child, missing=True),
    "fill_part": lambda player, act: _part(player, act.child, missing=False),
    "restrict": lambda player, act: _restrict(player, act.child, act.teams),
    "unrestrict": lambda player, act: _restrict(player, act.child, None),
    "change_record": _change_record,
    "remove_team": lambda player, act: player.mosaic("DELETE", f"teams/{act.team}"),
    "add_team": lambda player, act: player.mosaic("POST", "teams", ref=act.team, name=act.name),
    "open_early_help": lambda player, act: _open_step(player, act.child, EARLY_HELP),
    "close_early_help": lambda player, act: _cancel_step(player, player.early_help_step(act.child)),
    "open_closing_step": lambda player, act: _open_step(player, act.child, player.closes_by),
    "cancel_closing_step": lambda player, act: _cancel_step(player, player.closing_step(act.child)),
    "complete_closing_step": _complete_step,
    "take_document_away": lambda player, act: player.mosaic(
        "DELETE", f"documents/{act.document}/versions/{act.version}"
    ),
    "put_document": _put_document,
    "fail_mosaic": _fail_mosaic,
    "fail_mail": _fail_mail,
    "fail_room": lambda player, act: player.mailbox("POST", "faults/rooms", **_fault(act)),
    "mend": lambda player, _: player.mend(),
    "put_person": _put_person,
    "put_service": _put_service,
}
"""What each act does that asks nothing of Temporal."""
