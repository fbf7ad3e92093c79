"""Mosaic actions: looking at children, sharing a document with a team, closing a child, seeing that it is open again.

An attempt that has begun goes to its end, though what it does is no longer wanted: broken off, nobody would know.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from activities.effect import Effects, Seen
from activities.failures import as_failures
from activities.newer import NewerVersions
from activities.ports import CaseManagement
from models.census import ClosureReason
from models.effects import EffectResult, Intent
from models.errors import LastingError
from models.mosaic import ChildRecord, ClosingStep, NextAction, SharedDocument
from models.step_down.held import PlanHere, Question, kept_open_by, unsaid
from models.step_down.start import Route
from models.vocabulary import LONDON, Frozen, local_time

CLOSED_TO_SOCIAL_WORK = "Case Closed to Children's Services"
EARLY_HELP_TRANSFER = "Early Help: Transfer from Social Work"
CLOSING_STEPS = {Route.ASSESSMENT: "Case Closure from Assessment", Route.PLAN: "Child Case Closure"}
"""The workflow step by which social work closes a child (SD-21)."""


NOT_CLOSED = (
    "Mosaic shows a reason to keep the child open, or one against the reason for closure, or does not say whether "
    "there is one"
)


class LookAtChildren(Frozen):
    """See what Mosaic holds of children (SD-19a, SD-19b)."""

    intent: Intent
    child_refs: tuple[str, ...]


class ShareDocument(Frozen):
    """Share the version that the family saw with the team of the service (SD-11)."""

    intent: Intent
    document_ref: str
    version: int
    team: str


class CloseChild(Frozen):
    """Close one child (SD-21…23): with the transfer to a team, or without."""

    intent: Intent
    child_ref: str
    route: Route = Route.ASSESSMENT
    since: datetime
    """From when on a closing counts: since the transfer was opened, or since social work reopened the child's case."""
    transfer_to: str | None
    """The Mosaic team of the Early Help service; None where the child only closes."""
    reason: ClosureReason | None
    """Why, for the census (SD-40); None where none follows any more: the child is not closed by it."""
    plan: PlanHere
    answered: tuple[Question, ...] = ()
    """What Mosaic did not say, and the team manager answered."""

    @property
    def privacy(self) -> str:
        """The class of the payload: most reasons say what a child went through, or where it is."""
        return "plain" if self.reason is not None and self.reason.after_assessment else "restricted"


class ReopenChild(Frozen):
    """See that social work's case for a closed child is open again; a person opens it (SD-35)."""

    intent: Intent
    child_ref: str
    route: Route = Route.ASSESSMENT
    since: datetime
    """When social work reopened the child's case."""


@dataclass(frozen=True)
class MosaicActivities:
    """What the machine does in Mosaic."""

    mosaic: CaseManagement
    effects: Effects

    @activity.defn(no_thread_cancel_exception=True)
    def look_at_children(self, order: LookAtChildren) -> EffectResult:
        """SD-19a, SD-19b: what keeps a child open is known before anything is closed.

        A child whose record cannot be read is left out as long as another one's can, and holds up nobody else.
        """
        with as_failures():
            return self.effects.read(order.intent, lambda: self._records(order.child_refs))

    def _records(self, refs: tuple[str, ...]) -> dict[str, ChildRecord]:
        found: dict[str, ChildRecord] = {}
        left_out: list[LastingError] = []
        for ref in refs:
            try:
                found[ref] = self._record(ref)
            except LastingError as error:
                left_out.append(error)
        if left_out and not found:
            raise left_out[0]
        return found

    def _record(self, ref: str) -> ChildRecord:
        try:
            return self.mosaic.child_record(ref).as_of(self.effects.now().astimezone(LONDON).date())
        except LastingError as error:
            known = f"It is about child {ref}. {error.known}".rstrip()
            raise LastingError(error.problem, str(error), known) from error

    @activity.defn(no_thread_cancel_exception=True)
    def share_document(self, order: ShareDocument) -> EffectResult:
        """SD-11."""
        with as_failures():
            newer = NewerVersions(self.mosaic, {order.document_ref: order.version})
            return newer.noted_in(self.effects.carry_out(order.intent, _Sharing(self.mosaic, order, newer)))

    @activity.defn(no_thread_cancel_exception=True)
    def close_child(self, order: CloseChild) -> EffectResult:
        """SD-21, SD-22, SD-23, SD-40: one completion carries all next actions and the reason, and is read back.

        SD-19a, SD-19b: right before it, what keeps the child open is looked for once more. Where something does, the
        child is not closed, and what was seen is the result.
        """
        with as_failures():
            try:
                return self.effects.carry_out(order.intent, _Closure(self.mosaic, order, self._record))
            except KeptOpenError as kept:
                return self.effects.stopped(order.intent, NOT_CLOSED, {order.child_ref: kept.record})

    @activity.defn(no_thread_cancel_exception=True)
    def reopen_child(self, order: ReopenChild) -> EffectResult:
        """SD-35: where it is not open, a person is asked to open it."""
        with as_failures():
            return self.effects.carry_out(order.intent, _Reopening(self.mosaic, order))


