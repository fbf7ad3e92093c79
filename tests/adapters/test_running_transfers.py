"""The open transfers as the morning digest reads them, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.certificate import Certificate, Count, calculate
from models.journey.clocks import ClockState
from models.journey.projection import DueDate
from models.journey.status import ClockStatus, Status
from models.kinds import OFFICES, Audience, ClockKind
from models.operations.digest import Recipient, RunningClock, digest_for, readers
from models.policy import DEFAULT_CLOCKS
from tests.builders import NOW, calendar, facts, facts_closed, request, service
from tests.digests import running
from tests.register import WholeRegister
from tests.step_down import status

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)

Show = Callable[..., Status]


def certificate(kind: ClockKind) -> Certificate:
    count = Count(kind=kind, received=NOW, policy_version="defaults", policy=DEFAULT_CLOCKS[kind])
    return calculate(count, calendar())


@pytest.fixture
def show(register: WholeRegister) -> Show:
    register.put_services([service()])

    def shown(version: int = 1, transfer_id: str = "transfer-1", **changes: Any) -> Status:
        start = request(f"child-of-{transfer_id}", id=transfer_id)
        register.opened(start, NOW)
        now = status(facts(request=start)).model_copy(update=changes)
        register.shows(now, version)
        return now

    return shown


def clock_of(kind: ClockKind, state: ClockState) -> ClockStatus:
    return ClockStatus(id=f"{kind}/1", kind=kind, since=NOW, due=certificate(kind).due, state=state)


def test_an_open_transfer_is_read_with_whom_it_names_and_waits_for(register: WholeRegister, show: Show) -> None:
    now = show()
    assert register.running_transfers() == [
        running(stage_words=now.stage_words, waiting_for=now.waiting_for, social_worker="sw-7", team_manager="tm-1")
    ]


def test_a_transfer_that_was_reassigned_names_who_is_responsible_now(register: WholeRegister, show: Show) -> None:
    show()
    show(2, social_worker="sw-8", team_manager="tm-2", social_work_team="team-west")
    [found] = register.running_transfers()
    assert (found.social_worker, found.team_manager, found.social_work_team) == ("sw-8", "tm-2", "team-west")


def test_a_transfer_that_has_just_been_opened_is_read_too(register: WholeRegister) -> None:
    register.put_services([service()])
    register.opened(request(restricted=True), NOW)
    [found] = register.running_transfers()
    assert (found.social_worker, found.team_manager, found.restricted) == ("sw-7", "tm-1", True)


def due_date(clock: str, kind: ClockKind) -> DueDate:
    return DueDate(clock=clock, service_ref="service-north", certificate=certificate(kind))


@pytest.mark.parametrize("state", ClockState)
def test_only_clocks_that_run_are_read_and_a_due_date_only_where_it_holds(
    register: WholeRegister, show: Show, state: ClockState
) -> None:
    kind = ClockKind.CONSENT
    show()
    register.keeps("transfer-1", due_date(f"{kind}/1", kind), calendar())
    show(2, clocks=(clock_of(kind, state),))
    due = None if state in {ClockState.STARTING, ClockState.PAUSED} else certificate(kind).due
    runs = state not in {ClockState.MET, ClockState.LATE, ClockState.ANSWERED, ClockState.NEEDLESS}
    [found] = register.running_transfers()
    assert found.clocks == ((RunningClock(kind=kind, since=NOW, due=due),) if runs else ())


def test_a_transfer_that_has_ended_is_not_read_and_the_clocks_of_another_stay_apart(
    register: WholeRegister, show: Show
) -> None:
    kind = ClockKind.CONSENT
    show()
    show(transfer_id="transfer-2")
    register.keeps("transfer-2", due_date(f"{kind}/1", kind), calendar())
    assert {found.id: len(found.clocks) for found in register.running_transfers()} == {"transfer-1": 0, "transfer-2": 1}
    register.shows(status(facts_closed()), 3)
    assert [found.id for found in register.running_transfers()] == ["transfer-2"]


def test_for_a_reader_only_the_transfers_are_read_that_name_them_and_for_an_office_all(
    register: WholeRegister, show: Show
) -> None:
    kind = ClockKind.CONSENT
    others = {"social_worker": "sw-8", "team_manager": "tm-2", "service_ref": "service-south"}
    for transfer, named in (("transfer-1", {}), ("transfer-2", others)):
        show(transfer_id=transfer)
        register.keeps(transfer, due_date(f"{kind}/1", kind), calendar())
        show(2, transfer, clocks=(clock_of(kind, ClockState.BREACHED),), **named)
    every = register.running_transfers()
    late = certificate(kind).due + timedelta(hours=1)
    assert [reader.id for reader in readers(every, late)] == [
        "operations/operations",
        "social_worker/sw-7",
        "social_worker/sw-8",
        "targeted_services_leader/targeted-services-leader",
        "team_manager/tm-1",
        "team_manager/tm-2",
    ]
    for reader in readers(every, late):
        own = register.running_transfers(reader)
        assert len(own) == (2 if reader.audience in OFFICES else 1)
        assert digest_for(reader, own, late) == digest_for(reader, every, late)
    contact = Recipient(audience=Audience.EARLY_HELP_CONTACT, ref="service-south")
    assert [found.id for found in register.running_transfers(contact)] == ["transfer-2"]
