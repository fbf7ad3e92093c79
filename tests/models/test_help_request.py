"""The rules of a request for Early Help, each by its clause; the times are those of London."""

from collections.abc import Callable
from typing import Any

import pytest

from models.clock_words import CLOCK_WORDS
from models.help_request.facts import HelpFacts
from models.help_request.journey import HELP_REQUEST
from models.help_request.rows import NEUTRAL
from models.help_request.stage import Outcome, Stage
from models.help_request.start import Form, FormPart, HelpRequest
from models.help_request.waits import received_at
from models.journey.answers import Rejected
from models.journey.clocks import ClockState
from models.journey.counting import told_of
from models.journey.missing import is_closed, wanted
from models.journey.people import responsible
from models.journey.projection import News
from models.journey.recorded import Elsewhere
from models.journey.recording import receipt_again, reject
from models.journey.start import IN_THE_REQUEST
from models.journey.status import ResponseState
from models.journey.steps import Cancel, Step
from models.kinds import Audience, ClockKind, RungKind
from models.policy import Policy
from models.vocabulary import Actor, Role
from tests.builders import CHILD, MANAGER, NOW, SIBLING, THEN, london
from tests.help_requests import (
    HUB,
    OLD,
    WHOLE,
    asks,
    cancellation,
    completed,
    consent,
    documents,
    facts,
    given_to,
    harm,
    keeping_time,
    known,
    let_time_pass,
    matrix,
    next_steps,
    reach,
    read,
    record,
    redirected,
    refusal,
    refused,
    request,
    response,
    returned,
    routed,
    stage,
    status,
    taken_over,
    told,
    tried,
    waiting,
    whole,
    withdrawal,
)
from workflows.journey.orders import people

DUE = london(2026, 3, 5, 17)
"""Received on Monday 2 March 2026 at 10:00: due on Thursday at close of business."""
CONTACT, SERVICE_MANAGER = Audience.EARLY_HELP_CONTACT, Audience.EARLY_HELP_MANAGER
FROM_DUTY_AND_ADVICE = {
    "received": {"channel": "duty_and_advice", "at": THEN},
    "referrer": {"who": "The duty worker", "kind": "duty_and_advice", "reached": "By telephone"},
}
SPOKEN = {"who": "The duty worker", "at": THEN}
REFERRER = Actor(id="referrer", role=Role.REFERRER)
TAKEN = {"who": "The social worker of the child", "at": THEN}
HELD = {"holder": "transfer-7", "kind": "step-down"}
ELSEWHERE = {"opened": {"elsewhere": ({"child": CHILD, **HELD}, {"child": SIBLING, **HELD})}}
ONE_ELSEWHERE = {"opened": {"elsewhere": ({"child": SIBLING, **HELD},)}}


def clock(now: HelpFacts, kind: ClockKind) -> Any:
    return [one for one in status(now).clocks if one.kind is kind][-1]


def ended(now: HelpFacts) -> str | None:
    return status(now).outcome


@pytest.mark.clause("ER-01")
@pytest.mark.clause("ER-02")
@pytest.mark.clause("ER-03")
@pytest.mark.clause("ER-04")
@pytest.mark.clause("ER-05")
@pytest.mark.clause("ER-06")
@pytest.mark.clause("ER-14")
@pytest.mark.clause("ER-15")
def test_a_request_that_says_next_to_nothing_is_open_and_on_the_clock_and_each_thing_is_asked_for() -> None:
    now = facts(plan_open=True)
    assert asks(now) == ["ER-14", "ER-01", "ER-02", "ER-04", "ER-15", "ER-03", "ER-05", "ER-06"]
    assert stage(now) is Stage.ADMISSION
    assert clock(now, ClockKind.HELP_REQUEST).due == DUE
    assert status(now).waiting_for == (Role.EARLY_HELP_SERVICE,)


ASKED: dict[str, tuple[Step, Callable[..., HelpFacts]]] = {
    "ER-14": (read(), facts),
    "ER-01": (documents(), facts),
    "ER-02": (documents(FormPart.PART_2), lambda *steps: facts(*steps, plan_open=True)),
    "ER-04": (consent(), facts),
    "ER-15": (reach(), facts),
    "ER-03": (matrix(), facts),
    "ER-05": (tried(), facts),
}


@pytest.mark.clause("ER-01")
@pytest.mark.clause("ER-02")
@pytest.mark.clause("ER-03")
@pytest.mark.clause("ER-04")
@pytest.mark.clause("ER-05")
@pytest.mark.clause("ER-14")
@pytest.mark.clause("ER-15")
@pytest.mark.parametrize("clause", ASKED)
def test_what_came_is_asked_for_no_more(clause: str) -> None:
    step, begin = ASKED[clause]
    assert clause in asks(begin())
    assert clause not in asks(begin(step))


@pytest.mark.clause("ER-05")
@pytest.mark.parametrize("kind", ["family", "young_person"])
def test_a_family_that_asks_for_itself_is_not_asked_what_professionals_tried(kind: str) -> None:
    asking = {"who": "The mother", "kind": kind, "reached": "By telephone, before noon"}
    assert "ER-05" not in asks(facts(referrer=asking))
    assert "ER-05" not in asks(facts(tried(tried=None, not_done_because="New here.")))


