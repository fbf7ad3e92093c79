"""SQLite and PostgreSQL are one register: what databases do in ways of their own is the same in both."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from adapters.register.lists import Wanted
from models.attention import PROBLEMS
from models.journey.clocks import ClockState
from models.kinds import ClockKind, RungKind
from models.people import Person
from models.register.tables import TransferRow
from tests.adapters.test_figures import alert, clock, shown
from tests.builders import CHILD, NOW, THEN, attention, close_child, request, service
from tests.postgres.pgbouncer import THROUGH_IT
from tests.register import WholeRegister

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql", THROUGH_IT], indirect=True)


def test_an_alert_that_came_a_month_late_is_kept(register: WholeRegister) -> None:
    late = timedelta(days=40)
    shown(register, "transfer-1", alerts=(alert(1, RungKind.BREACH, late),))
    [told] = register.figures().alerts.values()
    assert told.lateness == late, "in milliseconds that is more than four bytes hold"


def test_names_stand_in_the_same_order(register: WholeRegister) -> None:
    refs = ("B-1", "a-1", "a.2", "a_10", "a-10", "A-2")
    register.put_people(Person(ref=ref, email="person@council.example") for ref in refs)
    assert [person.ref for person in register.people()] == sorted(refs)


@pytest.mark.clause("SD-37")
def test_the_closing_of_a_child_whose_name_differs_in_case_only_is_another_one(register: WholeRegister) -> None:
    answers = clock(ClockKind.ACKNOWLEDGEMENT, CHILD, ClockState.MET, NOW + timedelta(hours=1))
    other = clock(ClockKind.ACKNOWLEDGEMENT, f"{CHILD.upper()}/2", ClockState.MET, NOW + timedelta(hours=1))
    seen = clock(ClockKind.FIRST_CONTACT, CHILD, ClockState.MET, NOW + timedelta(hours=50))
    shown(register, "transfer-1", answers, other, seen)
    with register.store.transaction() as session:
        session.execute(
            text("UPDATE clocks SET received = :later WHERE clock_id = :other"),
            {"later": NOW + timedelta(hours=30), "other": other.id},
        )
    now = register.status("transfer-1")
    assert now is not None
    again = seen.model_copy(update={"answered": NOW + timedelta(hours=51)})
    register.shows(now.model_copy(update={"clocks": (answers, other, again)}), 2)
    found = {one.kind: one.hours for one in register.asked(NOW - timedelta(days=1), NOW + timedelta(days=1))}
    assert found[ClockKind.FIRST_CONTACT] == 51


def test_what_is_read_together_is_of_one_moment(register: WholeRegister) -> None:
    register.put_services([service()])
    register.opened(request(id="first"), THEN)
    with register.store.reading() as session:
        before = session.exec(select(TransferRow.id)).all()
        register.opened(request("another-child", id="second"), THEN)
        assert session.exec(select(TransferRow.id)).all() == before


def test_as_much_as_can_wait_for_people_is_shown(register: WholeRegister) -> None:
    everything = tuple(attention(close_child(f"c-{n}"), n, problem) for n, problem in enumerate([*PROBLEMS] * 10))
    shown(register, "transfer-1", attention=everything)
    [line] = register.page(Wanted(attention=True), 1, 50).lines
    assert len(line.attention) == len(everything), "an index of PostgreSQL takes 2,704 bytes of a row"
