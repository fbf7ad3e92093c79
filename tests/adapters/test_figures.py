"""What the register counts for the report and for Prometheus, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from adapters.keyring import Keyring
from adapters.register.store import Store
from models.attention import Attention
from models.certificate import Certificate, Count, Pause, PauseReason, calculate
from models.journey.clocks import ClockState
from models.journey.projection import DueDate
from models.journey.recorded import Alert
from models.journey.status import ClockStatus, HarmStatus
from models.kinds import ClockKind, JourneyKind, RungKind
from models.operations.figures import Figures, Told, Waits
from models.operations.report import Asked, Ran
from models.policy import DEFAULT_CLOCKS
from models.register.tables import ClockRow
from models.step_down.stage import Outcome, Stage
from tests.builders import (
    CHILD,
    NOW,
    attention,
    calendar,
    close_child,
    consent,
    declined_for_harm,
    facts,
    harm_report,
    request,
    service,
    taken,
)
from tests.register import WholeRegister
from tests.step_down import status
from worker.health import Page, health_page
from worker.metrics import metrics_text

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)

YESTERDAY, TOMORROW = NOW - timedelta(days=1), NOW + timedelta(days=1)


def certificate(kind: ClockKind, *pauses: Pause) -> Certificate:
    count = Count(kind=kind, received=NOW, policy_version="p-1", policy=DEFAULT_CLOCKS[kind], pauses=pauses)
    return calculate(count, calendar())


def clock(kind: ClockKind, about: str, state: ClockState, answered: datetime | None = None) -> ClockStatus:
    due = certificate(kind).due
    return ClockStatus(
        id=f"{kind}/{about}", kind=kind, since=NOW, due=due, state=state, answered=answered, recorded=answered
    )


def alert(number: int, what: RungKind, late: timedelta) -> Alert:
    return Alert(
        number=number,
        kind=ClockKind.CONVERSATION,
        clocks=("conversation/service-north",),
        service_ref="service-north",
        due=NOW,
        rung=number - 1,
        what=what,
        at=NOW,
        raised_at=NOW + late,
        audiences=(),
        top=False,
    )


def shown(register: WholeRegister, transfer: str, *clocks: ClockStatus, **changes: Any) -> None:
    register.put_services([service()])
    start = request(f"child-of-{transfer}", id=transfer)
    register.opened(start, NOW)
    for one in clocks:
        due = DueDate(clock=one.id, service_ref=one.id.split("/")[1], certificate=certificate(one.kind))
        register.keeps(transfer, due, calendar())
    now = status(facts(request=start)).model_copy(update={"clocks": clocks, **changes})
    register.shows(now, 1)


def metrics(figures: Callable[[], Figures]) -> Page:
    return health_page("/metrics", lambda: True, partial(metrics_text, figures))


def lines(page: Page) -> list[str]:
    return page.body.decode().splitlines()


def test_an_answer_is_that_of_the_service_that_was_asked_though_another_one_followed(register: WholeRegister) -> None:
    first = clock(ClockKind.CONVERSATION, "service-north", ClockState.NEEDLESS)
    second = clock(ClockKind.CONVERSATION, "service-south", ClockState.MET, NOW + timedelta(hours=2))
    own = clock(ClockKind.DECISION, "decision", ClockState.ON_TRACK)
    shown(register, "transfer-1", first, second, own, service_ref="service-south")
    found = register.asked(YESTERDAY, TOMORROW)
    assert {(one.service_ref, one.state, one.hours) for one in found} == {
        ("service-north", ClockState.NEEDLESS, None),
        ("service-south", ClockState.MET, 2),
    }, "the waits of our own people are not what a service owes"


CONTACT = "conversation/service-north"


def asked(register: WholeRegister) -> Asked:
    [found] = register.asked(YESTERDAY, TOMORROW)
    return found


def test_answers_that_are_alike_are_one_row_with_their_number(register: WholeRegister) -> None:
    for number in range(3):
        shown(register, f"transfer-{number}", clock(ClockKind.CONVERSATION, "service-north", ClockState.ON_TRACK))
    assert asked(register) == Asked(
        JourneyKind.STEP_DOWN, "service-north", "team-sw", ClockState.ON_TRACK, False, None, 3
    )
    assert register.ran(YESTERDAY, TOMORROW) == [Ran(JourneyKind.STEP_DOWN, "service-north", "team-sw", None, 3)]


def test_the_hours_until_an_answer_follow_what_is_corrected(register: WholeRegister) -> None:
    shown(register, "transfer-1", clock(ClockKind.CONVERSATION, "service-north", ClockState.ON_TRACK))
    for version, (state, hours, known) in enumerate(
        [(ClockState.MET, 0, 0), (ClockState.LATE, 3, 3), (ClockState.NEEDLESS, 3, None), (ClockState.MET, 1, 1)], 2
    ):
        now = clock(ClockKind.CONVERSATION, "service-north", state, NOW + timedelta(hours=hours))
        before = register.status("transfer-1")
        assert before is not None
        register.shows(before.model_copy(update={"clocks": (now,)}), version)
        assert (asked(register).state, asked(register).hours) == (state, known)


@pytest.mark.clause("SD-37")
def test_how_long_it_took_until_a_child_was_seen_counts_from_its_closing(register: WholeRegister) -> None:
    answers = clock(ClockKind.ACKNOWLEDGEMENT, CHILD, ClockState.MET, NOW + timedelta(hours=1))
    other = clock(ClockKind.ACKNOWLEDGEMENT, f"{CHILD}0", ClockState.MET, NOW + timedelta(hours=1))
    visited = clock(ClockKind.FIRST_CONTACT, CHILD, ClockState.MET, NOW + timedelta(hours=50))
    shown(register, "transfer-1", answers, other, visited)
    found = {one.kind: one.hours for one in register.asked(YESTERDAY, TOMORROW)}
    assert found[ClockKind.FIRST_CONTACT] == 50, "nights and weekends count for a child"


def test_a_pause_counts_once_the_due_date_was_calculated_again(register: WholeRegister) -> None:
    met = clock(ClockKind.CONVERSATION, "service-north", ClockState.MET, NOW + timedelta(hours=2))
    shown(register, "transfer-1", met)
    assert (asked(register).was_paused, asked(register).hours) == (False, 2)
    still = Pause(since=NOW, until=NOW + timedelta(hours=1), reason=PauseReason.SAFETY, by="tm-1")
    paused = certificate(ClockKind.CONVERSATION, still)
    register.keeps("transfer-1", DueDate(clock=CONTACT, service_ref="service-north", certificate=paused), calendar())
    assert (asked(register).was_paused, asked(register).hours) == (True, 1)


def test_a_certificate_whose_key_is_gone_keeps_no_transfer_from_being_shown(register: WholeRegister) -> None:
    shown(register, "transfer-1", clock(ClockKind.CONVERSATION, "service-north", ClockState.ON_TRACK))
    before = register.status("transfer-1")
    assert before is not None
    met = clock(ClockKind.CONVERSATION, "service-north", ClockState.MET, NOW + timedelta(hours=2))
    other = WholeRegister(Store(register.engine, Keyring(current="key-9", keys={"key-9": bytes(32)})))
    other.shows(before.model_copy(update={"clocks": (met,)}), 2)
    assert (asked(register).state, asked(register).hours) == (ClockState.MET, None)


def test_the_report_is_of_what_was_asked_and_started_in_its_time(register: WholeRegister) -> None:
    shown(register, "transfer-1", clock(ClockKind.CONVERSATION, "service-north", ClockState.ON_TRACK))
    shown(register, "transfer-2", outcome=Outcome.CONSENT_REFUSED)
    assert {one.outcome for one in register.ran(YESTERDAY, TOMORROW)} == {None, Outcome.CONSENT_REFUSED}
    assert (register.asked(TOMORROW, TOMORROW), register.ran(YESTERDAY, YESTERDAY)) == ([], [])


def fill(register: WholeRegister) -> None:
    items: tuple[Attention, ...] = (attention(close_child("c"), 1), attention(close_child("d"), 2, "unclear"))
    shown(
        register,
        "transfer-1",
        clock(ClockKind.CONVERSATION, "service-north", ClockState.BREACHED),
        clock(ClockKind.DECISION, "decision", ClockState.ON_TRACK),
        clock(ClockKind.SHARING, "sharing", ClockState.MET),
        stage=Stage.CONVERSATION,
        attention=items,
        alerts=(
            alert(1, RungKind.BREACH, timedelta(seconds=2)),
            alert(2, RungKind.BREACH, timedelta(minutes=10, seconds=40)),
        ),
    )
    shown(register, "transfer-2", stage=Stage.CONSENT)
    left = clock(ClockKind.DECISION, "decision", ClockState.ON_TRACK)
    shown(register, "transfer-3", left, stage=Stage.CLOSED, outcome=Outcome.TRANSFERRED, attention=items)
    register.store_evidence("transfer-2", taken(harm_report()))
    register.store_evidence("transfer-2", taken(harm_report(step_id="heard", corrects=harm_report().step_id)))
    register.store_evidence("transfer-2", taken(consent()))
    register.store_evidence("transfer-3", taken(declined_for_harm()))
    register.store_evidence("transfer-3", taken(declined_for_harm(step_id="again"), repeats="acknowledge_transfer"))


def test_open_transfers_running_clocks_alerts_and_what_waits_are_counted(register: WholeRegister) -> None:
    fill(register)
    now = register.figures()
    assert now.open_by_stage == {"conversation": 1, "consent": 1}
    assert now.waiting == {("conversation", "social_worker"): 1, ("consent", "social_worker"): 1}
    assert now.clocks == {
        ("conversation", "breached"): Waits(1, NOW, certificate(ClockKind.CONVERSATION).due),
        ("decision", "on_track"): Waits(1, NOW, certificate(ClockKind.DECISION).due),
    }
    assert now.alerts == {("conversation", "breach"): Told(2, timedelta(seconds=642), 1)}
    assert now.attention == {"locked": 2, "unclear": 2}, "what waits of a transfer that has ended waits, too"
    assert now.harm == {}
    assert now.harm_reports == 2


def test_prometheus_reads_them_on_the_workers_page(register: WholeRegister) -> None:
    fill(register)
    page = metrics(register.figures)
    assert page.status == 200
    assert page.kind.startswith("text/plain; version=0.0.4")
    for line in (
        'transfers_alerts_total{kind="decision",what="escalation"} 0.0',
        'transfers_alert_lateness_seconds_total{kind="decision",what="escalation"} 0.0',
        'transfers_open{stage="conversation"} 1.0',
        'transfers_clocks{kind="conversation",state="breached"} 1.0',
        'transfers_alerts_total{kind="conversation",what="breach"} 2.0',
        'transfers_alert_lateness_seconds_total{kind="conversation",what="breach"} 642.0',
        'transfers_alerts_late_total{kind="conversation",what="breach"} 1.0',
        'transfers_attention{problem="locked"} 2.0',
        "transfers_register_answers 1.0",
        "transfers_harm_reports_total 2.0",
    ):
        assert line in lines(page)
    assert b"child-of" not in page.body


def test_of_two_clocks_that_stand_alike_the_oldest_and_the_first_due_are_told(register: WholeRegister) -> None:
    for transfer, service_ref in (("transfer-1", "service-north"), ("transfer-2", "service-south")):
        shown(register, transfer, clock(ClockKind.CONVERSATION, service_ref, ClockState.BREACHED))
    with register.store.transaction() as session:
        second = session.get(ClockRow, ("transfer-2", "conversation/service-south"))
        assert second is not None
        second.received, second.due = YESTERDAY, TOMORROW
    assert register.figures().clocks == {
        ("conversation", "breached"): Waits(2, YESTERDAY, min(TOMORROW, certificate(ClockKind.CONVERSATION).due))
    }


def test_a_clock_that_is_paused_or_starts_has_no_due_date_that_counts(register: WholeRegister) -> None:
    for transfer, state in (("transfer-1", ClockState.PAUSED), ("transfer-2", ClockState.STARTING)):
        shown(register, transfer, clock(ClockKind.CONVERSATION, "service-north", state))
    assert {waits.due for waits in register.figures().clocks.values()} == {None}


def test_of_a_transfer_that_waits_for_two_both_are_told(register: WholeRegister) -> None:
    shown(register, "transfer-1", stage=Stage.DECISION, waiting_for=("social_worker", "team_manager"))
    shown(register, "transfer-2", stage=Stage.DECISION, waiting_for=("team_manager",))
    now = register.figures()
    assert now.open_by_stage == {"decision": 2}
    assert now.waiting == {("decision", "social_worker"): 1, ("decision", "team_manager"): 2}


def test_open_transfers_in_which_nobody_was_spoken_to_about_harm_are_counted(register: WholeRegister) -> None:
    told = HarmStatus(at=NOW, step_id="report")
    for transfer, spoken_to_at in (("transfer-1", None), ("transfer-2", None), ("transfer-3", NOW)):
        shown(register, transfer, harm=(told.model_copy(update={"spoken_to_at": spoken_to_at}),))
    shown(register, "transfer-4", harm=(told,), stage=Stage.CLOSED, outcome=Outcome.TRANSFERRED)
    assert register.figures().harm == {"nobody_spoken_to": 2, "reported": 1}


def test_a_register_that_does_not_answer_is_said_and_no_figure_is_made_up(register: WholeRegister) -> None:
    def silent() -> Figures:
        raise OperationalError("select", {}, Exception("gone"))

    page = metrics(silent)
    assert page.status == 200
    assert [line for line in lines(page) if not line.startswith("#")] == ["transfers_register_answers 0.0"]