# Each rule with the one thing that breaks it: the facts, the step, its field.
REFUSED: dict[tuple[str, str], Callable[[], tuple[HelpFacts, Step, str]]] = {
    ("ER-01", "an old form"): lambda: (facts(), documents(version=OLD), "forms"),
    ("SD-09e", "a power not in force"): lambda: (
        facts(),
        consent(agreement={"power": "children_act_2004_s16la", "because": "Not asked."}),
        "agreement.power",
    ),
    ("ER-14", "returned unread"): lambda: (facts(), returned(), "step"),
    ("ER-14", "answered unread"): lambda: (facts(), response(Outcome.GUIDANCE), "step"),
    ("ER-14", "cancelled unread"): lambda: (facts(), cancellation(), "step"),
    ("ER-12", "completed, though never returned"): lambda: (whole(), completed(), "step"),
    ("ER-12", "not completed, though never returned"): lambda: (
        whole(),
        response(Outcome.NOT_COMPLETED, risk_considered="Seen by the school."),
        "outcome",
    ),
    ("ER-12", "signposted to nobody"): lambda: (whole(), response(Outcome.SIGNPOSTED), "kind_of_service"),
    ("ER-07", "answered otherwise after a report of harm"): lambda: (whole(harm()), response(), "outcome"),
    ("ER-07", "cancelled after a report of harm"): lambda: (whole(harm()), cancellation(), "step"),
    ("ER-15", "support for a child whom another holds"): lambda: (whole(**ELSEWHERE), response(), "outcome"),
    ("ER-15", "routed to nobody"): lambda: (whole(), routed(routed_to=None), "routed_to"),
    ("ER-15", "routed, and nobody has taken it"): lambda: (whole(), routed(taken_by=None), "taken_by"),
    ("ER-15", "taken before it came"): lambda: (
        whole(),
        routed(taken_by={"who": "The social worker", "at": london(2026, 2, 27, 10)}),
        "taken_by.at",
    ),
    ("ER-15", "taken later than that is recorded"): lambda: (
        whole(),
        routed(taken_by={"who": "The social worker", "at": NOW}),
        "taken_by.at",
    ),
    ("ER-15", "support about a day that has passed"): lambda: (
        whole(),
        waiting(until_about="2020-03-01"),
        "until_about",
    ),
    ("ER-06", "taken over, though never given"): lambda: (whole(), taken_over(), "step"),
    ("ER-06", "taken over by who gave it away"): lambda: (
        known(whole(given_to("service-south")), "service-south"),
        taken_over(actor=HUB.model_copy(update={"team": "team-giving"})),
        "actor.team",
    ),
    ("ER-03", "a matrix that is required and not there"): lambda: (facts(), matrix(answer="not_completed"), "because"),
    ("ER-15", "declined, risk unsaid"): lambda: (
        whole(),
        response(Outcome.DECLINED_BY_FAMILY),
        "risk_considered",
    ),
    ("ER-15", "not reached, risk unsaid"): lambda: (
        whole(),
        response(Outcome.NOT_REACHED),
        "risk_considered",
    ),
    ("ER-15", "waiting without a review"): lambda: (whole(), waiting(review_on=None), "review_on"),
    ("ER-15", "reviewed before"): lambda: (whole(), waiting(review_on="2026-02-27"), "review_on"),
    ("ER-01", "support without part 1"): lambda: (whole(forms=()), response(), "outcome"),
    ("ER-02", "support without the open plan"): lambda: (whole(plan_open=True), response(), "outcome"),
    ("ER-04", "support without consent"): lambda: (whole(agreement=None), response(), "outcome"),
    ("ER-15", "support for a family that nobody knows how to reach"): lambda: (
        whole(reach=None),
        response(),
        "outcome",
    ),
    ("ER-02", "support, though nobody said whether a plan is open"): lambda: (
        whole(plan_open=None),
        response(),
        "outcome",
    ),
    ("ER-15", "a request returned whose child another has"): lambda: (whole(**ELSEWHERE), returned(), "step"),
    ("SU-04", "a request returned to Duty and Advice"): lambda: (whole(**FROM_DUTY_AND_ADVICE), returned(), "step"),
    ("ER-15", "not completed, risk unsaid"): lambda: (
        whole(returned()),
        response(Outcome.NOT_COMPLETED),
        "risk_considered",
    ),
    ("ER-15", "cancelled, risk unsaid"): lambda: (
        whole(),
        cancellation(reason_code="supported_elsewhere"),
        "risk_considered",
    ),
    ("ER-03", "support without the matrix"): lambda: (facts(tried(), read(), **WHOLE), response(), "outcome"),
    ("ER-14", "answered, and what came since unread"): lambda: (whole(documents()), response(), "step"),
    ("ER-14", "found, and not reported"): lambda: (facts(), read(found="reported"), "found"),
    ("ER-14", "read before it came"): lambda: (whole(documents(occurred_at=NOW)), read(step_id="r-2"), "occurred_at"),
    ("ER-07", "returned after a report of harm"): lambda: (whole(harm()), returned(), "step"),
    ("ER-07", "redirected for no child"): lambda: (whole(), redirected(children=()), "children"),
    ("ER-12", "redirected no more, risk unsaid"): lambda: (
        whole(redirected()),
        response(Outcome.GUIDANCE, step_id="no", corrects="record_response"),
        "risk_considered",
    ),
}


@pytest.mark.clause("ER-01")
@pytest.mark.clause("ER-02")
@pytest.mark.clause("ER-03")
@pytest.mark.clause("ER-04")
@pytest.mark.clause("ER-06")
@pytest.mark.clause("ER-07")
@pytest.mark.clause("ER-12")
@pytest.mark.clause("ER-14")
@pytest.mark.clause("ER-15")
@pytest.mark.clause("SD-09e")
@pytest.mark.clause("SU-04")
@pytest.mark.parametrize("of", REFUSED, ids=lambda of: f"{of[0]}: {of[1]}")
def test_a_step_that_breaks_one_rule_is_refused_by_that_rule(of: tuple[str, str]) -> None:
    now, step, field = REFUSED[of]()
    said = refused(now, step)
    assert (said.clause, said.field) == (of[0], field)


@pytest.mark.parametrize(
    "of",
    [
        lambda: (whole(response(Outcome.GUIDANCE)), matrix(corrects="answer_risk_matrix", step_id="m-2")),
        lambda: (whole(cancellation()), documents()),
        lambda: (whole(redirected()), cancellation()),
        lambda: (whole(cancellation()), response()),
        lambda: (whole(returned()), returned(step_id="r-2")),
        lambda: (whole(redirected()), response(Outcome.GUIDANCE, step_id="no", risk_considered="None.")),
        lambda: (whole(), told()),
        lambda: (whole(waiting(), told()), told(step_id="t-2")),
        lambda: (whole(), given_to("service-north")),
        lambda: (whole(response(Outcome.GUIDANCE)), given_to("service-south")),
        lambda: (whole(cancellation()), given_to("service-south")),
        lambda: (whole(cancellation()), consent()),
        lambda: (whole(waiting()), cancellation()),
        lambda: (whole(response(Outcome.GUIDANCE)), cancellation()),
    ],
)
def test_what_no_longer_makes_sense_is_refused(of: Callable[[], tuple[HelpFacts, Step]]) -> None:
    now, step = of()
    assert refusal(now, step, NOW) is not None


