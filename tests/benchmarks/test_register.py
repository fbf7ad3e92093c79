"""How a large register is made from a small one, and how what was measured is told."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from adapters.keyring import Keyring
from adapters.register.lists import Wanted
from benchmarks.register.copies import OPEN_DAYS, SERVICES, TEAMS, Order, places
from benchmarks.register.fill import NothingToCopyError, fill
from benchmarks.register.measure import took
from benchmarks.register.reads import READS
from benchmarks.register.result import Took, line
from benchmarks.written import PAGE, written_down
from models.journey.clocks import ClockState
from models.journey.projection import DueDate
from models.journey.status import ClockStatus
from models.kinds import ClockKind
from models.register.tables import ChildRow, EvidenceRow
from models.step_down.stage import Outcome, Stage
from tests.adapters.test_figures import NOW, certificate
from tests.builders import calendar, consent, facts, intent, request, service, taken
from tests.register import WholeRegister, new_register, register_at
from tests.step_down import status

KEY = Keyring(current="key-1", keys={"key-1": bytes(32)})


@pytest.fixture
def played(tmp_path: Path) -> WholeRegister:
    """A register with one transfer that is open, and one that has ended."""
    register = new_register(f"sqlite:///{tmp_path / 'played.db'}", KEY)
    register.put_services([service()])
    for transfer, ended in (("open", {}), ("ended", {"stage": Stage.CLOSED, "outcome": Outcome.TRANSFERRED})):
        start = request(f"child-of-{transfer}", id=transfer)
        register.opened(start, NOW)
        clock = ClockStatus(
            id="conversation/x", kind=ClockKind.CONVERSATION, since=NOW, due=NOW, state=ClockState.ON_TRACK
        )
        due = DueDate(clock=clock.id, service_ref="service-north", certificate=certificate(clock.kind))
        register.keeps(transfer, due, calendar())
        register.store_evidence(transfer, taken(consent()))
        register.shows(status(facts(request=start)).model_copy(update={"clocks": (clock,), **ended}), 1)
    return register


def filled(played: WholeRegister, path: Path, order: Order) -> WholeRegister:
    fill(order, played.store, f"sqlite:///{path}", NOW)
    return register_at(f"sqlite:///{path}", KEY)


def test_there_are_as_many_transfers_as_ordered_and_as_many_of_them_open(played: WholeRegister, tmp_path: Path) -> None:
    many = filled(played, tmp_path / "many.db", Order(20, 6))
    assert many.page(Wanted(ended=True), 1, 100).all == 20
    still = many.page(Wanted(), 1, 100).lines
    assert len(still) == len(many.running_transfers()) == 6
    assert min(line.opened_at for line in still) > NOW - timedelta(days=OPEN_DAYS)
    assert {line.service_ref for line in still} <= set(SERVICES)
    assert {line.social_work_team for line in still} <= set(TEAMS)


def test_each_copy_has_every_row_at_its_own_time_and_what_is_sealed_opens_for_it(
    played: WholeRegister, tmp_path: Path
) -> None:
    many = filled(played, tmp_path / "many.db", Order(4, 2))
    with Session(many.engine) as session:
        children, evidence = session.exec(select(ChildRow)).all(), session.exec(select(EvidenceRow)).all()
    opened = {line.id: line.opened_at for line in many.transfers()}
    assert len({child.child_ref for child in children}) == len(evidence) == 4
    assert all(row.accepted_at - opened[row.transfer_id] == timedelta() for row in evidence)
    for transfer in opened:
        assert many.status(transfer) is not None
        [clock] = many.clocks(transfer)
        assert clock.certificate == certificate(ClockKind.CONVERSATION)


def test_what_one_transfer_asks_a_person_for_all_of_them_is_not_copied(played: WholeRegister, tmp_path: Path) -> None:
    assert played.asks("mail_setup", intent())
    assert filled(played, tmp_path / "many.db", Order(4, 2)).page(Wanted(ended=True), 1, 10).all == 4


def test_the_same_order_gives_the_same_transfers() -> None:
    first, second = (list(places(Order(5, 1), NOW, random.Random(1))) for _ in range(2))
    assert first == second
    assert [is_open for is_open, _ in first] == [False] * 4 + [True]


def test_of_a_rehearsal_that_was_not_played_nothing_is_made(tmp_path: Path) -> None:
    empty = new_register(f"sqlite:///{tmp_path / 'empty.db'}", KEY)
    with pytest.raises(NothingToCopyError):
        filled(empty, tmp_path / "many.db", Order(4, 2))


@pytest.mark.parametrize("name", READS)
def test_each_read_is_tried_beside_its_reference(
    played: WholeRegister, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRANSFERS_KEYS", "key-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    filled(played, tmp_path / "many.db", Order(60, 55))
    found = took(name, f"sqlite:///{tmp_path / 'many.db'}")
    assert found.name == name
    assert min(found.processor, found.reference, found.wall) > 0


def test_each_read_is_written_down_with_its_ratio() -> None:
    assert set(written_down(PAGE.read_text(encoding="utf-8"), "times the reference")) == set(READS)


TOOK = Took("list", wall=0.2, processor=0.1, memory_mib=3, reference=0.05)


def test_a_read_is_told_beside_what_is_written_down_and_one_that_is_worse_by_a_quarter_says_so() -> None:
    assert "2.000 times the reference, written down 2.0" in line(TOOK, 2.0)
    assert "WORSE" not in line(TOOK, 2.0) + line(TOOK, None)
    assert line(replace(TOOK, processor=0.13), 2.0).endswith("  WORSE")
    assert "written down nothing" in line(TOOK, None)
