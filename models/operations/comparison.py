"""Reconciliation: what the register, Temporal and Mosaic say of the same transfers, and what differs between them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from models.census import ClosedFor, ClosureReason
from models.effects import Effect, Ended
from models.kinds import EffectKind
from models.mosaic import ClosedStep, ClosingStep, DocumentVersion, SharedDocument
from models.operations.differences import MOST_NAMED, OF_RESETS, Difference, DifferenceKind, after_reset
from models.vocabulary import Frozen, Ref, local_time

SEEN_DONE = frozenset({Ended.DONE, Ended.FOUND_DONE})
"""Ended by what Mosaic showed; what a person did by hand may have been done elsewhere."""


class Noted(Frozen):
    """An effect as the effect book has it. Where ``ended`` is None it is under way."""

    effect: Effect
    ended: Ended | None
    evidence: str = ""
    at: datetime | None = None
    closed: ClosedStep | None = None
    """The closing step that Mosaic showed."""
    shared: SharedDocument | None = None
    """The sharing that Mosaic showed."""


class Registered(Frozen):
    """A transfer as the register holds it."""

    id: Ref
    version: int
    closed: bool
    opened_at: datetime
    restricted: bool
    service_ref: Ref
    route: str
    children: tuple[Ref, ...]
    consents: bool
    """Consent stands for a child, so that the service may read."""
    noted: tuple[Noted, ...] = ()
    """What was done in Mosaic, the oldest first."""
    in_social_work: bool = True
    """A team of social work is responsible, which closes children in Mosaic; of others it is asked nothing."""
    shows: bool = False
    """The register itself shows a difference, as no workflow could."""

    def last(self, kind: EffectKind, child: str) -> Noted | None:
        """The last effect of a kind for the child."""
        of_child = (noted for noted in self.noted if noted.effect.kind is kind and noted.effect.child == child)
        return max(of_child, key=lambda noted: noted.effect.time, default=None)

    @property
    def shared(self) -> tuple[SharedDocument, ...]:
        """What has to be open to the team of the service now, as far as that can be said."""
        sharings = [noted for noted in self.noted if noted.effect.kind is EffectKind.SHARE_DOCUMENT]
        ours = {n.effect.document: n for n in sharings if n.effect.service == self.service_ref}
        if self.closed or not self.consents:
            return ()
        return tuple(n.shared for n in ours.values() if n.ended in SEEN_DONE and n.shared is not None)

    @property
    def asked_about(self) -> tuple[Ref, ...]:
        """The children about whom Mosaic is asked: of a closed transfer only those whom it closed."""
        if not self.in_social_work:
            return ()
        return tuple(child for child in self.children if not self.closed or self.closing(child) is not None)

    def closing(self, child: str) -> Noted | None:
        """How the child was closed, if it is to be closed now."""
        closed, back = self.last(EffectKind.CLOSE_CHILD, child), self.last(EffectKind.REOPEN_CHILD, child)
        return None if closed is None or (back is not None and back.effect.time >= closed.effect.time) else closed


class RunState(StrEnum):
    """How Temporal has the workflow of a transfer."""

    RUNS = "runs"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    GONE = "gone"


class Standing(Frozen):
    """What a workflow says of its own books."""

    version: int
    shown: int
    """The newest version that it believes to be in the register."""
    opened: bool
    """The register has taken it in."""
    ended: bool
    papers: tuple[DocumentVersion, ...] = ()
    """What the service is to have, in the version that the family agreed to (SD-11)."""
    closed_for: tuple[ClosedFor, ...] = ()
    """The reasons for closure that were handed over, as far as everybody may read them (SD-40)."""
    put_right: tuple[str, ...] = ()
    """The resets that people have looked after."""


class Taken(Frozen):
    """A step that a transfer has taken: enough to find out whom to ask for it again."""

    step_id: Ref
    step: str
    who: str
    at: datetime
    """When it happened, as whoever recorded it said."""

    @property
    def words(self) -> str:
        """As operations read it; what it says is not for them."""
        return f"{self.step} ({self.who}, {local_time(self.at)})"


class Reset(Frozen):
    """Somebody reset the workflow in the Temporal UI: it took again what came later, and dropped what it refused."""

    at: datetime
    forgot: tuple[Taken, ...] = ()
    """What the run before had taken, and this one does not know."""


class Ran(Frozen):
    """The workflow of a transfer, as Temporal has it."""

    id: Ref
    state: RunState
    standing: Standing | None = None
    """None where it does not run, or did not answer."""
    reset: Reset | None = None
    """The last one, if there was any since its run began."""

    @property
    def papers(self) -> tuple[DocumentVersion, ...]:
        """The documents of which Mosaic may hold newer versions than the family saw (SD-11)."""
        return self.standing.papers if self.standing is not None and not self.standing.ended else ()


class SeenChild(Frozen):
    """The newest closing step of a child; None where there is none, or where it was cancelled."""

    ref: Ref
    step: ClosingStep | None


class SeenDocument(Frozen):
    """Whether a document is open to a team."""

    document: SharedDocument
    shared: bool


class SeenInMosaic(Frozen):
    """What Mosaic answered; about what it could not, nothing stands here."""

    children: tuple[SeenChild, ...] = ()
    documents: tuple[SeenDocument, ...] = ()
    newest: tuple[DocumentVersion, ...] = ()
    """The newest versions of documents."""


class Sides(NamedTuple):
    """What the three sides say of one transfer."""

    held: Registered | None
    ran: Ran
    children: tuple[SeenChild, ...] = ()
    documents: tuple[SeenDocument, ...] = ()
    newest: tuple[DocumentVersion, ...] = ()

    @property
    def whole(self) -> bool:
        """Every side answered whatever it was asked."""
        answered = self.ran.state is not RunState.RUNS or self.ran.standing is not None
        answered = answered and len(self.newest) == len(self.ran.papers)
        if self.held is None:
            return answered
        asked = len(self.held.asked_about), len(self.held.shared)
        return answered and (len(self.children), len(self.documents)) == asked


def sides(held: Iterable[Registered], ran: Iterable[Ran], seen: SeenInMosaic) -> Iterator[Sides]:
    """Bring together what is said of each transfer of which Temporal was asked."""
    registered = {one.id: one for one in held}
    children = {child.ref: child for child in seen.children}
    documents = {one.document: one for one in seen.documents}
    newest = {one.ref: one for one in seen.newest}
    for workflow in ran:
        one = registered.get(workflow.id)
        asked = one.asked_about if one else ()
        shared = one.shared if one else ()
        yield Sides(
            one,
            workflow,
            tuple(children[child] for child in asked if child in children),
            tuple(documents[document] for document in shared if document in documents),
            tuple(newest[paper.ref] for paper in workflow.papers if paper.ref in newest),
        )


def differences(said: Sides) -> tuple[Difference, ...]:
    """Whatever differs between the three sides of one transfer; what is under way is no difference."""
    held = said.held
    found: list[tuple[DifferenceKind, str, str]] = []
    if held is not None:
        handed = {one.child: one.reason for one in said.ran.standing.closed_for} if said.ran.standing else {}
        in_mosaic = (
            (kind, child.ref, detail)
            for child in said.children
            for kind, detail in _of_child(held, child, handed.get(child.ref))
        )
        found += in_mosaic
    lost = {newest.ref for newest in said.newest if not newest.version}
    for gone in (seen.document for seen in said.documents if not seen.shared or seen.document.ref in lost):
        found.append((DifferenceKind.DOCUMENT_NOT_SHARED, gone.ref, f"The register has noted: {gone.words}."))
    about = {
        "transfer_id": said.ran.id,
        "register_version": held.version if held else 0,
        "restricted": held.restricted if held else False,
    }
    return (
        *_about_it(_of_transfer(held, said.ran), said, about),
        *(Difference(kind=kind, subject=subject, detail=detail, **about) for kind, subject, detail in found),
        *(Difference(kind=DifferenceKind.NEWER_VERSION, document=newer, **about) for newer in _newer(said)),
    )


def _about_it(kind: DifferenceKind | None, said: Sides, about: Mapping[str, Any]) -> Iterator[Difference]:
    """The one difference of the transfer itself."""
    if kind is not None:
        reset = said.ran.reset if kind in OF_RESETS else None
        where = _where_it_stands(said.held, said.ran)
        yield Difference(kind=kind, detail=where, reset_at=reset.at if reset else None, **about)


def _newer(said: Sides) -> Iterator[DocumentVersion]:
    """The versions in Mosaic that are newer than what the service is to have."""
    seen = {paper.ref: paper.version for paper in said.ran.papers} if said.held is not None else {}
    return (newest for newest in said.newest if newest.version > seen.get(newest.ref, newest.version))


def confirmed(first: Iterable[Difference], second: Iterable[Difference]) -> tuple[Difference, ...]:
    """What differed at both looks, as the second saw it."""
    seen = {(one.transfer_id, one.id) for one in first}
    return tuple(one for one in second if (one.transfer_id, one.id) in seen)


def _of_transfer(held: Registered | None, ran: Ran) -> DifferenceKind | None:
    """What the register and Temporal do not agree about; the graver comes first."""
    standing = ran.standing
    if held is None:
        return DifferenceKind.NOT_IN_REGISTER if standing is not None and standing.opened else None
    if ran.state is not RunState.RUNS:
        ended = ran.state is RunState.COMPLETED
        return None if held.closed else DifferenceKind.ENDED_BUT_OPEN if ended else DifferenceKind.NO_WORKFLOW
    if standing is None:
        return None
    if held.closed:
        return None if standing.ended else DifferenceKind.CLOSED_BUT_RUNS
    if held.version > standing.version or _forgot(ran.reset, standing):
        return DifferenceKind.REGISTER_AHEAD
    return DifferenceKind.REGISTER_BEHIND if held.version < standing.shown else None


def _forgot(reset: Reset | None, standing: Standing) -> bool:
    return reset is not None and reset.forgot != () and after_reset(reset.at) not in standing.put_right


def _where_it_stands(held: Registered | None, ran: Ran) -> str:
    if held is None:
        return ""
    if ran.standing is None:
        return "" if ran.state is RunState.COMPLETED else f"In Temporal it is {ran.state}."
    versions = f"The register holds version {held.version}, the transfer is at {ran.standing.version}."
    return versions if ran.reset is None else f"{versions} {_forgotten(ran.reset.forgot)}"


def _forgotten(taken: Sequence[Taken]) -> str:
    """What is to be recorded again."""
    if not taken:
        return "It knows every step of the run before."
    named = "; ".join(one.words for one in taken[:MOST_NAMED])
    more = f"; and {len(taken) - MOST_NAMED} others" if len(taken) > MOST_NAMED else ""
    return f"It does not know any more: {named}{more}."


def _of_child(held: Registered, child: SeenChild, handed: ClosureReason | None) -> Iterator[tuple[DifferenceKind, str]]:
    """What the effect book and Mosaic do not agree about for one child, with what each of them says."""
    closed = held.closing(child.ref)
    if closed is None:
        yield from _never_closed(held, child)
    elif closed.ended in {*SEEN_DONE, Ended.BY_HAND} and _is_the_same_work(held, closed, child.step):
        yield from _closed(closed, child.step, handed)


def _never_closed(held: Registered, child: SeenChild) -> Iterator[tuple[DifferenceKind, str]]:
    """A child whom we did not close, or not since social work reopened the case; an earlier case is not meant."""
    back = held.last(EffectKind.REOPEN_CHILD, child.ref)
    since = back.at if back else held.opened_at
    done = child.step.completion if child.step else None
    if since is not None and done is not None and done.completed_at > since:
        yield DifferenceKind.CHILD_CLOSED_BY_OTHERS, f"Mosaic says: {_seen(child.step)}."


def _is_the_same_work(held: Registered, noted: Noted, step: ClosingStep | None) -> bool:
    """Of a closed transfer only the step that it completed is meant: social work may have a new case for the child."""
    return not held.closed or (step is not None and noted.closed is not None and noted.closed.id == step.id)


def _closed(
    noted: Noted, step: ClosingStep | None, handed: ClosureReason | None
) -> Iterator[tuple[DifferenceKind, str]]:
    detail = f"The register has noted: {noted.evidence}. Mosaic says: {_seen(step)}."
    if step is not None and step.completion is None:
        yield DifferenceKind.CHILD_OPEN, detail
    elif noted.ended is not Ended.BY_HAND and (step is None or step.closed != noted.closed):
        yield DifferenceKind.CHILD_CLOSED_OTHERWISE, detail
    elif step is not None and step.completion is not None and handed not in {None, step.completion.closure_reason}:
        said = _reason(step.completion.closure_reason)
        ours = _reason(handed)
        yield (
            DifferenceKind.CHILD_CLOSED_OTHERWISE,
            f"{detail} Closed for: {ours}. Mosaic's reason for closure: {said}.",
        )


def _reason(reason: ClosureReason | None) -> str:
    if reason is None:
        return "none"
    return "one that few may read, see Mosaic" if reason.for_few else reason.words


def _seen(step: ClosingStep | None) -> str:
    if step is None:
        return "there is no closing step, or it was cancelled"
    if step.completion is None or step.closed is None:
        return f"step {step.id} is open"
    return f"{step.closed.words}, by {'a system' if step.completion.reference else 'a person'}"