@pytest.mark.clause("ER-01")
def test_old_paperwork_does_not_count_and_the_request_stays_open_and_on_the_clock() -> None:
    now = facts(read(), forms=({"part": "part_1", "version": OLD},))
    assert "ER-01" in asks(now)
    assert status(now).response is ResponseState.ON_TRACK
    other = Policy(request_forms=(OLD,))
    assert "ER-01" not in asks(facts(forms=({"part": "part_1", "version": OLD},), opened={"policy": other}))


@pytest.mark.clause("SU-04")
@pytest.mark.parametrize(
    "came",
    [
        FROM_DUTY_AND_ADVICE,
        {"referrer": FROM_DUTY_AND_ADVICE["referrer"]},
        {"received": FROM_DUTY_AND_ADVICE["received"]},
    ],
    ids=["by them", "into the central mailbox", "for a school"],
)
def test_a_request_that_duty_and_advice_pass_on_needs_neither_form_nor_consent(came: dict[str, Any]) -> None:
    now = facts(matrix(), tried(), read(), consent(), reach(), **came)
    assert not {"ER-01", "ER-02", "ER-04"} & {*asks(facts(plan_open=True, **came))}
    assert ended(record(record(now, response()), told())) == Outcome.SUPPORT_OFFERED


@pytest.mark.clause("ER-06")
def test_its_time_counts_from_receipt_though_it_was_entered_later() -> None:
    now = facts(received={"channel": "central_line", "at": london(2026, 2, 26, 10)})
    assert clock(now, ClockKind.HELP_REQUEST).due == london(2026, 3, 3, 17)


@pytest.mark.clause("ER-10")
def test_what_a_worker_was_sent_counts_from_when_it_reached_the_central_channel_and_both_times_stay() -> None:
    at, central = london(2026, 2, 25, 10), london(2026, 2, 27, 10)
    moved = facts(received={"channel": "a_worker", "at": at, "central_at": central})
    assert received_at(moved) == central
    assert moved.request.received.at == at
    assert received_at(facts(received={"channel": "elsewhere", "at": at})) == NOW
    before = {"channel": "a_worker", "at": central, "central_at": at}
    assert received_at(facts(received=before)) == central
    mistyped = {"channel": "central_line", "at": at.replace(year=1926)}
    assert received_at(facts(received=mistyped)) == NOW


@pytest.mark.clause("ER-06")
def test_who_must_answer_is_told_as_it_comes_warned_and_then_others_are_told_up_to_the_top() -> None:
    now = let_time_pass(facts(read()), london(2026, 3, 10, 9))
    of_response = [(one.what, one.at, one.audiences) for one in now.alerts if one.kind is ClockKind.HELP_REQUEST]
    assert of_response == [
        (RungKind.NEWS, THEN, (CONTACT,)),
        (RungKind.REMINDER, london(2026, 3, 4, 17), (CONTACT,)),
        (RungKind.REMINDER, london(2026, 3, 5, 9), (CONTACT,)),
        (RungKind.BREACH, DUE, (CONTACT, SERVICE_MANAGER)),
        (RungKind.ESCALATION, london(2026, 3, 6, 9), (SERVICE_MANAGER,)),
        (RungKind.ESCALATION, london(2026, 3, 9, 9), (Audience.TARGETED_SERVICES_LEADER,)),
        (RungKind.ESCALATION, london(2026, 3, 10, 9), (Audience.OPERATIONS,)),
    ]
    assert status(now).response is ResponseState.BREACHED
    assert next_steps(now)[-1].ask.startswith("A request for Early Help has not been answered")
    assert next_steps(now)[-1].who is Role.TARGETED_SERVICES_LEADER


@pytest.mark.clause("ER-12")
def test_returned_as_incomplete_is_a_response_and_what_completes_it_begins_a_new_time() -> None:
    now = facts(read(), returned())
    assert clock(now, ClockKind.HELP_REQUEST).state is ClockState.MET
    assert asks(now) == ["ER-12"]
    later = london(2026, 3, 9, 11)
    again = record(now, completed(occurred_at=london(2026, 3, 9, 10)), later)
    assert [one.id for one in again.clocks if one.kind is ClockKind.HELP_REQUEST] == [
        "help_request/1",
        "help_request/completed-complete_request",
    ]
    assert clock(again, ClockKind.HELP_REQUEST).due == london(2026, 3, 12, 17)
    assert "ER-06" in asks(again)


@pytest.mark.clause("ER-06")
@pytest.mark.clause("ER-12")
def test_a_completed_request_counts_from_when_its_papers_came_and_each_of_its_times_stays_on_record() -> None:
    now, day = facts(read(), returned()), london(2026, 3, 9, 9)
    late = documents(occurred_at=day), completed(occurred_at=london(2026, 3, 13, 10))
    for step in late:
        now = record(now, step, london(2026, 3, 13, 10))
    assert clock(now, ClockKind.HELP_REQUEST).since == day
    assert clock(now, ClockKind.HELP_REQUEST).due == london(2026, 3, 12, 17)
    monday = london(2026, 3, 16, 10)
    now = record(now, read(step_id="r-2", occurred_at=monday), monday)
    now = record(now, returned(step_id="again", occurred_at=monday), monday)
    now = record(now, completed(step_id="c-2", occurred_at=monday), monday)
    times = [one for one in status(now).clocks if one.kind is ClockKind.HELP_REQUEST]
    assert [(one.since, one.state) for one in times] == [
        (THEN, ClockState.MET),
        (day, ClockState.LATE),
        (monday, ClockState.ON_TRACK),
    ]


@pytest.mark.clause("ER-12")
def test_what_does_not_come_is_asked_about_and_may_be_answered_as_not_completed() -> None:
    silent = let_time_pass(facts(read(), returned()), london(2026, 3, 16, 17))
    assert next_steps(silent)[-1].step == "record_response"
    assert next_steps(silent)[-1].ask.startswith("A request that was returned as incomplete")
    done = record(
        record(
            silent,
            response(Outcome.NOT_COMPLETED, risk_considered="Seen by the school each day."),
            london(2026, 3, 17, 10),
        ),
        told(),
        london(2026, 3, 17, 11),
    )
    assert ended(done) == Outcome.NOT_COMPLETED


ENDS: dict[Outcome, dict[str, Any]] = {
    Outcome.SUPPORT_OFFERED: {},
    Outcome.SIGNPOSTED: {"kind_of_service": "childrens_centre"},
    Outcome.GUIDANCE: {},
    Outcome.WORKFORCE_DEVELOPMENT: {},
    Outcome.REDIRECTED: {"spoken_to": SPOKEN, "children": ({"ref": CHILD},)},
    Outcome.DECLINED_BY_FAMILY: {"risk_considered": "Seen by the school each day."},
    Outcome.NOT_REACHED: {"risk_considered": "Seen by the school each day."},
    Outcome.ROUTED: {"routed_to": "The child's social worker", "taken_by": SPOKEN},
}


