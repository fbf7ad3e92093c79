"""The other side's own books: what the rehearsal Mosaic and the mailbox hold in the end."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from activities.mosaic import CLOSING_STEPS
from adapters.register.clocks import KeptClock
from adapters.smtp import message_id
from cli.rehearsal.case import Case
from cli.rehearsal.expectation import ExpectedAlert, ExpectedMail, ExpectedShare
from cli.rehearsal.local import Rehearsal
from cli.wiring import clocks
from models.certificate import agrees
from models.clock_words import RUNG_WORDS
from models.kinds import JourneyKind
from models.step_down.letter_reference import from_subject, transfer_of
from models.step_down.start import StepDownRequest


@dataclass(frozen=True)
class Books:
    """What the others hold about one case, after it was played."""

    children: dict[str, tuple[str, ...]]
    """The next actions with which each child's newest closing step was completed; none where it is open."""
    shared: tuple[ExpectedShare, ...]
    contact: dict[str, tuple[str, ...]]
    """What this case wrote of the work so far into the Early Help workflow of each child, oldest first."""
    mail: tuple[ExpectedMail, ...]
    alerts: tuple[ExpectedAlert, ...]
    clocks: tuple[KeptClock, ...]
    """What our own register keeps of those who had to answer."""

    @property
    def wrong_certificates(self) -> tuple[str, ...]:
        """The due dates that come out differently when they are calculated again."""
        return tuple(kept.clock_id for kept in self.clocks if not agrees(kept.certificate, kept.calendar))


def closing_step_of(*cases: Case) -> str | None:
    """The workflow step by which Mosaic closes the children of a family; None where social work has none of them."""
    routes = (case.start.route for case in cases if isinstance(case.start, StepDownRequest))
    return next((CLOSING_STEPS[route] for route in routes), None)


def admit(local: Rehearsal, *cases: Case) -> None:
    """Put the family of these cases into the rehearsal Mosaic, as it stands before the first of them."""
    said = cases[0].mosaic.model_dump(mode="json", exclude_unset=True)
    body = {**said, "closing_step": closing_step_of(*cases)}
    httpx.post(f"{local.mosaic_url}/rehearsal/families", json=body).raise_for_status()


LISTED_WITHIN = 300
"""Seconds: the mailbox reads every message that it holds."""


def all_mail(local: Rehearsal) -> Sequence[Mapping[str, Any]]:
    """Every message that the mailbox holds, as it lists them."""
    messages: list[dict[str, Any]] = (
        httpx.get(f"{local.mailbox_url}/messages", timeout=LISTED_WITHIN).raise_for_status().json()
    )
    return messages


def read_books(local: Rehearsal, case: Case, all_of_it: Sequence[Mapping[str, Any]] | None = None) -> Books:
    """Ask Mosaic and the mailbox what they hold; ``all_of_it`` is what the mailbox listed, where that is known."""
    books = httpx.get(
        f"{local.mosaic_url}/rehearsal/books", params={"family_ref": case.mosaic.family_ref}
    ).raise_for_status()
    held = books.json()
    steps, shares = held["steps"], held["shares"]
    # The steps come oldest first, so that the newest closing step of a child is the one that stays.
    own_step = closing_step_of(case)
    closed = {step["person_ref"]: step["completion"] for step in steps if step["type"] == own_step}
    mail = _mail(local, case, all_mail(local) if all_of_it is None else all_of_it)
    alerts = tuple(alert for message in mail if (alert := alert_of(message)) is not None)
    return Books(
        children={
            child: tuple(_action_words(action) for action in completion["next_actions"]) if completion else ()
            for child, completion in closed.items()
        },
        shared=tuple(ExpectedShare(document=s["document_ref"], version=s["version"], team=s["team"]) for s in shares),
        contact=_contact(case, steps, held["entries"]),
        mail=tuple(message for message in mail if alert_of(message) is None),
        alerts=alerts,
        clocks=tuple(clocks().clocks(case.start.id)),
    )


def _contact(
    case: Case, steps: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[str, ...]]:
    """By child; what others wrote, another case of the same family too, is no part of it."""
    child_of = {step["id"]: step["person_ref"] for step in steps}
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if str(entry["reference"]).startswith(f"{case.start.id}/"):
            child = child_of[entry["step_id"]]
            found[child] = (*found.get(child, ()), entry["work_so_far"])
    return found


NOUNS = "|".join(kind.noun for kind in JourneyKind)
ALERT = re.compile(rf"(?P<what>{'|'.join(RUNG_WORDS.values())}): .* \(({NOUNS}) .*, alert \d+\)")


def alert_of(message: ExpectedMail) -> ExpectedAlert | None:
    """The alert that a message is, by its subject."""
    found = ALERT.fullmatch(message.subject)
    if found is None:
        return None
    return ExpectedAlert(to=message.to, what=next(k for k, words in RUNG_WORDS.items() if words == found["what"]))


def _action_words(action: dict[str, str | None]) -> str:
    return f"{action['type']}, to {action['assigned_to']}" if action["assigned_to"] else str(action["type"])


def _mail(local: Rehearsal, case: Case, messages: Sequence[Mapping[str, Any]]) -> tuple[ExpectedMail, ...]:
    return tuple(_as_read(local, case, message) for message in messages if is_of(message, case.start.id))


def _as_read(local: Rehearsal, case: Case, message: Mapping[str, Any]) -> ExpectedMail:
    """One message, with the children whose names stand in it."""
    letter = httpx.get(f"{local.mailbox_url}/messages/{message['id']}").raise_for_status().json()
    said = "\n".join([letter["text"], *(attached["text"] for attached in letter["attachment_texts"])])
    return ExpectedMail(
        to=message["to"][0],
        subject=from_subject(message["subject"])[0],
        attachments=tuple(letter["attachments"]),
        names=tuple(child.ref for child in case.mosaic.children if child.name.split()[0] in said),
    )


def is_of(message: Mapping[str, Any], transfer_id: str) -> bool:
    """It belongs to the transfer by its thread; or, of a letter, by the reference in its subject."""
    said = from_subject(message["subject"])[1]
    if said is not None:
        return transfer_of(said, [transfer_id]) is not None
    return bool(message["headers"].get("References") == message_id(transfer_id))
