"""The journeys of one family in the register, on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest

from tests.adapters.test_query_plans import asked
from tests.builders import THEN, calendar, facts, request, service
from tests.register import WholeRegister
from tests.step_down import status
from tests.step_ups import facts as referred
from tests.step_ups import status as status_of_referral

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def north(register: WholeRegister) -> None:
    register.put_services([service()])


def opened(register: WholeRegister, transfer: str, days: int, family: str = "family-1", **said: bool) -> None:
    register.opened(request(f"of-{transfer}", id=transfer, family_ref=family, **said), THEN + timedelta(days=days))


def test_the_journeys_of_a_family_come_in_the_order_in_which_they_were_opened_whatever_their_kind(
    register: WholeRegister,
) -> None:
    opened(register, "t-2", 2)
    opened(register, "t-1", 1)
    opened(register, "of-others", 1, family="family-10")
    now = referred(id="up-1")
    register.open_transfer(now.request, THEN, calendar(), lambda _: status_of_referral(now))
    found = list(register.journeys("family-1"))
    assert [(one.status.id, one.status.journey) for one in found] == [
        ("up-1", "step-up"),
        ("t-1", "step-down"),
        ("t-2", "step-down"),
    ]
    assert {one.closed_at for one in found} == {None}
    assert list(register.journeys("family")) == []


def test_a_journey_for_named_people_only_is_not_among_those_that_are_read(register: WholeRegister) -> None:
    opened(register, "t-1", 1)
    opened(register, "t-2", 2, restricted=True)
    with asked(register.engine) as seen:
        assert [one.status.id for one in register.journeys("family-1")] == ["t-1"]
    assert "restricted" in seen[-1][0], "its status is not even opened"
    assert register.hidden("family-1") == {"t-2"}
    assert register.hidden("family-2") == frozenset()


def test_a_journey_that_was_lost_and_shown_again_is_of_the_same_family(register: WholeRegister) -> None:
    register.restore(status(facts(request=request(id="t-1"))), 3)
    assert [one.status.id for one in register.journeys("family-1")] == ["t-1"]


def test_many_journeys_are_read_with_one_question(register: WholeRegister) -> None:
    for number in range(45):
        opened(register, f"t-{number}", number)
    with asked(register.engine) as seen:
        found = [one.status.id for one in register.journeys("family-1")]
    assert found == [f"t-{number}" for number in range(45)]
    assert sum("FROM transfers" in statement for statement, _ in seen) == 1
