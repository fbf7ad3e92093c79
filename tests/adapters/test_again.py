"""What the register counts of families who step up again, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from models.journey import status as statuses
from models.journey.answers import ChildState
from models.journey.status import ChildStatus
from models.operations.again import YEAR, AgainLine, again
from models.register.tables import ChildRow, TransferRow
from models.step_down.stage import Outcome, Stage
from models.step_up.facts import StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.start import Referral
from tests.adapters.test_query_plans import asked
from tests.builders import THEN, calendar, facts, facts_closed, request, service
from tests.register import WholeRegister
from tests.step_down import status

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)

ENDED = datetime(2026, 1, 5, 12, tzinfo=UTC)
LONG_AGO, LATER = ENDED - timedelta(days=9), ENDED + timedelta(days=9)
CLOSED = {"let_go_to": "single_agency"}


@pytest.fixture(autouse=True)
def north(register: WholeRegister) -> None:
    register.put_services([service(), service(ref="service-south")])


def child(ref: str, **values: Any) -> ChildStatus:
    states = (ChildState(name=name, title=name, value=value, words="") for name, value in values.items())
    return ChildStatus(ref=ref, states=tuple(states))


def stepped_down(
    register: WholeRegister, transfer: str, *children: ChildStatus, family: str = "family-1", **said: Any
) -> None:
    """A step-down that ended, with its children as they were let go."""
    refs = [one.ref for one in children]
    start = request(*refs, **{"id": transfer, "family_ref": family, **said})
    register.opened(start, THEN)
    now = status(facts(request=start))
    register.shows(
        now.model_copy(update={"children": children, "stage": Stage.CLOSED, "outcome": Outcome.TRANSFERRED}), 1
    )
    ended(register, transfer, ENDED)


def ended(register: WholeRegister, transfer: str, at: datetime) -> None:
    with register.store.transaction() as session:
        session.get_one(TransferRow, transfer).closed_at = at
        for row in session.exec(select(ChildRow).where(ChildRow.transfer_id == transfer, ChildRow.response != "")):
            row.let_go_at = at - timedelta(days=3)


def referred(register: WholeRegister, referral: str, at: datetime, *children: str, outcome: str | None = None) -> None:
    start = Referral.model_validate(
        {
            "id": referral,
            "children": [{"ref": ref} for ref in children],
            "family_ref": "family-1",
            "service_ref": "service-north",
            "received_at": at,
            "referrer": {"who": "Ms Brook", "kind": "early_help", "reached": "At the hub"},
            "concern": "The house grows colder.",
            "significant_harm": False,
        }
    )
    begun = statuses.status(STEP_UP, StepUpFacts(request=start, opened_at=at))
    register.open_transfer(start, at, calendar(), lambda _: begun)
    with register.store.transaction() as session:
        session.get_one(TransferRow, referral).outcome = outcome


def counted(register: WholeRegister, now: datetime = ENDED + 2 * YEAR) -> dict[tuple[str, str], tuple[int, int, int]]:
    lines = again(register.let_go(LONG_AGO, LATER, now), register.came_back(LONG_AGO, LATER))
    return {(line.by, line.name): (line.families, line.again, line.within_year) for line in lines}


def test_families_who_step_up_again_are_counted_by_service_route_and_kind_of_response(register: WholeRegister) -> None:
    stepped_down(register, "t-1", child("c-1", **CLOSED), family="f-1")
    stepped_down(register, "t-2", child("c-2", let_go_to="multi_agency_plan"), family="f-2")
    stepped_down(register, "t-3", child("c-3", **CLOSED), family="f-3", service_ref="service-south")
    referred(register, "r-1", ENDED + timedelta(days=30), "c-1")
    assert counted(register) == {
        ("service", "service-north"): (2, 1, 0),
        ("service", "service-south"): (1, 0, 0),
        ("route", "assessment"): (3, 1, 0),
        ("response", "multi_agency_plan"): (1, 0, 0),
        ("response", "single_agency"): (2, 1, 0),
        ("all", "all"): (3, 1, 0),
    }


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (ENDED - timedelta(days=4), 0),
        (ENDED - timedelta(days=2), 1),
        (ENDED + YEAR, 1),
        (ENDED + YEAR + timedelta(seconds=1), 0),
    ],
    ids=["before its case was closed", "before the transfer ended", "within the year", "after the year"],
)
def test_a_referral_counts_from_the_closing_of_the_case_until_a_year_after_the_end(
    register: WholeRegister, at: datetime, counts: int
) -> None:
    stepped_down(register, "t-1", child("c-1", **CLOSED))
    referred(register, "r-1", at, "c-1")
    assert counted(register)["all", "all"] == (1, counts, 0)


def test_only_children_in_both_count_and_only_those_whose_case_was_closed(register: WholeRegister) -> None:
    stayed = child("c-2", let_go_to=None)
    stepped_down(register, "t-1", child("c-1", **CLOSED), stayed)
    referred(register, "r-1", ENDED + timedelta(days=1), "c-2", "c-3")
    assert counted(register)["all", "all"] == (1, 0, 0)


def test_a_referral_that_was_cancelled_does_not_count(register: WholeRegister) -> None:
    stepped_down(register, "t-1", child("c-1", **CLOSED))
    referred(register, "r-1", ENDED + timedelta(days=1), "c-1", outcome="cancelled")
    assert counted(register)["all", "all"] == (1, 0, 0)


def test_a_family_counts_once_however_many_transfers_referrals_and_children_it_has(register: WholeRegister) -> None:
    stepped_down(register, "t-1", child("c-1", **CLOSED), child("c-2", **CLOSED))
    stepped_down(register, "t-2", child("c-3", **CLOSED))
    for number, name in enumerate(("c-1", "c-2", "c-3")):
        referred(register, f"r-{number}", ENDED + timedelta(days=1), name)
    assert set(counted(register).values()) == {(1, 1, 0)}


def test_a_transfer_that_ended_in_another_time_is_not_told_of(register: WholeRegister) -> None:
    stepped_down(register, "t-1", child("c-1", **CLOSED))
    referred(register, "r-1", ENDED + timedelta(days=1), "c-1")
    ended(register, "t-1", LATER)
    assert counted(register) == {}
    assert register.came_back(LONG_AGO, LATER) == []


def test_a_transfer_that_is_still_open_is_not_told_of(register: WholeRegister) -> None:
    start = request("c-1", id="t-1")
    register.opened(start, THEN)
    register.shows(status(facts(request=start)).model_copy(update={"children": (child("c-1", **CLOSED),)}), 1)
    referred(register, "r-1", datetime.now(UTC) + timedelta(days=1), "c-1")
    assert (counted(register), register.came_back(LONG_AGO, LATER)) == ({}, [])


def test_a_family_with_two_kinds_of_response_stands_in_both_and_comes_back_in_that_of_its_child(
    register: WholeRegister,
) -> None:
    stepped_down(register, "t-1", child("c-1", **CLOSED), child("c-2", let_go_to="universal_services"))
    referred(register, "r-1", ENDED + timedelta(days=1), "c-2")
    found = counted(register)
    assert found["response", "single_agency"] == (1, 0, 0)
    assert found["response", "universal_services"] == found["all", "all"] == (1, 1, 0)


def test_of_families_whose_year_is_not_over_it_is_said_that_nobody_knows_yet(register: WholeRegister) -> None:
    stepped_down(register, "t-1", child("c-1", **CLOSED), family="f-1")
    assert counted(register, ENDED + YEAR)["all", "all"] == (1, 0, 0)
    assert counted(register, ENDED + YEAR - timedelta(seconds=1))["all", "all"] == (1, 0, 1)


def test_a_child_whose_case_was_opened_again_was_not_let_go(register: WholeRegister) -> None:
    start = request("c-1", id="t-1")
    register.opened(start, THEN)
    now = status(facts(request=start)).model_copy(update={"children": (child("c-1", **CLOSED),)})
    register.shows(now, 1)
    reopened = child("c-1", let_go_to=None)
    update = {"children": (reopened,), "stage": Stage.CLOSED, "outcome": Outcome.ESCALATED}
    register.shows(now.model_copy(update=update), 2)
    ended(register, "t-1", ENDED)
    assert counted(register) == {}


def test_since_when_a_child_is_let_go_stays_when_it_is_shown_again(register: WholeRegister) -> None:
    stepped_down(register, "t-1", child("c-1", **CLOSED))
    before = register.status("t-1")
    assert before is not None
    register.shows(before, 2)
    with register.store.reading() as session:
        assert session.get_one(ChildRow, ("t-1", "c-1")).let_go_at == ENDED - timedelta(days=3)


def test_however_many_families_there_are_the_register_is_asked_as_often(register: WholeRegister) -> None:
    def questions() -> int:
        with asked(register.engine) as seen:
            counted(register)
        return sum(statement.startswith("SELECT") and "FROM transfers" in statement for statement, _ in seen)

    stepped_down(register, "t-0", child("c-0", **CLOSED), family="f-0")
    few = questions()
    for number in range(1, 6):
        stepped_down(register, f"t-{number}", child(f"c-{number}", **CLOSED), family=f"f-{number}")
        referred(register, f"r-{number}", ENDED + timedelta(days=1), f"c-{number}")
    assert (questions(), few) == (5, 5)


def test_fewer_than_ten_families_are_few() -> None:
    nine = AgainLine(by="all", name="all", families=9, again=1, within_year=0)
    assert (nine.few, nine.model_copy(update={"families": 10}).few) == (True, False)


def test_a_step_down_as_it_really_ends_counts_with_its_kind_of_response(register: WholeRegister) -> None:
    gone = facts_closed()
    register.opened(gone.request, THEN)
    register.shows(status(gone), 1)
    now = datetime.now(UTC)
    lines = again(register.let_go(LONG_AGO, now + YEAR, now), register.came_back(LONG_AGO, now + YEAR))
    assert {(line.by, line.name): (line.families, line.within_year) for line in lines} == {
        ("service", "service-north"): (1, 1),
        ("route", "assessment"): (1, 1),
        ("all", "all"): (1, 1),
        ("response", "single_agency"): (1, 1),
    }
