"""The register as it is compared with Temporal and Mosaic, on SQLite and on PostgreSQL."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from activities.effect import Effects
from models.attention import Resolution
from models.effects import Effect, Ended
from models.journey.status import Status
from models.kinds import EffectKind
from models.mosaic import ClosedStep, NextAction, SharedDocument
from models.operations.comparison import Noted, Registered
from models.operations.differences import Became, Difference, DifferenceKind
from models.register.tables import AuditRow, TransferRow
from models.step_down.facts import StepDownFacts
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    THEN,
    consent,
    facts,
    facts_after,
    facts_closed,
    intent,
    request,
    resolution,
    result,
    service,
)
from tests.register import WholeRegister
from tests.step_down import status

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)

ID = "transfer-1"
CLOSING, SHARING = (
    Effect(kind=EffectKind.CLOSE_CHILD, child=CHILD),
    Effect(kind=EffectKind.SHARE_DOCUMENT, document="assessment-1", version=1, service="service-north"),
)
DIFFERENCE = Difference(kind=DifferenceKind.NO_WORKFLOW, transfer_id=ID, detail="In Temporal it is terminated.")


@pytest.fixture(autouse=True)
def north(register: WholeRegister) -> None:
    register.put_services([service()])


class NotThere:
    """What the other side does not show, and nobody is to do."""

    def look(self) -> None:
        return None

    def act(self) -> None:
        raise AssertionError("nobody wants it")


def opened(register: WholeRegister, *children: str, **changes: Any) -> None:
    register.opened(request(*children, **changes), NOW)


def shown(now: StepDownFacts, transfer_id: str = ID) -> Status:
    return status(now).model_copy(update={"id": transfer_id})


def read(register: WholeRegister) -> Registered:
    [found] = register.registered([ID])
    return found


def audited(register: WholeRegister) -> list[str | None]:
    with Session(register.engine) as session:
        return [row.new for row in session.exec(select(AuditRow)) if row.what == "needs attention"]


def noted(register: WholeRegister, what: str) -> int:
    with Session(register.engine) as session:
        return sum(row.what == what for row in session.exec(select(AuditRow)))


def closed_on(register: WholeRegister, transfer_id: str, days_ago: int) -> None:
    with Session(register.engine) as session, session.begin():
        session.get_one(TransferRow, transfer_id).closed_at = NOW - timedelta(days=days_ago)


def test_open_transfers_are_compared_and_those_that_closed_of_late(register: WholeRegister) -> None:
    for number in range(3):
        opened(register, f"child-{number}", id=f"transfer-{number}")
    for number, days_ago in ((1, 29), (2, 31)):
        register.shows(shown(facts_closed(), f"transfer-{number}"), 5)
        closed_on(register, f"transfer-{number}", days_ago)
    assert register.transfers_to_compare(NOW - timedelta(days=30)) == ["transfer-0", "transfer-1"]


def test_a_transfer_is_read_with_its_version_its_children_and_whether_the_service_may_read(
    register: WholeRegister,
) -> None:
    opened(register, CHILD, SIBLING)
    assert read(register) == Registered(
        id=ID,
        version=0,
        closed=False,
        opened_at=NOW,
        restricted=False,
        service_ref="service-north",
        route="assessment",
        children=(CHILD, SIBLING),
        consents=False,
    )
    register.shows(shown(facts_after(consent())), 4)
    assert (read(register).version, read(register).consents) == (4, True)
    register.shows(shown(facts_closed()), 9)
    assert read(register).closed


def test_what_the_register_does_not_hold_is_left_out(register: WholeRegister) -> None:
    opened(register)
    assert [found.id for found in register.registered(["nobody", ID])] == [ID]


def test_effects_are_read_as_the_book_has_them_and_an_intent_that_was_withdrawn_is_none(
    register: WholeRegister,
) -> None:
    opened(register)
    letter = Effect(kind=EffectKind.SEND_LETTER, letter="letter-1")
    back = Effect(kind=EffectKind.CLOSE_CHILD, child=SIBLING)
    for effect in (SHARING, CLOSING, letter, back):
        register.begin(intent(effect))
    register.withdraw(intent(back))
    assert read(register).noted == (
        Noted(effect=SHARING, ended=None),
        Noted(effect=CLOSING, ended=None),
    )
    closed = ClosedStep(id="WS-1", next_actions=frozenset({NextAction(type="Review", assigned_to="team-eh")}))
    shared = SharedDocument(ref="assessment-1", version=1, team="team-eh")
    ended = result(CLOSING).model_copy(update={"closed": closed})
    register.finish(intent(CLOSING), ended)
    register.finish(intent(SHARING), result(SHARING).model_copy(update={"shared": shared}))
    assert read(register).noted == (
        Noted(effect=SHARING, ended=Ended.DONE, evidence="seen", at=ended.at, shared=shared),
        Noted(effect=CLOSING, ended=Ended.DONE, evidence="seen", at=ended.at, closed=closed),
    )
    assert register.begin(intent(CLOSING)).result == ended


def test_a_closing_that_was_tried_twice_and_then_stopped_hides_no_closing_by_others(register: WholeRegister) -> None:
    opened(register)
    wanted = intent(CLOSING)
    for _ in range(2):
        register.begin(wanted)
    assert read(register).closing(CHILD) == Noted(effect=CLOSING, ended=None)
    Effects(register).carry_out(wanted.model_copy(update={"only_look": True}), NotThere())
    assert read(register).closing(CHILD) is None


def test_a_transfer_that_was_lost_is_held_again_with_its_children_but_for_those_whom_another_one_holds(
    register: WholeRegister,
) -> None:
    opened(register, SIBLING, id="another")
    stands = shown(facts(CHILD, SIBLING))
    register.restore(stands, 6)
    register.restore(stands, 6)
    assert noted(register, "shown again as Temporal has it") == 1
    assert (read(register).version, read(register).closed, register.status(ID)) == (6, False, stands)
    assert (register.open_transfer_of(CHILD), register.open_transfer_of(SIBLING)) == (ID, "another")
    assert [line.opened_at for line in register.transfers() if line.id == ID] == [THEN]


def test_what_was_lost_is_not_shown_older_than_the_transfer_has_shown_itself_since(register: WholeRegister) -> None:
    register.restore(shown(facts(CHILD)), 6)
    since = shown(facts_after(consent(CHILD)))
    register.shows(since, 7)
    register.restore(shown(facts(CHILD)), 6)
    assert (read(register).version, register.status(ID)) == (7, since)


def test_how_a_transfer_ended_is_shown_though_the_register_holds_the_same_version(register: WholeRegister) -> None:
    opened(register)
    register.shows(shown(facts()), 9)
    register.restore(shown(facts_closed()), 9)
    assert (read(register).closed, register.open_transfer_of(CHILD)) == (True, None)


def show(register: WholeRegister, *found: Difference, all_compared: bool = True) -> list[Became]:
    return list(register.show_differences(ID, found, NOW, all_compared=all_compared))


def test_a_difference_is_shown_once_and_ends_when_it_is_found_no_more(register: WholeRegister) -> None:
    opened(register)
    register.shows(shown(facts()), 3)
    assert show(register, DIFFERENCE) == [Became.SHOWN]
    assert show(register, DIFFERENCE) == [Became.KNOWN]
    assert (read(register).shows, audited(register)) == (True, ["no_workflow/"])
    [line] = register.transfers()
    assert (line.needs_attention, line.waiting_for) == (True, ("social_worker", "operations"))
    [item] = register.status(ID).attention  # type: ignore[union-attr]
    assert (item.id, item.in_register, item.detail) == ("R1", True, "In Temporal it is terminated.")
    assert show(register, all_compared=False) == []
    assert read(register).shows
    show(register)
    [line] = register.transfers()
    assert (read(register).shows, line.needs_attention, line.waiting_for) == (False, False, ("social_worker",))


def test_what_a_person_accepts_as_it_is_is_shown_no_more_and_not_asked_again(register: WholeRegister) -> None:
    opened(register)
    register.shows(shown(facts_closed()), 3)
    still_open = DIFFERENCE.model_copy(update={"kind": DifferenceKind.CHILD_OPEN, "subject": CHILD})
    show(register, still_open)
    for _ in range(2):
        register.accept_difference(ID, resolution("R1", Resolution.SKIP))
    assert noted(register, "accepted as it is") == 1
    [line] = register.transfers()
    assert (line.needs_attention, line.waiting_for) == (False, ("nobody",))
    assert show(register, still_open) == [Became.ACCEPTED]
    now = register.status(ID)
    assert now is not None
    assert (now.timeline[-1].what, now.timeline[-1].note) == (
        "Dealt with an item that needed attention: R1, skipped",
        "seen in the other system",
    )


def test_the_next_projection_of_the_workflow_overwrites_what_the_register_shows(register: WholeRegister) -> None:
    opened(register)
    register.shows(shown(facts()), 3)
    show(register, DIFFERENCE)
    register.shows(shown(facts()), 3)
    assert read(register).shows, "the version that it has already says nothing new"
    register.shows(shown(facts()), 4)
    assert (read(register).shows, register.status(ID)) == (False, shown(facts()))


def test_of_a_transfer_that_was_never_shown_the_lists_say_that_something_is_wrong(register: WholeRegister) -> None:
    opened(register)
    assert show(register, DIFFERENCE) == [Became.SHOWN]
    assert show(register, DIFFERENCE) == [Became.KNOWN]
    [line] = register.transfers()
    assert (line.needs_attention, read(register).shows) == (True, True)
    assert "operations" in line.waiting_for
    assert audited(register) == ["no_workflow/"]
    show(register)
    [line] = register.transfers()
    assert (line.needs_attention, line.waiting_for) == (False, ("social_worker",))


def test_nothing_can_be_shown_of_a_transfer_that_is_not_there(register: WholeRegister) -> None:
    assert show(register, DIFFERENCE) == [Became.NOT_TOLD]


def test_a_closed_transfer_that_runs_again_reserves_its_children_but_for_those_held_elsewhere(
    register: WholeRegister,
) -> None:
    opened(register, CHILD, SIBLING)
    register.shows(shown(facts_closed()), 5)
    opened(register, SIBLING, id="transfer-2")
    register.shows(shown(facts()), 6)
    assert register.open_transfer_of(CHILD) == ID
    assert register.open_transfer_of(SIBLING) == "transfer-2"
    assert ID in register.transfers_to_compare(NOW + timedelta(days=9999))
    register.shows(shown(facts_closed()), 7)
    assert register.open_transfer_of(CHILD) is None


def test_a_duplicate_that_runs_again_takes_no_child_from_anybody(register: WholeRegister) -> None:
    opened(register, CHILD, id="transfer-0")
    opened(register, CHILD, SIBLING)
    register.shows(shown(facts_closed()), 5)
    register.shows(shown(facts()), 6)
    assert register.open_transfer_of(SIBLING) is None