@pytest.mark.clause("ER-12")
@pytest.mark.clause("ER-15")
@pytest.mark.parametrize("outcome", ENDS)
def test_a_request_ends_as_it_was_answered_once_the_referrer_was_told(outcome: Outcome) -> None:
    answered = whole(response(outcome, **ENDS[outcome]))
    assert clock(answered, ClockKind.HELP_REQUEST).state is ClockState.MET
    assert asks(answered) == ["ER-15"]
    assert next_steps(answered)[0].step == "record_referrer_told"
    assert ended(answered) is None
    assert ended(record(answered, told(said_safe_by="The duty worker"))) == outcome


@pytest.mark.clause("ER-15")
def test_a_referrer_who_was_not_told_is_asked_about_after_a_working_day() -> None:
    late = let_time_pass(whole(response()), london(2026, 3, 3, 17))
    assert next_steps(late)[-1].ask.startswith("Whoever asked for help for a family has not heard")


@pytest.mark.clause("ER-12")
@pytest.mark.clause("SU-01")
def test_a_redirected_request_is_told_on_day_and_night_until_somebody_was_spoken_to() -> None:
    sent = whole(redirected())
    assert (asks(sent), status(sent).ring) == (["SU-01"], Policy().phones.words)
    assert Policy().phones.words in (sent.receipts[-1].note or "")
    night = let_time_pass(sent, london(2026, 3, 2, 23))
    rang = [one for one in night.alerts if one.kind is ClockKind.SIGNIFICANT_HARM]
    assert (len(rang), {Audience.ON_DUTY} <= {*rang[-1].audiences}) == (6, True)
    confirmed = record(night, redirected(spoken_to=SPOKEN, step_id="again"), london(2026, 3, 3, 10))
    assert ended(record(confirmed, told(said_safe_by="The duty worker"), london(2026, 3, 3, 11))) == Outcome.REDIRECTED


@pytest.mark.clause("ER-12")
def test_what_was_redirected_by_mistake_goes_on_once_it_is_said_why_and_what_that_means_for_the_risk() -> None:
    other = response(Outcome.GUIDANCE, step_id="no", corrects="record_response", risk_considered="Another family.")
    for sent in (whole(redirected()), whole(redirected(spoken_to=SPOKEN))):
        now = record(sent, other)
        assert (now.harm_stands, asks(now)) == (False, ["ER-15"])
        assert ended(record(now, told())) == Outcome.GUIDANCE


@pytest.mark.clause("ER-07")
def test_a_redirection_is_not_corrected_to_anything_else_where_harm_was_reported_too() -> None:
    other = response(Outcome.GUIDANCE, step_id="no", corrects="record_response", risk_considered="Another family.")
    assert refused(whole(harm(), redirected(spoken_to=SPOKEN)), other).clause == "ER-07"


@pytest.mark.clause("ER-15")
def test_a_family_that_waits_is_looked_at_on_the_day_of_the_review_and_the_request_stays_open() -> None:
    offered = whole(waiting(), told())
    assert clock(offered, ClockKind.HELP_REQUEST).state is ClockState.MET
    assert asks(offered) == ["ER-15"]
    assert clock(offered, ClockKind.OFFERED_WAITING).due == london(2026, 3, 16, 17)
    late = let_time_pass(offered, london(2026, 3, 16, 17))
    assert next_steps(late)[-1].ask.startswith("The day on which a waiting family")
    begun = record(late, response(step_id="begun"), london(2026, 3, 17, 10))
    assert ended(record(begun, told(step_id="told-again"), london(2026, 3, 17, 11))) == Outcome.SUPPORT_OFFERED


@pytest.mark.clause("ER-14")
def test_a_request_that_nobody_reads_for_harm_is_told_day_and_night_up_to_whoever_is_on_duty() -> None:
    late = let_time_pass(facts(), london(2026, 3, 3, 1))
    leader, operations = Audience.TARGETED_SERVICES_LEADER, Audience.OPERATIONS
    assert [(one.what, one.at, one.audiences) for one in late.alerts if one.kind is ClockKind.HARM_READ] == [
        (RungKind.ALARM, london(2026, 3, 2, 13), (CONTACT,)),
        (RungKind.ALARM, london(2026, 3, 2, 14), (CONTACT, SERVICE_MANAGER)),
        (RungKind.ALARM, london(2026, 3, 2, 16), (SERVICE_MANAGER, leader)),
        (RungKind.END, london(2026, 3, 2, 20), (SERVICE_MANAGER, leader, operations, Audience.ON_DUTY)),
        (RungKind.END, london(2026, 3, 3, 0), (SERVICE_MANAGER, leader, operations, Audience.ON_DUTY)),
    ]
    assert next_steps(late)[-1].ask.startswith("A request, or something that came for it, has not been read")
    assert next_steps(late)[-1].who is Role.TARGETED_SERVICES_LEADER


@pytest.mark.clause("ER-14")
@pytest.mark.clause("SU-01")
def test_harm_that_stands_in_the_request_itself_stops_it_and_is_told_at_once() -> None:
    now = facts(harm={"children": ({"ref": CHILD},), "concern": "New marks."})
    assert status(now).harm_commands == (f"transfers step request-1 FILE --corrects {IN_THE_REQUEST}",)
    (alarm,) = (one for one in now.alerts if one.kind is ClockKind.SIGNIFICANT_HARM)
    assert (alarm.at, alarm.audiences) == (NOW, (CONTACT, SERVICE_MANAGER, Audience.ON_DUTY))
    assert asks(now) == ["ER-14", "SU-01", "ER-07"]


@pytest.mark.clause("ER-14")
def test_harm_is_taken_of_a_child_whom_the_request_does_not_name() -> None:
    other = ({"ref": "child-z"},)
    for now in (
        facts(harm={"children": other, "concern": "Marks."}),
        record(facts(), harm(children=other)),
        record(facts(), redirected(children=other)),
    ):
        assert [report.at_risk for report in now.harm_reports] == [("child-z",)]
        assert "SU-01" in asks(now)
    assert refused(whole(), response(children=other)).field == "children.0.ref"


