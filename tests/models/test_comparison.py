"""What differs between register, Temporal and Mosaic: each disturbance gives its difference, and nothing else does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.attention import Resolution
from models.census import ClosedFor, ClosureReason
from models.effects import Effect, Ended
from models.kinds import EffectKind
from models.mosaic import ClosingStep, Completion, DocumentVersion, NextAction, SharedDocument
from models.operations.comparison import (
    Noted,
    Ran,
    Registered,
    Reset,
    RunState,
    SeenChild,
    SeenDocument,
    SeenInMosaic,
    Sides,
    Standing,
    Taken,
    confirmed,
    differences,
    sides,
)
from models.operations.differences import (
    Became,
    Difference,
    DifferenceKind,
    Found,
    Reconciled,
    after_reset,
    asked_before,
    show,
)
from models.vocabulary import local_time
from tests.builders import CHILD, NOW, SIBLING, THEN, facts, facts_closed, resolution
from tests.step_down import raise_difference, record_step, status

ID = "transfer-1"
EARLIER, LATER = NOW - timedelta(days=9), NOW + timedelta(hours=1)
CLOSED = NextAction(type="Case Closed to Children's Services")
EARLY_HELP = NextAction(type="Early Help: Transfer", assigned_to="team-eh")
TO_OTHERS = NextAction(type="Early Help: Transfer", assigned_to="team-other")
DOCUMENT = SharedDocument(ref="assessment-1", version=1, team="team-eh")
PAPER = DocumentVersion(ref="assessment-1", version=1)


def step(*actions: NextAction, by: str | None = None, at: Any = LATER, step_id: str = "WS-1") -> ClosingStep:
    return ClosingStep(step_id, 2, Completion(by, actions, at) if actions else None)


OPEN = step()
AS_LEFT = step(CLOSED, EARLY_HELP, by=f"{ID}/close_child/{CHILD}")
BY_OPERATIONS = "recorded by ops-1 in step s-1"


def noted(effect: Effect, ended: Ended | None = Ended.DONE, evidence: str = "", **shown: Any) -> Noted:
    return Noted(effect=effect, ended=ended, evidence=evidence, at=LATER if ended else None, **shown)


def closing(ended: Ended | None = Ended.DONE, time: int = 1) -> Noted:
    """The closing of the child; what a person did by hand is not what Mosaic showed."""
    effect = Effect(kind=EffectKind.CLOSE_CHILD, child=CHILD, time=time)
    if ended is Ended.BY_HAND:
        return noted(effect, ended, BY_OPERATIONS)
    shown = AS_LEFT.closed if ended else None
    return noted(effect, ended, shown.words if shown else "", closed=shown)


def reopening(ended: Ended | None = Ended.DONE) -> Noted:
    return noted(Effect(kind=EffectKind.REOPEN_CHILD, child=CHILD), ended)


def sharing(ended: Ended | None = Ended.DONE, version: int = 1) -> Noted:
    effect = Effect(kind=EffectKind.SHARE_DOCUMENT, document="assessment-1", version=version, service="service-north")
    if ended is Ended.BY_HAND:
        return noted(effect, ended, BY_OPERATIONS)
    shown = DOCUMENT if ended else None
    return noted(effect, ended, shown.words if shown else "", shared=shown)


SHARING = sharing()


def held(*done: Noted, **changes: Any) -> Registered:
    said = {
        "id": ID,
        "version": 7,
        "closed": False,
        "opened_at": NOW,
        "restricted": False,
        "service_ref": "service-north",
        "route": "assessment",
        "children": (CHILD,),
        "consents": True,
        "noted": done,
    }
    return Registered.model_validate({**said, **changes})


def runs(version: int = 7, **changes: Any) -> Ran:
    said = {"version": version, "shown": version, "opened": True, "ended": False, **changes}
    return Ran(id=ID, state=RunState.RUNS, standing=Standing.model_validate(said))


DROPPED = Taken(step_id="decisions-1", step="record_decisions", who="team manager tm-1", at=THEN)
RESET = after_reset(THEN)


def was_reset(ran: Ran, *forgot: Taken) -> Ran:
    return ran.model_copy(update={"reset": Reset(at=THEN, forgot=forgot)})


def child(seen: ClosingStep | None) -> tuple[SeenChild, ...]:
    return (SeenChild(ref=CHILD, step=seen),)


def kinds(said: Sides) -> list[str]:
    return [difference.kind.value for difference in differences(said)]


OF_TRANSFERS = {
    "all agree": (held(), runs(), None),
    "terminated": (held(), Ran(id=ID, state=RunState.TERMINATED), "no_workflow"),
    "failed": (held(), Ran(id=ID, state=RunState.FAILED), "no_workflow"),
    "gone": (held(), Ran(id=ID, state=RunState.GONE), "no_workflow"),
    "closed, and its workflow forgotten": (held(closed=True), Ran(id=ID, state=RunState.GONE), None),
    "closed, and its workflow ended": (held(closed=True), Ran(id=ID, state=RunState.COMPLETED), None),
    "ended, the register does not know": (held(), Ran(id=ID, state=RunState.COMPLETED), "ended_but_open"),
    "closed, and runs": (held(closed=True), runs(), "closed_but_runs"),
    "closed, and reset to before": (held(closed=True), runs(3), "closed_but_runs"),
    "closed, and about to end": (held(closed=True), runs(ended=True), None),
    "about to end": (held(), runs(8, shown=7, ended=True), None),
    "the register a moment behind": (held(), runs(9, shown=7), None),
    "reset": (held(), runs(6), "register_ahead"),
    "reset, and every step was taken again": (held(), was_reset(runs()), None),
    "reset, and a step was not taken again": (held(), was_reset(runs(), DROPPED), "register_ahead"),
    "reset, and the register has followed": (held(), was_reset(runs(50), DROPPED), "register_ahead"),
    "reset, and people have looked after it": (held(), was_reset(runs(put_right=(RESET,)), DROPPED), None),
    "reset, and it has ended again": (held(closed=True), was_reset(runs(ended=True), DROPPED), None),
    "restored from an older copy": (held(version=5), runs(8, shown=7), "register_behind"),
    "runs, and nobody answers": (held(), Ran(id=ID, state=RunState.RUNS), None),
    "not in the register": (None, runs(), "not_in_register"),
    "not in the register yet": (None, runs(-1, shown=-1, opened=False), None),
    "in neither": (None, Ran(id=ID, state=RunState.FAILED), None),
}


@pytest.mark.parametrize(("register", "ran", "expected"), OF_TRANSFERS.values(), ids=OF_TRANSFERS)
def test_what_register_and_temporal_say_of_a_transfer(register: Registered | None, ran: Ran, expected: str) -> None:
    assert kinds(Sides(register, ran, child(OPEN) if register else ())) == ([expected] if expected else [])


def test_what_a_reset_dropped_is_named_as_far_as_there_is_room_and_without_what_it_says() -> None:
    dropped = [DROPPED.model_copy(update={"step_id": f"decisions-{number}"}) for number in range(12)]
    [one] = differences(Sides(held(), was_reset(runs(), *dropped), child(OPEN)))
    assert one.id == f"register_ahead/{THEN.isoformat()}"
    assert one.what == RESET
    assert one.detail.count(f"record_decisions (team manager tm-1, {local_time(THEN)})") == 10
    assert one.detail.endswith("; and 2 others.")
    [ahead] = differences(Sides(held(), was_reset(runs(6)), child(OPEN)))
    assert ahead.detail.endswith("It knows every step of the run before.")


BY_OTHERS = step(CLOSED)


@pytest.mark.parametrize("closed", [False, True])
def test_of_a_journey_outside_social_work_mosaic_is_asked_nothing(closed: bool) -> None:
    assert held(closing(), closed=closed).asked_about != ()
    assert held(closing(), closed=closed, in_social_work=False).asked_about == ()


OF_CHILDREN: dict[str, tuple[Registered, ClosingStep | None, str | None]] = {
    "open, never closed": (held(), OPEN, None),
    "no closing step, never closed": (held(), None, None),
    "closed in an earlier case": (held(), step(CLOSED, at=EARLIER), None),
    "closed, though never by us": (held(), BY_OTHERS, "child_closed_by_others"),
    "being closed by us": (held(closing(None)), AS_LEFT, None),
    "being closed by us, and not there yet": (held(closing(None)), OPEN, None),
    "as we closed it": (held(closing()), AS_LEFT, None),
    "as we closed it, in another order": (
        held(closing()),
        step(EARLY_HELP, CLOSED, by=f"{ID}/close_child/{CHILD}"),
        None,
    ),
    "open again": (held(closing()), OPEN, "child_open"),
    "open in a new case": (held(closing()), step(step_id="WS-2"), "child_open"),
    "other next actions": (held(closing()), step(CLOSED, by=f"{ID}/close_child/{CHILD}"), "child_closed_otherwise"),
    "closed again by a person, as it was": (held(closing()), step(CLOSED, EARLY_HELP), None),
    "closed again by a person, for another team": (held(closing()), step(CLOSED, TO_OTHERS), "child_closed_otherwise"),
    "its closing step gone": (held(closing()), None, "child_closed_otherwise"),
    "found done by a person": (held(closing(Ended.FOUND_DONE)), step(CLOSED, EARLY_HELP), None),
    "by hand": (held(closing(Ended.BY_HAND)), BY_OTHERS, None),
    "by hand, and open": (held(closing(Ended.BY_HAND)), OPEN, "child_open"),
    "reopened, and not open yet": (held(closing(), reopening(None)), AS_LEFT, None),
    "reopened": (held(closing(), reopening()), step(step_id="WS-2"), None),
    "reopened, and closed before that was seen": (held(closing(), reopening()), step(CLOSED, at=NOW), None),
    "reopened, and closed by others": (
        held(closing(), reopening()),
        step(CLOSED, at=LATER + timedelta(days=1)),
        "child_closed_by_others",
    ),
    "closed another time, and open": (held(closing(), reopening(), closing(time=2)), OPEN, "child_open"),
    "of a closed transfer, as we closed it": (held(closing(), closed=True), AS_LEFT, None),
    "of a closed transfer, open again": (held(closing(), closed=True), OPEN, "child_open"),
    "of a closed transfer, open in a new case": (held(closing(), closed=True), step(step_id="WS-2"), None),
    "of a closed transfer, its step gone": (held(closing(), closed=True), None, None),
}


@pytest.mark.parametrize(("register", "seen", "expected"), OF_CHILDREN.values(), ids=OF_CHILDREN)
def test_what_register_and_mosaic_say_of_a_child(
    register: Registered, seen: ClosingStep | None, expected: str | None
) -> None:
    ran = Ran(id=ID, state=RunState.COMPLETED) if register.closed else runs()
    assert kinds(Sides(register, ran, child(seen))) == ([expected] if expected else [])


def test_of_a_closed_transfer_mosaic_is_asked_only_about_children_whom_it_closed() -> None:
    assert held(closing(), closed=True, children=(CHILD, SIBLING)).asked_about == (CHILD,)
    assert held(closing(), children=(CHILD, SIBLING)).asked_about == (CHILD, SIBLING)


ASKED_FOR = {
    "shared": ((SHARING,), {}, (DOCUMENT,)),
    "nothing shared": ((), {}, ()),
    "being shared": ((sharing(None),), {}, ()),
    "a newer version is being shared": (
        (SHARING, sharing(None, version=2)),
        {},
        (),
    ),
    "by hand": (
        (sharing(Ended.BY_HAND),),
        {},
        (),
    ),
    "with a service that is left": ((SHARING,), {"service_ref": "service-south"}, ()),
    "without consent any more": ((SHARING,), {"consents": False}, ()),
    "of a closed transfer": ((SHARING,), {"closed": True}, ()),
}


@pytest.mark.parametrize(("done", "changes", "expected"), ASKED_FOR.values(), ids=ASKED_FOR)
def test_a_document_has_to_be_shared_while_the_service_may_read_it(
    done: tuple[Noted, ...], changes: dict[str, Any], expected: tuple[SharedDocument, ...]
) -> None:
    assert held(*done, **changes).shared == expected


@pytest.mark.parametrize(("shared", "expected"), [(True, []), (False, ["document_not_shared"])])
def test_a_document_that_is_not_shared_any_more_differs(shared: bool, expected: list[str]) -> None:
    said = Sides(held(SHARING), runs(), child(OPEN), (SeenDocument(document=DOCUMENT, shared=shared),))
    assert kinds(said) == expected


@pytest.mark.clause("SD-11")
@pytest.mark.parametrize(("newest", "expected"), [(1, []), (3, [("newer_version/assessment-1 version 3", "")])])
def test_a_newer_version_than_the_family_saw_differs(newest: int, expected: list[tuple[str, str]]) -> None:
    found = (DocumentVersion(ref="assessment-1", version=newest),)
    said = Sides(held(), runs(papers=(PAPER,)), child(OPEN), newest=found)
    assert [(one.id, one.detail) for one in differences(said)] == expected
    assert all(one.what == "Document assessment-1 version 3" for one in differences(said))


def test_a_document_that_was_shared_and_that_mosaic_does_not_hold_any_more_differs() -> None:
    gone = (PAPER.model_copy(update={"version": 0}),)
    seen = (SeenDocument(document=DOCUMENT, shared=True),)
    assert kinds(Sides(held(SHARING), runs(papers=(PAPER,)), child(OPEN), seen, gone)) == ["document_not_shared"]
    assert kinds(Sides(held(), runs(papers=(PAPER,)), child(OPEN), newest=gone)) == [], "its sharing asks for itself"


def test_a_transfer_that_has_ended_asks_for_no_newer_version() -> None:
    assert runs(papers=(PAPER,), ended=True).papers == ()
    assert Ran(id=ID, state=RunState.RUNS).papers == ()


def agreeing(closed: bool, ended: Ended, versions: tuple[int, int]) -> Sides:
    """A transfer about which all sides agree."""
    behind, version = sorted(versions)
    done = (closing(ended), SHARING)
    seen = (SeenDocument(document=DOCUMENT, shared=True),) if not closed else ()
    ran = Ran(id=ID, state=RunState.COMPLETED) if closed else runs(version, shown=behind, papers=(PAPER,))
    return Sides(held(*done, version=behind, closed=closed), ran, child(AS_LEFT), seen, ran.papers)


AGREEING = st.builds(
    agreeing,
    st.booleans(),
    st.sampled_from([Ended.DONE, Ended.FOUND_DONE]),
    st.tuples(st.integers(1, 50), st.integers(1, 50)),
)


def _of_held(**changes: Any) -> Callable[[Sides], Sides]:
    return lambda said: said._replace(held=said.held.model_copy(update=changes) if said.held else None)


DISTURBANCES: dict[str, Callable[[Sides], Sides]] = {
    "no_workflow": lambda said: said._replace(ran=Ran(id=ID, state=RunState.TERMINATED)),
    "ended_but_open": lambda said: said._replace(ran=Ran(id=ID, state=RunState.COMPLETED)),
    "not_in_register": lambda said: said._replace(held=None, children=(), documents=(), newest=()),
    "closed_but_runs": lambda said: said._replace(ran=runs(50)),
    "register_ahead": _of_held(version=51),
    "register_behind": _of_held(version=0),
    "child_open": lambda said: said._replace(children=child(OPEN)),
    "child_closed_otherwise": lambda said: said._replace(children=child(step(CLOSED))),
    "child_closed_by_others": _of_held(noted=(SHARING,)),
    "document_not_shared": lambda said: said._replace(documents=(SeenDocument(document=DOCUMENT, shared=False),)),
    "newer_version": lambda said: said._replace(newest=(PAPER.model_copy(update={"version": 2}),)),
}
NEEDS_CLOSED = {"closed_but_runs"}
EITHER = {"child_open", "child_closed_otherwise"}


def test_there_is_a_disturbance_for_each_kind_of_difference() -> None:
    assert set(DISTURBANCES) == set(DifferenceKind)


@given(AGREEING)
def test_sides_that_agree_give_no_difference(said: Sides) -> None:
    assert differences(said) == ()
    assert said.whole


@pytest.mark.parametrize("kind", DISTURBANCES)
@given(said=AGREEING)
def test_each_single_disturbance_gives_exactly_its_difference(kind: str, said: Sides) -> None:
    closed = said.held is not None and said.held.closed
    if kind not in EITHER and closed is not (kind in NEEDS_CLOSED):
        said = agreeing(kind in NEEDS_CLOSED, Ended.DONE, (5, 9))
    assert kinds(DISTURBANCES[kind](said)) == [kind]


def test_only_what_differs_at_both_looks_counts_and_as_the_second_saw_it() -> None:
    once = Difference(kind=DifferenceKind.CHILD_OPEN, transfer_id=ID, subject=CHILD, detail="first")
    again = once.model_copy(update={"detail": "second"})
    of_another = once.model_copy(update={"transfer_id": "transfer-2"})
    assert confirmed([once], [again, of_another]) == (again,)
    assert confirmed([of_another], [again]) == ()


def test_what_is_said_of_each_transfer_is_brought_together() -> None:

    other = Ran(id="transfer-2", state=RunState.GONE)
    seen = SeenInMosaic(
        children=(SeenChild(ref="stranger", step=OPEN), *child(OPEN)),
        documents=(SeenDocument(document=DOCUMENT, shared=True),),
        newest=(PAPER.model_copy(update={"ref": "of-another"}), PAPER),
    )
    ran = runs(papers=(PAPER,))
    first, second = sides([held(SHARING)], [ran, other], seen)
    assert first == Sides(held(SHARING), ran, child(OPEN), (SeenDocument(document=DOCUMENT, shared=True),), (PAPER,))
    assert second == Sides(None, other)


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (Sides(held(SHARING), runs(), child(OPEN), (SeenDocument(document=DOCUMENT, shared=True),)), True),
        (Sides(held(SHARING), runs(), child(OPEN)), False),
        (Sides(held(), runs(papers=(PAPER,)), child(OPEN)), False),
        (Sides(held(), runs(papers=(PAPER,)), child(OPEN), newest=(PAPER,)), True),
        (Sides(held(), runs()), False),
        (Sides(held(), Ran(id=ID, state=RunState.RUNS), child(OPEN)), False),
        (Sides(None, runs()), True),
    ],
)
def test_a_transfer_is_compared_whole_where_every_side_answered(said: Sides, whole: bool) -> None:
    assert said.whole is whole


DIFFERENCE = Difference(kind=DifferenceKind.CHILD_OPEN, transfer_id=ID, subject=CHILD, detail="Mosaic says: open.")


def test_a_difference_becomes_one_item_for_operations_while_it_is_open() -> None:
    told, became = raise_difference(facts(), DIFFERENCE, NOW)
    assert became is Became.RAISED
    [item] = told.attention
    assert (item.problem, item.what, item.detail, item.effect) == (
        "child_open",
        f"Child {CHILD}",
        "Mosaic says: open.",
        None,
    )
    assert raise_difference(told, DIFFERENCE, NOW) == (told, Became.KNOWN)
    _, of_sibling = raise_difference(told, DIFFERENCE.model_copy(update={"subject": SIBLING}), NOW)
    assert of_sibling is Became.RAISED


@pytest.mark.parametrize(
    ("how", "became"), [(Resolution.DONE_BY_HAND, Became.RAISED), (Resolution.SKIP, Became.ACCEPTED)]
)
def test_done_by_hand_is_raised_again_where_it_still_differs_and_skipped_is_not(
    how: Resolution, became: Became
) -> None:
    told, _ = raise_difference(facts(), DIFFERENCE, NOW)
    assert raise_difference(record_step(told, resolution("A1", how), NOW), DIFFERENCE, NOW)[1] is became


def test_a_closed_transfer_takes_no_item() -> None:
    assert raise_difference(facts_closed(), DIFFERENCE, NOW) == (facts_closed(), Became.NOT_TOLD)


def test_the_register_shows_what_differs_once_and_no_longer_than_it_does() -> None:
    before = status(facts())
    shown = show(before, [DIFFERENCE], NOW, all_compared=True)
    assert [(item.id, item.problem, item.open) for item in shown.attention] == [("R1", "child_open", True)]
    assert (shown.needs_attention, shown.waiting_for) == (True, (*before.waiting_for, "operations"))
    assert show(shown, [DIFFERENCE], NOW, all_compared=True) == shown
    assert show(shown, [], NOW, all_compared=False) == shown
    ended = show(shown, [], NOW, all_compared=True)
    assert (ended.needs_attention, ended.waiting_for) == (False, before.waiting_for)
    again = show(ended, [DIFFERENCE], NOW, all_compared=True)
    assert [(item.id, item.open) for item in again.attention] == [("R1", False), ("R2", True)]


def test_what_the_transfer_itself_raised_is_not_ended_by_the_register() -> None:
    told, _ = raise_difference(facts(), DIFFERENCE, NOW)
    shown = show(status(told), [], NOW, all_compared=True)
    assert shown.needs_attention
    assert asked_before(shown.attention, DIFFERENCE) is Became.KNOWN
    assert show(status(told), [DIFFERENCE], NOW, all_compared=True).attention == told.attention


def test_of_a_restricted_family_a_list_shows_only_that_something_differs() -> None:
    secret = DIFFERENCE.model_copy(update={"restricted": True})
    assert DIFFERENCE.line == f"Child {CHILD}. {DIFFERENCE.words.happened} Mosaic says: open."
    assert CHILD not in secret.line
    assert "Mosaic says" not in secret.line


WORDS = {
    "The register, Mosaic and Temporal agree: 1,200 transfers, 1 child compared.": Reconciled(
        transfers=1200, children=1
    ),
    "1 transfer, 2 children compared. 1 difference, 1 of them new.": Reconciled(
        transfers=1, children=2, found=(Found(difference=DIFFERENCE, became=Became.SHOWN),)
    ),
    "1 transfer, 2 children compared. 3 differences, 0 of them new. 2 remain for the next comparison.": Reconciled(
        transfers=1, children=2, found=(Found(difference=DIFFERENCE, became=Became.KNOWN),), remaining=2
    ),
    "3 transfers, 0 children compared. Of 3 transfers not every side answered: t-1, t-2, t-3.": Reconciled(
        transfers=3, not_compared=3, unanswered=("t-1", "t-2", "t-3")
    ),
    "12 transfers, 0 children compared. Of 12 transfers not every side answered: "
    "t-0, t-1, t-2, t-3, t-4, t-5, t-6, t-7, t-8, t-9 and others.": Reconciled(
        transfers=12, not_compared=12, unanswered=tuple(f"t-{number}" for number in range(12))
    ),
}


@pytest.mark.parametrize(("words", "result"), WORDS.items(), ids=range(len(WORDS)))
def test_the_result_is_said_in_plain_words(words: str, result: Reconciled) -> None:
    assert result.words == words


@pytest.mark.clause("SD-40")
@pytest.mark.parametrize(
    ("in_mosaic", "told"),
    [
        (ClosureReason.ASSESSED_EARLY_HELP, None),
        (ClosureReason.ASSESSED_NO_ACTION, "closed after the assessment, no further action (RC8)"),
        (None, "none"),
        (ClosureReason.SPECIAL_GUARDIANSHIP, "one that few may read, see Mosaic"),
    ],
)
def test_a_child_whose_case_mosaic_closed_for_another_reason_is_told(
    in_mosaic: ClosureReason | None, told: str | None
) -> None:
    assert AS_LEFT.completion is not None
    seen = replace(AS_LEFT, completion=replace(AS_LEFT.completion, closure_reason=in_mosaic))
    handed = ClosedFor(child=CHILD, reason=ClosureReason.ASSESSED_EARLY_HELP)
    ran = runs()
    assert ran.standing is not None
    knows = ran.model_copy(update={"standing": ran.standing.model_copy(update={"closed_for": (handed,)})})
    found = differences(Sides(held(closing()), knows, child(seen)))
    assert [(one.kind.value, one.detail.endswith(f"Mosaic's reason for closure: {told}.")) for one in found] == (
        [("child_closed_otherwise", True)] if told else []
    )
    assert differences(Sides(held(closing()), ran, child(seen))) == (), "nothing is known of what was handed over"
