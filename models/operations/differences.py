"""What differs between register, Temporal and Mosaic: in words, and how people are asked about it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from models.attention import PROBLEMS, Attention, Problem, Resolution
from models.journey.attention import raise_attention
from models.journey.facts import Facts
from models.journey.missing import is_closed
from models.journey.rows import Journey
from models.journey.status import Status
from models.journey.steps import ResolveAttention
from models.journey.timeline import TimelineEntry
from models.mosaic import DocumentVersion
from models.vocabulary import Frozen, Ref, Role, local_time

F = TypeVar("F", bound=Facts)


class DifferenceKind(StrEnum):
    """What can differ; each is a problem of its own in ``PROBLEMS``."""

    NO_WORKFLOW = "no_workflow"
    NOT_IN_REGISTER = "not_in_register"
    CLOSED_BUT_RUNS = "closed_but_runs"
    ENDED_BUT_OPEN = "ended_but_open"
    REGISTER_AHEAD = "register_ahead"
    REGISTER_BEHIND = "register_behind"
    CHILD_OPEN = "child_open"
    CHILD_CLOSED_OTHERWISE = "child_closed_otherwise"
    CHILD_CLOSED_BY_OTHERS = "child_closed_by_others"
    DOCUMENT_NOT_SHARED = "document_not_shared"
    NEWER_VERSION = "newer_version"
    """Found when a document is sent, too; it is told once for each version (SD-11)."""


OF_MOSAIC = frozenset(
    {
        DifferenceKind.CHILD_OPEN,
        DifferenceKind.CHILD_CLOSED_OTHERWISE,
        DifferenceKind.CHILD_CLOSED_BY_OTHERS,
        DifferenceKind.DOCUMENT_NOT_SHARED,
    }
)
LOST = frozenset({DifferenceKind.NOT_IN_REGISTER, DifferenceKind.ENDED_BUT_OPEN})
"""What the register lost, and shows again as the workflow has it."""

OF_RESETS = frozenset({DifferenceKind.REGISTER_AHEAD, DifferenceKind.CLOSED_BUT_RUNS})
"""What a reset in the Temporal UI brings about."""

OF_DOCUMENTS = frozenset({DifferenceKind.DOCUMENT_NOT_SHARED, DifferenceKind.NEWER_VERSION})


class Difference(Frozen):
    """One thing that differs; says nothing about a person beyond a reference."""

    kind: DifferenceKind
    transfer_id: Ref
    subject: str = ""
    """The child or the document, by reference; empty where it is the transfer itself."""
    detail: str = ""
    """What each side says."""
    document: DocumentVersion | None = None
    """The version that it is about, where it is about one."""
    reset_at: datetime | None = None
    """When somebody reset the transfer, where that is known."""
    register_version: int = 0
    """The version that the register holds: from there the transfer goes on."""
    restricted: bool = False
    """Of a restricted family: no list shows more than that something differs."""

    @property
    def id(self) -> str:
        """Unique within the transfer; the same however often it is found."""
        about = f"{self.document.ref} version {self.document.version}" if self.document else self.subject
        return f"{self.kind}/{self.reset_at.isoformat() if self.reset_at else about}"

    @property
    def what(self) -> str:
        """What it is about, in plain words."""
        if self.document is not None:
            return self.document.words
        if self.reset_at is not None:
            return after_reset(self.reset_at)
        if not self.subject:
            return "The transfer itself"
        return f"{'Document' if self.kind in OF_DOCUMENTS else 'Child'} {self.subject}"

    @property
    def words(self) -> Problem:
        """What happened and what to do, in plain words."""
        return PROBLEMS[self.kind]

    @property
    def line(self) -> str:
        """What differs, as lists show it."""
        if self.restricted:
            return f"{self.words.happened} (Restricted family: named people read the rest.)"
        about = f"{self.what}. " if self.subject or self.document else ""
        return f"{about}{self.words.happened} {self.detail}".strip()

    @property
    def in_lists(self) -> "Difference":
        """The difference as lists show it: of a restricted family, no reference."""
        return self.model_copy(update={"subject": "", "detail": "", "document": None}) if self.restricted else self


def after_reset(at: datetime) -> str:
    """What a difference is about that a reset brought about."""
    return f"The transfer itself, reset on {local_time(at)}"


class Became(StrEnum):
    """What became of a difference."""

    RAISED = "raised"
    SHOWN = "shown"
    KNOWN = "known"
    ACCEPTED = "accepted"
    RESTORED = "restored"
    NOT_TOLD = "not_told"

    @property
    def words(self) -> str:
        """As people say it."""
        return {
            "raised": "somebody is asked in the transfer",
            "shown": "operations are asked in the register",
            "known": "it was asked before",
            "accepted": "accepted as it is",
            "restored": "the register shows it again",
            "not_told": "could not be told; the next comparison tries again",
        }[self.value]

    @property
    def is_new(self) -> bool:
        """Whether somebody was asked anew."""
        return self in {Became.RAISED, Became.SHOWN}


class Found(Frozen):
    """A difference, and what became of it."""

    difference: Difference
    became: Became


MOST_LISTED = 500
MOST_NAMED = 10


class Reconciled(Frozen):
    """What a comparison found."""

    transfers: int = 0
    children: int = 0
    """About how many children Mosaic was asked, and answered."""
    documents: int = 0
    found: tuple[Found, ...] = ()
    not_compared: int = 0
    """Transfers about which not every side answered."""
    unanswered: tuple[Ref, ...] = ()
    """Which those are, as far as there is room."""
    remaining: int = 0
    """Differences beyond what one comparison tells."""
    not_listed: int = 0
    """Differences that were told, and that ``found`` has no room for: an answer has its limit."""

    def with_found(self, found: Sequence[Found]) -> "Reconciled":
        """The same with these differences, as far as there is room."""
        room = max(0, MOST_LISTED - len(self.found))
        listed = (*self.found, *found[:room])
        return self.model_copy(update={"found": listed, "not_listed": self.not_listed + len(found[room:])})

    @property
    def raised(self) -> int:
        """How many of those that are listed were asked about anew."""
        return sum(one.became.is_new for one in self.found)

    @property
    def tried(self) -> int:
        """How many differences were to be asked about anew."""
        return sum(one.became.is_new or one.became is Became.NOT_TOLD for one in self.found)

    @property
    def words(self) -> str:
        """The comparison in a line or two."""
        compared = f"{_count(self.transfers, 'transfer')}, {_count(self.children, 'child', 'children')} compared."
        different = len(self.found) + self.not_listed + self.remaining
        if different:
            compared = f"{compared} {_count(different, 'difference')}, {self.raised} of them new."
        elif not self.not_compared:
            compared = f"The register, Mosaic and Temporal agree: {compared}"
        left = f"{self.remaining} remain for the next comparison." if self.remaining else ""
        return " ".join(filter(None, (compared, left, self._silent)))

    @property
    def _silent(self) -> str:
        if not self.not_compared:
            return ""
        named = ", ".join(self.unanswered[:MOST_NAMED])
        more = " and others" if self.not_compared > MOST_NAMED else ""
        return f"Of {_count(self.not_compared, 'transfer')} not every side answered: {named}{more}."


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def asked_before(items: Iterable[Attention], difference: Difference) -> Became | None:
    """Whether people know of it: they are asked, or said that it is to stay so.

    Done by hand is asked again; but Mosaic does not show what a family has seen, so of a newer version nobody is.
    """
    kinds = OF_RESETS if difference.reset_at else {difference.kind}
    same = [item for item in items if item.problem in kinds and item.what == difference.what]
    if any(item.open for item in same):
        return Became.KNOWN
    once = difference.kind is DifferenceKind.NEWER_VERSION
    return Became.ACCEPTED if any(once or item.resolution is Resolution.SKIP for item in same) else None


def put_right(items: Iterable[Attention]) -> tuple[str, ...]:
    """The resets of which a person has answered what is missing: what is recorded again bears another id."""
    return tuple(item.what for item in items if item.problem in OF_RESETS and item.resolution is not None)


def raise_difference(journey: Journey[F], facts: F, difference: Difference, now: datetime) -> tuple[F, Became]:
    """The facts with the difference as an item; a closed transfer takes none."""
    if is_closed(journey, facts):
        return facts, Became.NOT_TOLD
    if (before := asked_before(facts.attention, difference)) is not None:
        return facts, before
    if difference.document is not None and facts.has_seen(difference.document):
        return facts, Became.ACCEPTED
    raised = raise_attention(
        facts,
        now,
        difference.kind,
        difference.what,
        detail=difference.detail or None,
        document=difference.document,
    )
    return raised, Became.RAISED


def show(status: Status, found: Sequence[Difference], at: datetime, *, all_compared: bool) -> Status:
    """The status with what differs as items that the register alone shows; where all was compared, others end."""
    still = [
        item.model_copy(update={"needed": False})
        if all_compared and item.in_register and item.open and not any(asked_before([item], one) for one in found)
        else item
        for item in status.attention
    ]
    for one in found:
        if asked_before(still, one) is None:
            still.append(_item(one, 1 + sum(item.in_register for item in still), at))
    return _with_items(status, still)


def accepted(status: Status, step: ResolveAttention) -> Status:
    """The status after a person accepted what the register alone shows, with the reason; no workflow has it."""
    items = [
        item.model_copy(update={"resolution": step.resolution, "note": step.note})
        if item.id == step.attention_id
        else item
        for item in status.attention
    ]
    entry = TimelineEntry(
        at=step.occurred_at,
        recorded_at=step.occurred_at,
        who=step.actor.words,
        what=step.words,
        note=step.note,
        step_id=step.step_id,
    )
    return _with_items(status.model_copy(update={"timeline": (*status.timeline, entry)}), items)


def may_be_accepted(item: Attention, resolution: Resolution) -> bool:
    """Whether a person may end an item that the register alone shows: what Mosaic has may stay so."""
    return item.in_register and item.problem in OF_MOSAIC and resolution is Resolution.SKIP


def _with_items(status: Status, items: Sequence[Attention]) -> Status:
    asked = [role for role in status.waiting_for if role not in {Role.OPERATIONS, "nobody"}]
    asked += [Role.OPERATIONS] if any(item.open and item.who is Role.OPERATIONS for item in items) else []
    return status.model_copy(update={"attention": tuple(items), "waiting_for": tuple(asked) or ("nobody",)})


def _item(difference: Difference, number: int, at: datetime) -> Attention:
    return Attention(
        id=f"R{number}",
        effect=None,
        what=difference.what,
        problem=difference.kind,
        since=at,
        detail=difference.detail or None,
        document=difference.document,
        in_register=True,
    )