@pytest.mark.clause("ER-14")
def test_harm_in_a_request_to_a_team_that_nobody_knows_is_taken_and_told() -> None:
    now = facts(harm={"children": ({"ref": CHILD},), "concern": "Marks."}, opened={"service": None})
    assert (now.service, status(now).service_name) == (None, None)
    (alarm,) = (one for one in now.alerts if one.kind is ClockKind.SIGNIFICANT_HARM)
    assert Audience.ON_DUTY in alarm.audiences


@pytest.mark.clause("ER-07")
@pytest.mark.clause("SU-01")
@pytest.mark.parametrize(
    "word",
    [
        harm(step_id="spoken", corrects="report_significant_harm", spoken_to=SPOKEN),
        redirected(step_id="spoken", spoken_to=SPOKEN),
    ],
)
def test_after_a_report_of_harm_a_request_ends_only_as_redirected_and_spoken_about(word: Step) -> None:
    reported = whole(harm())
    assert asks(reported) == ["SU-01", "ER-07"]
    sent = record(reported, redirected())
    assert asks(sent) == ["SU-01"]
    assert not is_closed(HELP_REQUEST, sent)
    assert ended(record(record(sent, word), told(said_safe_by="The duty worker"))) == Outcome.REDIRECTED


@pytest.mark.clause("ER-07")
@pytest.mark.parametrize(
    "before",
    [(harm(spoken_to=SPOKEN),), (returned(), harm(spoken_to=SPOKEN)), (waiting(), harm(spoken_to=SPOKEN))],
)
def test_from_a_report_of_harm_on_time_runs_until_the_request_went_to_duty_and_advice(
    before: tuple[Step, ...],
) -> None:
    now = whole(*before)
    assert clock(now, ClockKind.REDIRECTED).due == london(2026, 3, 2, 17)
    late = let_time_pass(now, london(2026, 3, 2, 17))
    (end,) = (one for one in late.alerts if one.kind is ClockKind.REDIRECTED)
    assert (end.what, end.audiences) == (RungKind.END, (CONTACT, SERVICE_MANAGER, Audience.TARGETED_SERVICES_LEADER))
    assert next_steps(late)[-1].ask.startswith("A risk of significant harm was reported in a request")
    assert not clock(record(late, redirected(step_id="r-2")), ClockKind.REDIRECTED).runs


@pytest.mark.clause("ER-12")
@pytest.mark.parametrize("answer", [redirected(), waiting()])
def test_what_was_returned_and_then_answered_is_waited_for_no_more_and_the_answer_is_followed(answer: Step) -> None:
    now = record(facts(matrix(), tried(), read(), returned(), **WHOLE), answer)
    assert not clock(now, ClockKind.COMPLETION).runs
    assert "complete_request" not in [need.step for need in next_steps(now)]
    follows = ClockKind.SIGNIFICANT_HARM if now.harm_stands else ClockKind.OFFERED_WAITING
    assert clock(now, follows).runs


@pytest.mark.clause("ER-14")
@pytest.mark.parametrize("came", [documents(), matrix(), tried()])
def test_what_comes_after_the_reading_is_read_too_and_its_time_counts_from_when_it_was_recorded(came: Step) -> None:
    at = london(2026, 3, 4, 9)
    now = record(facts(read()), came.model_copy(update={"occurred_at": london(2026, 3, 3, 10)}), at)
    assert asks(now)[0] == "ER-14"
    assert (clock(now, ClockKind.HARM_READ).since, clock(now, ClockKind.HARM_READ).runs) == (at, True)
    again = record(now, documents(step_id="d-2", occurred_at=london(2026, 3, 4, 11)), london(2026, 3, 4, 12))
    assert clock(again, ClockKind.HARM_READ).since == at
    done = record(again, read(step_id="r-2", occurred_at=london(2026, 3, 4, 13)), london(2026, 3, 4, 13))
    assert "ER-14" not in asks(done)


@pytest.mark.clause("ER-14")
def test_what_comes_after_the_answer_is_taken_and_read_before_the_request_ends() -> None:
    late = whole(response(), documents(), told())
    assert asks(late) == ["ER-14"]
    assert ended(record(late, read(step_id="r-2"))) == Outcome.SUPPORT_OFFERED


@pytest.mark.clause("ER-14")
@pytest.mark.parametrize("who", [HUB, REFERRER])
def test_a_report_of_harm_is_no_reading_of_the_request(who: Actor) -> None:
    now = facts(harm(actor=who, spoken_to=SPOKEN))
    assert asks(now)[0] == "ER-14"
    assert "ER-14" not in asks(record(now, read(found="reported")))


@pytest.mark.clause("ER-12")
@pytest.mark.clause("SU-01")
def test_the_referrers_word_that_they_rang_confirms_nothing_and_ours_does() -> None:
    claim = {"children": ({"ref": CHILD},), "concern": "New marks.", "spoken_to": SPOKEN}
    claimed = facts(matrix(), tried(), read(), harm=claim, **WHOLE)
    for now in (claimed, whole(harm(actor=REFERRER, spoken_to=SPOKEN))):
        assert asks(now) == ["SU-01", "ER-07"]
        sent = record(now, redirected())
        assert not sent.redirect_confirmed
        assert record(sent, redirected(step_id="again", spoken_to=SPOKEN)).redirect_confirmed
    at_duty_and_advice = Actor(id="duty-1", role=Role.DUTY_AND_ADVICE)
    assert asks(whole(harm(actor=at_duty_and_advice, spoken_to=SPOKEN))) == ["ER-07"]


@pytest.mark.clause("ER-12")
@pytest.mark.parametrize("step", [harm, redirected])
def test_nobody_was_spoken_to_in_the_future_nor_years_ago(step: Callable[..., Step]) -> None:
    ahead = step(spoken_to={"who": "The duty worker", "at": london(2027, 3, 2, 9)})
    assert refused(whole(), ahead).field == "spoken_to.at"
    old = step(spoken_to={"who": "The duty worker", "at": london(2020, 3, 2, 9)})
    assert "SU-01" in asks(whole(old))


@pytest.mark.clause("ER-14")
@pytest.mark.parametrize("year", [2020, 2027])
def test_a_call_in_the_start_that_cannot_have_been_about_this_does_not_count_and_the_harm_is_taken(year: int) -> None:
    said = {"who": "The duty worker", "at": london(year, 3, 2, 9)}
    now = facts(harm={"children": ({"ref": CHILD},), "concern": "Marks.", "spoken_to": said}, **FROM_DUTY_AND_ADVICE)
    assert (now.harm_stands, "SU-01" in asks(now)) == (True, True)
    right = {"children": ({"ref": CHILD},), "concern": "Marks.", "spoken_to": SPOKEN}
    assert "SU-01" not in asks(facts(harm=right, **FROM_DUTY_AND_ADVICE))