@dataclass(frozen=True)
class _Sharing:
    mosaic: CaseManagement
    order: ShareDocument
    newer: NewerVersions

    def look(self) -> Seen | None:
        order = self.order
        shared = self.mosaic.is_shared(order.document_ref, order.version, order.team)
        self.newer.look()
        seen = SharedDocument(ref=order.document_ref, version=order.version, team=order.team)
        return Seen(seen.words, shared=seen) if shared else None

    def act(self) -> None:
        order = self.order
        self.mosaic.share(order.document_ref, order.version, order.team, reference=order.intent.key)


class KeptOpenError(Exception):
    """A child is not closed, for what Mosaic holds of it now, or does not say."""

    def __init__(self, record: ChildRecord) -> None:
        """With the record; the text says nothing of it."""
        super().__init__("kept open")
        self.record = record


@dataclass
class _Closure:
    mosaic: CaseManagement
    order: CloseChild
    read: Callable[[str], ChildRecord]
    _seen: ClosingStep | None = None

    @property
    def next_actions(self) -> tuple[NextAction, ...]:
        team = self.order.transfer_to
        return (
            NextAction(type=CLOSED_TO_SOCIAL_WORK),
            *([NextAction(type=EARLY_HELP_TRANSFER, assigned_to=team)] if team else []),
        )

    def look(self) -> Seen | None:
        step = self._seen = self.mosaic.closing_step(self.order.child_ref, CLOSING_STEPS[self.order.route])
        if step.completion is None or step.closed is None:
            return None
        ours = step.completion.reference == self.order.intent.key
        if not ours and step.completion.completed_at < self.order.since:
            seen = f"The newest step is {step.id}, completed on {local_time(step.completion.completed_at)}."
            raise LastingError("no_open_step", "the newest closing step was completed for an earlier closing", seen)
        if set(step.completion.next_actions) != set(self.next_actions):
            asked = " and ".join(action.words for action in self.next_actions)
            seen = f"Mosaic says: {step.closed.words}. Asked for was {asked}."
            raise LastingError("already_completed", "the closing step was completed with other next actions", seen)
        if self.order.reason not in {None, step.completion.closure_reason}:
            seen = f"Mosaic says: {step.closed.words}, for another reason than was asked for, or for none."
            raise LastingError("already_completed", "the closing step was completed for another reason", seen)
        return Seen(step.closed.words, closed=step.closed)

    def act(self) -> None:
        if self._seen is None:
            raise AssertionError("the protocol looks before it acts")
        order, record = self.order, self.read(self.order.child_ref)
        reason = order.reason
        # By what it shows, the reason that follows is another one.
        more = reason is not None and reason.after_assessment and record.assessed_alone is False
        unanswered = not set(unsaid(record)) <= set(order.answered)
        if reason is None or kept_open_by(record, order.plan) or unanswered or more:
            raise KeptOpenError(record)
        self.mosaic.complete(
            self._seen, reference=order.intent.key, next_actions=self.next_actions, closure_reason=reason
        )


@dataclass(frozen=True)
class _Reopening:
    mosaic: CaseManagement
    order: ReopenChild

    def look(self) -> Seen | None:
        step = self.mosaic.closing_step(self.order.child_ref, CLOSING_STEPS[self.order.route])
        if step.completion is None:
            return Seen(f"step {step.id} is open")
        # What a person opened, and has completed again since, was open. What we completed ourselves only came late.
        ours = (step.completion.reference or "").startswith(f"{self.order.intent.transfer_id}/")
        again = not ours and step.completion.completed_at >= self.order.since
        return Seen(f"step {step.id} was opened, and has been completed") if again else None

    def act(self) -> None:
        raise LastingError("reopen_by_hand", "the newest closing step of the child is completed")