@pytest.mark.clause("SU-01")
def test_a_redirection_days_after_a_report_that_was_spoken_about_rings_nobody_again() -> None:
    reported = whole(harm(spoken_to=SPOKEN))
    days = london(2026, 3, 6, 10)
    sent = record(reported, redirected(occurred_at=days), days)
    assert asks(sent) == ["ER-15"]
    new = record(reported, redirected(occurred_at=days, children=({"ref": CHILD}, {"ref": SIBLING})), days)
    assert "SU-01" in asks(new)


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize("first", [harm(), harm(children=({"ref": CHILD}, {"ref": "child-b"}))])
def test_a_report_that_is_corrected_twice_or_without_a_child_loses_none_and_each_counts(first: Step) -> None:
    now, corrects = whole(first), "report_significant_harm"
    fewer = record(now, harm(step_id="second", corrects=corrects, children=({"ref": "child-c"},)))
    assert [report.step_id for report in fewer.harm_reports] == [corrects, "second"]
    again = record(now, first.model_copy(update={"step_id": "second", "corrects": corrects}))
    assert [report.step_id for report in again.harm_reports] == ["second"]
    twice = record(again, first.model_copy(update={"step_id": "third", "corrects": corrects}))
    assert [report.step_id for report in twice.harm_reports] == ["second", "third"]


@pytest.mark.clause("SU-01")
def test_where_nobody_says_who_was_spoken_to_about_harm_the_team_is_asked_to_find_out() -> None:
    late = let_time_pass(whole(harm()), london(2026, 3, 2, 16))
    assert next_steps(late)[-1].ask.startswith("It is still not recorded who was spoken to")
    assert next_steps(late)[-1].who is Role.TARGETED_SERVICES_LEADER


@pytest.mark.clause("SU-01")
def test_a_report_of_harm_that_could_not_be_taken_keeps_the_request_open_and_is_told_on_and_on() -> None:
    came = Rejected(at=NOW, step="report_significant_harm", step_id=None, sender="hub-1", reason="No children.")
    now = keeping_time(reject(HELP_REQUEST, whole(response(), told()), came), NOW)
    assert (asks(now), next_steps(now)[0].who) == (["SU-01"], Role.EARLY_HELP_SERVICE)
    late = let_time_pass(now, london(2026, 3, 2, 16))
    assert next_steps(late)[-1].ask.startswith("A report of significant harm that could not be taken")


@pytest.mark.clause("ER-15")
def test_a_child_whom_another_journey_holds_is_routed_and_nothing_else_is_asked_of_the_request() -> None:
    now = facts(read(), **ELSEWHERE)
    assert asks(now) == ["ER-15"]
    assert next_steps(now)[0].step == "record_response"
    assert clock(now, ClockKind.HELP_REQUEST).due == DUE
    assert ended(record(record(now, routed()), told())) == Outcome.ROUTED


@pytest.mark.clause("ER-15")
def test_of_two_children_of_whom_another_holds_one_the_free_one_is_answered_and_the_other_is_passed_on() -> None:
    now = whole(**ONE_ELSEWHERE)
    assert asks(now) == ["ER-06", "ER-15"]
    assert refused(now, response()).field == "taken_by"
    said = record(now, response(taken_by=TAKEN))
    assert ended(record(said, told())) == Outcome.SUPPORT_OFFERED


@pytest.mark.clause("ER-15")
@pytest.mark.parametrize(
    ("restricted", "words"),
    [(False, "step-down transfer-7"), (True, "a step-down that is for named people only; ask operations")],
)
def test_each_child_says_who_holds_it_and_of_a_restricted_family_whom_to_ask(restricted: bool, words: str) -> None:
    held = {"child": SIBLING, **HELD, "restricted": restricted}
    children = status(facts(opened={"elsewhere": (held,)})).children
    assert {child.ref: child.words for child in children} == {
        CHILD: "lead child: yes",
        SIBLING: f"lead child: no; already in: {words}",
    }
    assert children[1].value("elsewhere") == (None if restricted else "transfer-7")


@pytest.mark.clause("ER-15")
def test_once_the_other_journey_has_ended_the_request_is_answered_like_any_other() -> None:
    now = told_of(whole(**ELSEWHERE), News(elsewhere=()), 0)
    assert "ER-06" in asks(now)
    assert ended(record(record(now, response()), told())) == Outcome.SUPPORT_OFFERED


@pytest.mark.clause("ER-15")
def test_a_child_whom_another_took_before_the_answer_was_shown_is_still_to_be_passed_on_and_that_has_its_time() -> None:
    answered = whole(response(), told())
    assert is_closed(HELP_REQUEST, answered)
    one = Elsewhere(child=SIBLING, **HELD)
    now = keeping_time(told_of(answered, News(elsewhere=(one,)), 0), NOW)
    assert asks(now) == ["ER-15"]
    assert clock(now, ClockKind.HELP_REQUEST).state is ClockState.ON_TRACK
    passed = response(step_id="anew", corrects="record_response", taken_by=TAKEN)
    assert ended(record(record(now, passed), told(step_id="told-anew"))) == Outcome.SUPPORT_OFFERED


def test_support_counts_no_more_once_consent_was_withdrawn_and_the_request_is_answered_anew() -> None:
    withdrawn = whole(response(), withdrawal())
    assert {"SD-09a", "ER-06"} <= {*asks(withdrawn)}
    assert status(withdrawn).response is ResponseState.ON_TRACK
    no = response(Outcome.DECLINED_BY_FAMILY, step_id="no", risk_considered="Seen by the school.")
    assert ended(record(record(withdrawn, no), told())) == Outcome.DECLINED_BY_FAMILY


def test_a_response_is_corrected_as_long_as_the_request_is_open() -> None:
    said = whole(response(Outcome.GUIDANCE))
    other = response(Outcome.SIGNPOSTED, kind_of_service="school", step_id="other")
    assert refused(said, other).may_correct == "record_response"
    corrected = record(said, other.model_copy(update={"corrects": "record_response"}))
    assert ended(record(corrected, told())) == Outcome.SIGNPOSTED


def test_a_cancelled_request_ends_as_such() -> None:
    assert ended(whole(cancellation())) == Outcome.CANCELLED


@pytest.mark.clause("ER-06")
def test_the_time_runs_on_when_another_team_answers_and_the_directory_is_asked_for_it() -> None:
    now = whole(given_to("service-south"))
    assert "look_up_service" in [effect.kind.value for effect in wanted(HELP_REQUEST, now)]
    assert known(now, "service-south").service_ref == "service-south"
    assert clock(now, ClockKind.HELP_REQUEST).due == DUE


@pytest.mark.clause("ER-06")
def test_a_team_that_the_directory_does_not_know_never_answers_for_a_request_and_the_first_one_still_does() -> None:
    unknown = whole(given_to("service-nowhere"))
    assert (unknown.service_ref, responsible(unknown)) == ("service-north", "Early Help North")
    assert refused(unknown, given_to("service-nowhere", step_id="twice")).field == "service_ref"
    back = record(unknown, given_to("service-north", step_id="back"))
    assert known(back, "service-north").service_ref == "service-north"


@pytest.mark.clause("ER-06")
@pytest.mark.parametrize("before", [(), (returned(),), (waiting(), told())])
def test_another_team_that_gets_a_request_is_told_as_the_first_was_and_says_that_it_has_it(
    before: tuple[Step, ...],
) -> None:
    now = known(whole(*before, given_to("service-south")), "service-south")
    news = [one for one in now.alerts if one.kind is ClockKind.TAKEN_OVER]
    assert [(one.what, one.at, one.service_ref, one.audiences) for one in news] == [
        (RungKind.NEWS, NOW, "service-south", (CONTACT,))
    ]
    assert [need.step for need in next_steps(now) if need.clause == "ER-06"][-1] == "take_over"
    late = let_time_pass(now, london(2026, 3, 3, 17))
    assert "A request was given to this team" in " ".join(need.ask for need in next_steps(late))
    assert "take_over" not in [need.step for need in next_steps(record(now, taken_over()))]
    again = known(record(now, given_to("service-west", step_id="west")), "service-west")
    assert again.alerts[-1].service_ref == "service-west"


@pytest.mark.clause("ER-15")
def test_who_answers_for_a_waiting_family_is_told_of_the_review_and_what_was_agreed_is_shown() -> None:
    now = let_time_pass(whole(waiting(), told()), london(2026, 3, 16, 17))
    told_of = [one.audiences for one in now.alerts if one.kind is ClockKind.OFFERED_WAITING]
    leader = Audience.TARGETED_SERVICES_LEADER
    assert told_of == [(Audience.OWNER, CONTACT), (Audience.OWNER, CONTACT, SERVICE_MANAGER, leader)]
    assert people(now, Audience.OWNER) == ("hub-1",)
    shown = [entry.what for entry in status(now).timeline]
    until = "until about Wednesday 1 April 2026; to be looked at again on Monday 16 March 2026"
    assert (
        f"Responded to the request: Support was offered, and the family waits for it {until}; hub-1 answers for them"
        in (shown)
    )


@pytest.mark.clause("ER-10")
def test_when_and_where_a_request_came_in_and_who_asked_are_shown() -> None:
    moved = {"channel": "a_worker", "at": THEN, "central_at": NOW}
    started = status(facts(received=moved)).timeline[0]
    assert started.what == "The request was started"
    assert (started.note or "").startswith(
        "Received by a worker whom the referrer knows on Monday 2 March 2026 10:00, at the central channel on Monday "
        "2 March 2026 12:00\nMs Field, Oak Primary School (professional); "
    )


@pytest.mark.clause("ER-14")
def test_nobody_who_reads_an_alert_alone_tells_a_referrer_of_harm_before_that_is_safe() -> None:
    late = let_time_pass(whole(redirected(spoken_to=SPOKEN)), london(2026, 3, 20, 9))
    asked = [need.ask for need in next_steps(late) if need.step == "record_referrer_told"]
    texts = [*asked, CLOCK_WORDS[ClockKind.REFERRER_TOLD].act]
    assert len(asked) == 2
    assert all("only if Duty and Advice say that it is safe" in text for text in texts)


@pytest.mark.clause("ER-14")
def test_that_a_referrer_says_to_have_rung_stands_as_their_own_word() -> None:
    said = [entry.what for entry in status(whole(harm(actor=REFERRER, spoken_to=SPOKEN))).timeline]
    assert any("by their own word, Duty and Advice was spoken to" in what for what in said)
    ours = [entry.what for entry in status(whole(harm(spoken_to=SPOKEN))).timeline]
    assert not any("by their own word" in what for what in ours)


@pytest.mark.clause("ER-14")
def test_whoever_found_a_risk_and_has_not_reported_it_yet_reads_whom_to_ring() -> None:
    assert (refused(facts(), read(found="reported")).note or "").startswith("Ring now, all the same. ")
    assert refused(facts(), completed()).note is None


def test_an_alert_stands_where_people_were_told_and_not_where_they_were_to_be() -> None:
    friday = london(2026, 2, 27, 15, 30)
    now = whole(received={"channel": "central_mailbox", "at": friday})
    (news,) = (entry for entry in status(now).timeline if entry.what.startswith("Alert 1. "))
    assert (news.at, news.recorded_at) == (NOW, NOW)
    assert news.what.endswith("; late, as they were to be told on Friday 27 February 2026 15:30")


def test_what_was_cancelled_wrongly_is_begun_anew() -> None:
    cancelled = record(whole(), cancellation(reason_code="other", risk_considered="The school sees them."))
    assert "start a new one" in refused(cancelled, response()).reason


def test_where_a_form_is_kept_is_shown() -> None:
    form = {"part": "part_1", "version": "2025-08", "document_ref": "doc-7"}
    assert "part 1 of version 2025-08, kept as doc-7" in (facts(forms=(form,)).request.own_words or "")
    assert documents().model_copy(update={"forms": (Form.model_validate(form),)}).gist == (
        "part 1 of version 2025-08, kept as doc-7"
    )


@pytest.mark.clause("ER-06")
def test_in_place_of_social_work_the_service_is_responsible() -> None:
    now = facts()
    assert (status(now).social_work_team, status(now).in_charge) == (None, "Early Help")
    assert responsible(now) == "Early Help North"


@pytest.mark.clause("ER-14")
def test_no_word_that_is_said_for_the_referrer_names_anybody() -> None:
    asked = next_steps(whole(response()))[0].ask
    assert NEUTRAL in asked
    assert "Ms Field" not in asked


@pytest.mark.clause("ER-14")
@pytest.mark.parametrize("outcome", [*ENDS, Outcome.WAITING])
def test_whatever_became_of_it_whoever_asked_is_told_the_same(outcome: Outcome) -> None:
    said = {"until_about": "2026-04-01", "owner": "hub-1", "review_on": "2026-03-16"}
    now = whole(response(outcome, **ENDS.get(outcome, said)))
    (ask,) = {need.ask for need in next_steps(now) if need.step == "record_referrer_told"}
    assert NEUTRAL in ask
    assert outcome.words.lower() not in ask.lower()


@pytest.mark.clause("SU-04")
@pytest.mark.parametrize("outcome", [Outcome.DECLINED_BY_FAMILY, Outcome.NOT_REACHED])
def test_duty_and_advice_who_passed_children_on_are_told_all_that_became_of_it(outcome: Outcome) -> None:
    asks_themselves = {**request().referrer.model_dump(), "kind": "duty_and_advice"}
    now = whole(response(outcome, risk_considered="The school sees them."), referrer=asks_themselves)
    (ask,) = next_steps(now)
    assert (ask.clause, ask.step) == ("SU-04", "record_referrer_told")
    assert "what that means for the risk" in ask.ask
    assert NEUTRAL not in ask.ask
    assert clock(now, ClockKind.REFERRER_TOLD).due
    assert status(record(now, told())).outcome == outcome


@pytest.mark.clause("ER-14")
def test_after_harm_whoever_asked_is_told_only_once_duty_and_advice_have_it_and_say_that_it_is_safe() -> None:
    sent = whole(harm(), redirected())
    early = told(said_safe_by="The duty worker")
    assert (refused(sent, early).clause, refused(sent, early).field) == ("ER-14", "said")
    confirmed = record(sent, redirected(step_id="again", spoken_to=SPOKEN))
    assert (refused(confirmed, told()).clause, refused(confirmed, told()).field) == ("ER-14", "said_safe_by")
    assert ended(record(confirmed, early)) == Outcome.REDIRECTED


@pytest.mark.clause("ER-14")
def test_that_somebody_is_not_told_with_the_reason_counts_as_told() -> None:
    not_told = told(said=None, how=None, not_told_because="Duty and Advice ask us to wait.")
    assert ended(record(whole(redirected(spoken_to=SPOKEN)), not_told)) == Outcome.REDIRECTED
    with pytest.raises(ValueError, match="not both"):
        told(not_told_because="Not safe.")
    with pytest.raises(ValueError, match="say how"):
        told(how=None)


def test_after_a_report_of_harm_a_cancelled_request_ends_once_it_was_spoken_about() -> None:
    cancelled = cancellation(reason_code="supported_elsewhere", risk_considered="Seen each day.")
    now = whole(cancelled, harm(), harm(step_id="h-2", corrects="report_significant_harm", spoken_to=SPOKEN))
    assert ended(record(now, told(said_safe_by="The duty worker"))) == Outcome.CANCELLED


@pytest.mark.clause("ER-06")
def test_what_was_done_since_the_request_was_received_is_recorded_with_its_own_time() -> None:
    at = london(2026, 2, 23, 9)
    now = facts(matrix(occurred_at=at), received={"channel": "central_mailbox", "at": at})
    assert refused(now, tried(occurred_at=london(2026, 2, 22, 8))).field == "occurred_at"
    answered = record(record(now, read()), response(Outcome.GUIDANCE, occurred_at=london(2026, 2, 25, 9)))
    assert clock(answered, ClockKind.HELP_REQUEST).state is ClockState.MET


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lead_child": "child-z"}, "lead_child: the lead child is not one of the children of the request"),
        ({"agreement": {}}, "agreed_by"),
        ({"agreement": {"power": "children_act_1989_s17"}}, "because"),
    ],
)
def test_a_start_that_contradicts_itself_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        request(**changes)


def test_only_the_team_that_answers_records_a_response() -> None:
    assert refused(whole(), response(actor=MANAGER)).field == "actor.role"
    assert refused(whole(), read(actor=MANAGER, step_id="r-2")).field == "actor.role"


def test_a_request_says_which_journey_it_is_and_how_private_it_is() -> None:
    assert (status(facts()).journey, HelpRequest.kind) == ("help-request", "help-request")
    assert (request().privacy, request(restricted=True).privacy) == ("narrative", "restricted")


@pytest.mark.clause("ER-15")
def test_the_cancel_of_the_temporal_ui_considers_no_risk_and_so_ends_no_request() -> None:
    (kind,) = (kind for kind in HELP_REQUEST.steps if issubclass(kind, Cancel))
    said = {"step_id": "ui", "actor": {"id": "temporal-ui", "role": "operations"}, "occurred_at": THEN}
    asked = kind.model_validate({**said, "reason_code": "other", "because": "Asked for there."})
    assert refused(whole(), asked).field == "risk_considered"


@pytest.mark.clause("ER-14")
@pytest.mark.parametrize("role", [Role.REFERRER, Role.FAMILY, Role.YOUNG_PERSON])
def test_who_is_outside_hears_thanks_and_whom_to_ring_and_nothing_of_others(role: Role) -> None:
    said = harm(step_id="theirs", actor=Actor(id="somebody", role=role))
    now = record(whole(harm(), **ONE_ELSEWHERE), said)
    heard = now.receipts[-1]
    assert (heard.stage, heard.next_steps) == ("received", ())
    assert heard.note == f"{now.policy.phones.words} If a child may be in danger, do not wait for an answer: ring now."
    assert receipt_again(HELP_REQUEST, now, "theirs") == heard


def test_who_asked_is_named_once_in_what_they_reported() -> None:
    asking = {"who": "The mother", "kind": "family", "reached": "By telephone, before noon"}
    with_harm = {"children": ({"ref": CHILD},), "concern": "New marks."}
    assert facts(referrer=asking, harm=with_harm).steps[0].step.who == "family"


@pytest.mark.clause("SU-01")
def test_after_the_call_nobody_is_told_to_record_what_came_of_it_where_there_is_no_such_step() -> None:
    now = status(whole(harm(spoken_to=SPOKEN)))
    assert "record what came of it" not in now.harm[0].words
    assert now.harm_commands == ()
