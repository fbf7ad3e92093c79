"""Clocks and their ladders: what is waited for, who is told when, and what an answer changes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from models.attention import Resolution
from models.calendar import DayOff
from models.certificate import Certificate, PauseReason, Recalculation, agrees, working_time
from models.effects import Effect, Ended
from models.help_request.journey import HELP_REQUEST
from models.journey.attention import raise_attention
from models.journey.clocks import ClockState
from models.journey.details import details
from models.journey.due_dates import calculations, goes_uncounted
from models.journey.ladder import deliveries, next_rung
from models.journey.recording import record_result
from models.journey.status import ClockStatus, ResponseState
from models.journey.steps import SpokenTo, Step
from models.kinds import Audience, ClockKind, EffectKind, RungKind
from models.policy import DEFAULT_CLOCKS, RESPONSE, Policy
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordDecisions
from models.step_up.journey import STEP_UP
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    CONFERENCE_MANAGER,
    NOW,
    OPERATIONS,
    SIBLING,
    SOCIAL_WORKER,
    acknowledgement,
    added_child,
    advice,
    authorised,
    away,
    begin,
    by_post,
    calendar,
    cancellation,
    child_decision,
    close_child,
    confirmation,
    consent,
    conversation,
    decided,
    decided_as,
    decision,
    ended_without,
    england,
    exploration,
    facts,
    facts_at,
    facts_before,
    families_first,
    family_record,
    family_sharing,
    going_on_without,
    harm_not_taken,
    harm_report,
    in_child_protection,
    interim_contact,
    keeping_time,
    let_time_pass,
    letter,
    letters,
    london,
    management_conversation,
    meeting,
    no_letter,
    not_appropriate,
    not_us,
    offer,
    on_a_plan,
    opening,
    other_service,
    part_given,
    pause,
    person,
    plan_path,
    practitioner,
    recalculation,
    record,
    refused,
    request,
    resolution,
    result,
    resume,
    scheduled,
    seen,
    to_family,
    whole_path,
    withdrawal,
    without_mosaic,
    worker_for_each,
)
from tests.step_down import is_needless, next_steps, outcome, reject, stage, status, to_begin, update_clocks

DUE = london(2026, 3, 5, 17)
"""Asked on Monday 2 March at noon, an answer is due on Thursday at close of business."""
TOP = london(2026, 3, 10, 9)
"""When the last rung of its ladder comes."""
BEFORE_ASKING = (exploration(), consent(), family_sharing())
CONTACT, WORKER, MANAGER = Audience.EARLY_HELP_CONTACT, Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER
SERVICE_MANAGER, LEADER = Audience.EARLY_HELP_MANAGER, Audience.TARGETED_SERVICES_LEADER
STAYS = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK})


def asked(before: StepDownFacts | None = None) -> StepDownFacts:
    return facts_at(NOW, *BEFORE_ASKING, before=before)


def passed_on(*children: str) -> StepDownFacts:
    """Closed in Mosaic on Monday 2 March at noon; the service has not answered."""
    return facts_at(NOW, *whole_path(*children)[:-2], before=facts(*children))


def clocks(now: StepDownFacts, kind: ClockKind) -> tuple[ClockStatus, ...]:
    return tuple(clock for clock in status(now).clocks if clock.kind is kind)


def the_clock(now: StepDownFacts, kind: ClockKind = ClockKind.CONVERSATION) -> ClockStatus:
    """The last one of a kind."""
    return clocks(now, kind)[-1]


def certificate(now: StepDownFacts, kind: ClockKind = ClockKind.CONVERSATION) -> Certificate:
    clock = next(clock for clock in reversed(now.clocks) if clock.kind is kind)
    found = now.certificate(clock)
    assert found is not None
    return found


def told(now: StepDownFacts) -> list[tuple[RungKind, datetime, tuple[Audience, ...]]]:
    """But for what is new then: that a child is given back is told as it begins."""
    return [(alert.what, alert.at, alert.audiences) for alert in now.alerts if alert.what is not RungKind.NEWS]


def running(now: StepDownFacts) -> list[ClockKind]:
    return [clock.kind for clock in now.clocks if clock.ended is None]


def asks(now: StepDownFacts) -> list[tuple[Role | None, str | None, str | None]]:
    return [(need.who, need.step, need.clause) for need in next_steps(now)]


@pytest.mark.clause("SD-34")
def test_the_contacts_time_begins_when_it_was_asked_and_not_before() -> None:
    before = facts_at(NOW, *BEFORE_ASKING[:2])
    assert ClockKind.CONVERSATION not in running(before)
    being_asked = keeping_time(record(before, BEFORE_ASKING[2]), NOW)
    assert ClockKind.CONVERSATION not in running(being_asked)
    clock = the_clock(asked())
    assert (clock.since, clock.due, clock.state) == (NOW, DUE, ClockState.ON_TRACK)
    assert status(asked()).response is ResponseState.ON_TRACK
    assert status(asked()).response_due == DUE


@pytest.mark.clause("SD-34")
@pytest.mark.parametrize("answer", [offer(), not_us(), conversation(), not_appropriate()], ids=lambda step: step.step)
def test_the_contacts_time_ends_with_its_answer_whatever_it_is(answer: Step) -> None:
    moment = london(2026, 3, 4, 11)
    now = facts_at(moment, answer.model_copy(update={"occurred_at": moment}), before=asked())
    clock = the_clock(now)
    assert (clock.state, clock.answered, clock.recorded) == (ClockState.MET, moment, moment)
    assert status(now).response is ResponseState.MET
    assert status(now).response_due is None


@pytest.mark.clause("SD-34")
@pytest.mark.parametrize(
    ("turned", "state"), [(cancellation(), ClockState.NEEDLESS), (withdrawal(), ClockState.NEEDLESS)]
)
def test_where_the_transfer_turns_away_the_contact_is_waited_for_no_more(turned: Step, state: ClockState) -> None:
    now = facts_at(NOW, turned, before=asked())
    assert the_clock(now).state is state
    assert status(now).response is ResponseState.NONE


@pytest.mark.clause("SD-34")
def test_an_answer_in_time_that_is_recorded_late_is_in_time_and_both_times_are_kept() -> None:
    given, recorded = london(2026, 3, 5, 16, 30), london(2026, 3, 6, 10)
    late = let_time_pass(asked(), recorded)
    assert (the_clock(late).state, status(late).response) == (ClockState.BREACHED, ResponseState.BREACHED)
    clock = the_clock(now := facts_at(recorded, offer(occurred_at=given), before=late))
    assert (clock.state, clock.answered, clock.recorded) == (ClockState.MET, given, recorded)
    assert status(now).response is ResponseState.MET, "the breach is lifted"
    assert now.alerts[:-1] == late.alerts, "that somebody was told stays on record"


@pytest.mark.clause("SD-34")
def test_an_answer_just_in_time_is_in_time_and_a_second_later_is_late() -> None:
    for given, state in ((DUE, ClockState.MET), (DUE + timedelta(seconds=1), ClockState.LATE)):
        now = facts_at(TOP, offer(occurred_at=given), before=let_time_pass(asked(), london(2026, 3, 6, 10)))
        assert the_clock(now).state is state
    assert status(now).response is ResponseState.NONE


@pytest.mark.clause("SD-34")
def test_an_answer_is_in_time_for_nobody_while_nobody_knows_when_it_was_due() -> None:
    undated = asked().having(effects=())
    clock = the_clock(now := update_clocks(record(undated, offer(), NOW), NOW))
    assert (clock.state, clock.due, clock.answered) == (ClockState.ANSWERED, None, offer().occurred_at)
    assert status(now).response is ResponseState.NONE


@pytest.mark.clause("SD-34")
def test_of_two_answers_the_first_that_was_given_counts() -> None:
    held = conversation(occurred_at=london(2026, 3, 9, 14))
    now = facts_at(london(2026, 3, 9, 15), held, before=facts_at(NOW, offer(), before=asked()))
    assert the_clock(now).state is ClockState.MET


@pytest.mark.clause("SD-34")
def test_another_service_ends_the_clock_and_has_its_own_from_when_it_is_asked() -> None:
    changed = facts_at(london(2026, 3, 4, 10), other_service(), before=asked())
    assert the_clock(changed).state is ClockState.NEEDLESS
    moment = london(2026, 3, 9, 10)
    now = facts_at(moment, consent(step_id="consent-2", service_ref="service-south"), before=changed)
    first, second = clocks(now, ClockKind.CONVERSATION)
    assert (first.state, second.state) == (ClockState.NEEDLESS, ClockState.ON_TRACK)
    assert (second.since, second.due) == (moment, london(2026, 3, 12, 17))
    assert first.answered is None, "the new service does not answer for the old one"


@pytest.mark.clause("SD-34")
def test_what_the_old_service_answered_does_not_stop_the_clock_of_the_new_one() -> None:
    now = facts_at(NOW, not_us(), other_service(), consent(step_id="c-2", service_ref="service-south"), before=asked())
    first, second = clocks(now, ClockKind.CONVERSATION)
    assert (first.state, second.state, second.answered) == (ClockState.MET, ClockState.ON_TRACK, None)


@pytest.mark.clause("SD-34")
def test_a_service_that_is_asked_a_second_time_answers_a_second_time() -> None:
    there = (not_us(), other_service(), consent(step_id="consent-2", service_ref="service-south"))
    back = (other_service("service-north", step_id="change-2"), consent(step_id="consent-3"))
    now = facts_at(NOW, *there, *back, before=asked())
    assert [(clock.id, clock.answered is not None) for clock in clocks(now, ClockKind.CONVERSATION)] == [
        ("conversation/service-north", True),
        ("conversation/service-south", False),
        ("conversation/service-north/2", False),
    ]


@pytest.mark.clause("SD-35")
def test_each_child_that_was_passed_on_has_its_own_time_to_be_acknowledged() -> None:
    now = passed_on(CHILD, SIBLING)
    assert [(clock.id, clock.since, clock.due) for clock in clocks(now, ClockKind.ACKNOWLEDGEMENT)] == [
        (f"acknowledgement/{CHILD}", NOW, DUE),
        (f"acknowledgement/{SIBLING}", NOW, DUE),
    ]
    answered = facts_at(london(2026, 3, 3, 10), acknowledgement(CHILD), before=now)
    assert [clock.state for clock in clocks(answered, ClockKind.ACKNOWLEDGEMENT)] == [
        ClockState.MET,
        ClockState.ON_TRACK,
    ]


@pytest.mark.clause("SD-35")
def test_a_child_that_did_not_pass_on_is_not_waited_for() -> None:
    before = facts_before(RecordDecisions, CHILD, SIBLING)
    now = facts_at(NOW, decided({CHILD: Decision.TRANSFER, SIBLING: Decision.NO_FURTHER_SUPPORT}), before=before)
    assert [clock.id for clock in clocks(now, ClockKind.ACKNOWLEDGEMENT)] == [f"acknowledgement/{CHILD}"]


@pytest.mark.clause("SD-35")
def test_that_a_service_declined_is_an_answer() -> None:
    moment = london(2026, 3, 3, 10)
    declined = acknowledgement(accepted=False, occurred_at=moment)
    now = facts_at(moment, declined, before=passed_on())
    clock = the_clock(now, ClockKind.ACKNOWLEDGEMENT)
    assert (clock.state, clock.answered) == (ClockState.MET, moment)
    again = acknowledgement(step_id="ack-2", corrects="acknowledge_transfer", occurred_at=london(2026, 3, 12, 10))
    later = facts_at(london(2026, 3, 12, 10), again, before=now)
    assert the_clock(later, ClockKind.ACKNOWLEDGEMENT).state is ClockState.MET


DECLINED = acknowledgement(accepted=False)
PLAN_PATH = plan_path()
POSTED = family_record(
    people=(person("mother", contact={"ways": [{"by": "post", "to": "1 Example Street"}]}),),
    step_id="reached-by-post",
)


def moved() -> RecordDecisions:
    """Gone to another council, to which our notice was sent today."""
    there = away(notice_sent_on=NOW.date())
    return decided_as(child_decision(CHILD, Decision.MOVED_AWAY, moved=there), actor=SOCIAL_WORKER)


OWN_WAITS: dict[ClockKind, tuple[Callable[[], StepDownFacts], tuple[Step, ...]]] = {
    ClockKind.CONSENT: (lambda: keeping_time(facts(), NOW), (exploration(), consent())),
    ClockKind.SHARING: (lambda: facts_at(NOW, *BEFORE_ASKING[:2]), (family_sharing(),)),
    ClockKind.CONVERSATION_HELD: (lambda: facts_at(NOW, offer(conversation_at=NOW), before=asked()), (conversation(),)),
    ClockKind.SCHEDULING: (lambda: facts_at(NOW, *PLAN_PATH[:5], before=on_a_plan()), (scheduled(),)),
    ClockKind.MEETING_CONFIRMED: (
        lambda: facts_at(NOW, *PLAN_PATH[:5], meeting(), before=on_a_plan()),
        (confirmation(),),
    ),
    ClockKind.END_CONFIRMED: (
        lambda: facts_at(NOW, decided_as(ended_without()), before=in_child_protection()),
        (confirmation("record_decisions", by=CONFERENCE_MANAGER),),
    ),
    ClockKind.LEAD_PRACTITIONER: (lambda: facts_at(NOW, conversation(), before=asked()), (practitioner(),)),
    ClockKind.DECISION: (lambda: facts_at(NOW, conversation(), before=asked()), (practitioner(), advice(), decision())),
    ClockKind.AUTHORISED: (
        lambda: facts_at(NOW, *whole_path()[3:6], decision(actor=SOCIAL_WORKER), before=asked()),
        (authorised(),),
    ),
    ClockKind.LETTERS: (lambda: facts_at(NOW, *whole_path()[3:7], before=asked()), (letters(),)),
    ClockKind.DELIVERY: (
        lambda: facts_at(
            NOW, POSTED, *whole_path()[3:7], letters(by_post()), acknowledgement(), seen(), before=asked()
        ),
        (letters(no_letter(), step_id="none-is-written", corrects="approve_letters"),),
    ),
    ClockKind.PART_GIVEN: (
        lambda: facts_at(
            NOW,
            *worker_for_each(),
            to_family(CHILD, SIBLING),
            acknowledgement(CHILD, SIBLING),
            seen(CHILD, SIBLING),
            before=keeping_time(facts_before(NameLeadPractitioner, CHILD, SIBLING), NOW),
        ),
        (part_given(),),
    ),
    ClockKind.MANAGEMENT_CONVERSATION: (
        lambda: facts_at(NOW, *whole_path()[:-2], DECLINED),
        (management_conversation(),),
    ),
    ClockKind.DECLINED: (
        lambda: facts_at(NOW, *whole_path()[:-2], DECLINED, management_conversation()),
        (acknowledgement(step_id="again", corrects=DECLINED.step_id),),
    ),
    ClockKind.FAMILIES_FIRST: (
        lambda: facts_at(NOW, *whole_path(), before=facts(opening=opening(service=without_mosaic()))),
        (families_first(),),
    ),
}


@pytest.mark.parametrize("kind", OWN_WAITS)
def test_a_wait_of_our_own_begins_when_something_is_missing_and_ends_when_it_is_recorded(kind: ClockKind) -> None:
    build, steps = OWN_WAITS[kind]
    now = build()
    clock = the_clock(now, kind)
    assert (clock.since, clock.runs, clock.answered) == (NOW, True, None)
    for step in steps:
        assert the_clock(now, kind).runs
        now = facts_at(NOW, step, before=now)
    assert the_clock(now, kind).state is ClockState.NEEDLESS


def rungs_of(
    build: Callable[[], StepDownFacts], kind: ClockKind
) -> list[tuple[RungKind, datetime, tuple[Audience, ...]]]:
    now = let_time_pass(build(), london(2026, 3, 31, 17))
    return [(a.what, a.at, a.audiences) for a in now.alerts if a.kind is kind]


def wait(who: Audience, above: Audience, *at: datetime) -> list[tuple[RungKind, datetime, tuple[Audience, ...]]]:
    return wait_of((who,), above, *at)


def wait_of(
    who: tuple[Audience, ...], above: Audience, *at: datetime
) -> list[tuple[RungKind, datetime, tuple[Audience, ...]]]:
    kinds = (RungKind.REMINDER, RungKind.ESCALATION, RungKind.END)
    heard = (who, (*who, above), (*who, above))
    return list(zip(kinds, at, heard, strict=True))


FIVE_DAYS = (london(2026, 3, 5, 9), london(2026, 3, 6, 9), london(2026, 3, 9, 17))
TEN_DAYS = (london(2026, 3, 9, 9), london(2026, 3, 12, 9), london(2026, 3, 16, 17))
LADDERS = {
    ClockKind.CONSENT: TEN_DAYS,
    ClockKind.SHARING: TEN_DAYS,
    ClockKind.CONVERSATION_HELD: (london(2026, 3, 3, 9), london(2026, 3, 5, 9), london(2026, 3, 9, 17)),
    ClockKind.SCHEDULING: (london(2026, 3, 4, 9), london(2026, 3, 6, 9), london(2026, 3, 9, 17)),
    ClockKind.LEAD_PRACTITIONER: FIVE_DAYS,
    ClockKind.DECISION: FIVE_DAYS,
    ClockKind.LETTERS: (london(2026, 3, 4, 9), london(2026, 3, 6, 9), london(2026, 3, 9, 17)),
}


@pytest.mark.clause("SD-23b")
@pytest.mark.parametrize(
    ("kind", "who"),
    [
        (ClockKind.MEETING_CONFIRMED, Audience.CHAIR),
        (ClockKind.END_CONFIRMED, Audience.CONFERENCE_MANAGER),
    ],
)
def test_whose_word_is_waited_for_is_told_like_the_social_worker(kind: ClockKind, who: Audience) -> None:
    at = (london(2026, 3, 3, 9), london(2026, 3, 4, 9), DUE)
    assert rungs_of(OWN_WAITS[kind][0], kind) == wait_of((who, WORKER), MANAGER, *at)


@pytest.mark.clause("SD-26")
def test_the_service_is_reminded_once_to_say_that_families_first_was_told_then_the_social_worker_reads_it() -> None:
    assert rungs_of(OWN_WAITS[ClockKind.FAMILIES_FIRST][0], ClockKind.FAMILIES_FIRST) == [
        (RungKind.REMINDER, london(2026, 3, 9, 9), (CONTACT,)),
        (RungKind.END, london(2026, 3, 16, 17), (WORKER,)),
    ]


@pytest.mark.clause("SD-29")
def test_the_managers_conversation_is_asked_of_the_team_manager_then_of_the_leader_too() -> None:
    first, *others = rungs_of(OWN_WAITS[ClockKind.MANAGEMENT_CONVERSATION][0], ClockKind.MANAGEMENT_CONVERSATION)
    assert first == (RungKind.NEWS, NOW, (MANAGER, WORKER))
    assert others == wait(MANAGER, LEADER, london(2026, 3, 3, 9), london(2026, 3, 4, 9), DUE)


@pytest.mark.clause("SD-36")
def test_what_becomes_of_a_child_who_was_given_back_is_asked_of_the_manager_who_answers_for_the_child() -> None:
    first, *others = rungs_of(OWN_WAITS[ClockKind.DECLINED][0], ClockKind.DECLINED)
    assert first == (RungKind.NEWS, NOW, (MANAGER, WORKER))
    at = (london(2026, 3, 3, 9), london(2026, 3, 5, 9), london(2026, 3, 9, 17))
    assert others == wait_of((MANAGER, WORKER), LEADER, *at)


def with_interim_contact() -> StepDownFacts:
    """Passed on to an interim contact, until Friday 20 March."""
    steps = (interim_contact(), advice(), decision(), letters(), acknowledgement(), seen())
    return facts_at(NOW, *whole_path()[:4], *steps)


@pytest.mark.clause("SD-28")
def test_the_practitioner_is_waited_for_from_the_day_on_which_one_was_expected() -> None:
    clock = the_clock(with_interim_contact(), ClockKind.ALLOCATION)
    assert (clock.since, clock.due) == (london(2026, 3, 20), london(2026, 3, 25, 17))
    assert rungs_of(with_interim_contact, ClockKind.ALLOCATION) == wait(
        WORKER, MANAGER, london(2026, 3, 23, 9), london(2026, 3, 24, 9), london(2026, 3, 25, 17)
    )
    named = facts_at(london(2026, 3, 23, 10), practitioner(step_id="named"), before=with_interim_contact())
    assert the_clock(named, ClockKind.ALLOCATION).state is ClockState.NEEDLESS
    assert stage(facts_at(NOW, letters(letter("letter-9"), step_id="l-9"), before=named)) is Stage.CLOSED


@pytest.mark.parametrize("kind", LADDERS)
def test_a_wait_of_our_own_reminds_escalates_and_comes_to_its_end_each_at_its_instant(kind: ClockKind) -> None:
    assert rungs_of(OWN_WAITS[kind][0], kind) == wait(WORKER, MANAGER, *LADDERS[kind])


def climbed(rungs: int = 6) -> list[tuple[RungKind, datetime, tuple[Audience, ...]]]:
    return [
        (RungKind.REMINDER, london(2026, 3, 4, 17), (CONTACT,)),
        (RungKind.REMINDER, london(2026, 3, 5, 9), (CONTACT,)),
        (RungKind.BREACH, DUE, (CONTACT, WORKER)),
        (RungKind.ESCALATION, london(2026, 3, 6, 9), (MANAGER, SERVICE_MANAGER)),
        (RungKind.ESCALATION, london(2026, 3, 9, 9), (LEADER,)),
        (RungKind.ESCALATION, TOP, (Audience.OPERATIONS,)),
    ][:rungs]


@pytest.mark.parametrize(
    ("kind", "build"),
    [
        pytest.param(ClockKind.CONVERSATION, asked, marks=pytest.mark.clause("SD-34")),
        pytest.param(
            ClockKind.ACKNOWLEDGEMENT,
            lambda: facts_at(NOW, *whole_path()[:-2]),
            marks=pytest.mark.clause("SD-35"),
        ),
    ],
)
def test_whoever_must_answer_is_warned_then_it_is_overdue_then_it_goes_up_each_at_its_instant(
    kind: ClockKind, build: Callable[[], StepDownFacts]
) -> None:
    assert rungs_of(build, kind) == climbed()
    assert all(alert.raised_at == alert.at for alert in let_time_pass(build(), TOP).alerts)


def test_the_conversation_is_waited_for_from_the_day_that_was_offered() -> None:
    now = facts_at(NOW, offer(conversation_at=london(2026, 3, 9, 14)), before=asked())
    clock = the_clock(now, ClockKind.CONVERSATION_HELD)
    assert (clock.since, clock.due) == (london(2026, 3, 9, 14), london(2026, 3, 16, 17))


def test_another_day_for_the_conversation_gives_it_another_time_and_the_receipt_no_longer_says_the_old_one() -> None:
    before = facts_at(NOW, offer(conversation_at=london(2026, 3, 9, 14)), before=asked())
    moved = offer(conversation_at=london(2026, 3, 11, 14), step_id="offer-2", corrects="answer_request")
    now = facts_at(NOW, moved, before=before)
    first, second = clocks(now, ClockKind.CONVERSATION_HELD)
    assert (first.state, second.due) == (ClockState.NEEDLESS, london(2026, 3, 18, 17))
    assert [need.by for need in now.receipts[-1].next_steps] == [None], "it is being calculated"


def test_a_child_added_after_the_conversation_has_a_time_of_its_own_to_be_talked_over() -> None:
    held = facts_at(NOW, offer(conversation_at=NOW), conversation(), before=asked())
    moment = london(2026, 3, 25, 10)
    new = consent("child-c", step_id="consent-2")
    child_c = (added_child(), family_record(CHILD, "child-c"))
    now = facts_at(moment, *child_c, new, before=held)
    clock = the_clock(now, ClockKind.CONVERSATION_HELD)
    assert (clock.since, clock.state) == (moment, ClockState.ON_TRACK)
    assert not [alert for alert in now.alerts if alert.kind is ClockKind.CONVERSATION_HELD]
    at_once = facts_at(moment, *child_c, new, before=facts_at(NOW, conversation(), before=asked()))
    assert the_clock(at_once, ClockKind.CONVERSATION_HELD).runs, "though no day had been offered"


@pytest.mark.clause("SD-09a")
def test_consent_withdrawn_while_the_children_are_decided_is_waited_for_anew() -> None:
    before = facts_at(NOW, *whole_path(CHILD, SIBLING)[:4], before=facts(CHILD, SIBLING))
    moment = london(2026, 3, 4, 10)
    now = facts_at(moment, withdrawal(SIBLING), before=before)
    clock = the_clock(now, ClockKind.CONSENT)
    assert (clock.since, clock.due) == (moment, london(2026, 3, 18, 17))
    again = facts_at(moment, consent(SIBLING, step_id="consent-2"), before=now)
    assert not the_clock(again, ClockKind.CONSENT).runs


def test_a_second_wait_of_the_same_kind_has_a_time_of_its_own() -> None:
    moment = london(2026, 3, 11, 10)
    now = facts_at(moment, other_service(), before=facts_at(NOW, *BEFORE_ASKING, before=keeping_time(facts(), NOW)))
    first, second = clocks(now, ClockKind.CONSENT)
    assert (first.id, first.state) == ("consent/1", ClockState.NEEDLESS)
    assert (second.id, second.since, second.due) == ("consent/2", moment, london(2026, 3, 25, 17))


def test_a_transfer_that_is_not_opened_yet_and_one_that_is_a_duplicate_wait_for_nothing() -> None:
    for nothing in (facts(opening=None), facts(opening=opening(duplicate_of="transfer-0"))):
        assert update_clocks(nothing, NOW) == nothing


def test_a_journey_that_is_closed_waits_for_nothing_any_more() -> None:
    now = facts_at(NOW, *whole_path(CHILD, SIBLING), before=facts(CHILD, SIBLING))
    assert running(now) == []
    assert next_rung(now) is None


def needs_a_person(*problems: str, effect: Effect | None = None) -> StepDownFacts:
    now = facts()
    for problem in problems:
        now = raise_attention(now, NOW, problem, "Something", effect=effect)
    return now


def test_each_item_that_waits_for_a_person_has_a_time_of_its_own() -> None:
    now = keeping_time(needs_a_person("in_clear", "in_clear"), NOW)
    assert [clock.id for clock in clocks(now, ClockKind.ATTENTION)] == ["attention/A1", "attention/A2"]
    assert rungs_of(lambda: now, ClockKind.ATTENTION) == wait(
        Audience.OPERATIONS, MANAGER, london(2026, 3, 3, 9), london(2026, 3, 4, 9), DUE
    )
    settled = facts_at(NOW, resolution("A1", Resolution.SKIP), before=now)
    first, second = clocks(settled, ClockKind.ATTENTION)
    assert (first.runs, second.runs) == (False, True)


@pytest.mark.parametrize(
    "alert",
    [
        Effect(kind=EffectKind.MAIL_ALERT, number=1, audience=Audience.OPERATIONS),
        Effect(kind=EffectKind.POST_ALERT, number=1, channel="operations"),
    ],
    ids=lambda alert: alert.kind,
)
def test_an_alert_that_cannot_be_delivered_raises_no_further_alert(alert: Effect) -> None:
    now = keeping_time(begin(needs_a_person("no_address", effect=alert), alert), NOW)
    assert now.open_attention
    assert ClockKind.ATTENTION not in running(now)


def due_date(wait: ClockKind, clock: str) -> Effect:
    return Effect(kind=EffectKind.CALCULATE_DUE_DATE, clock=clock, wait=wait, number=1)


def test_a_due_date_of_an_item_that_cannot_be_calculated_is_no_item_that_has_a_due_date() -> None:
    first = due_date(ClockKind.ATTENTION, "attention/A0")
    now = update_clocks(begin(needs_a_person("calendar_ends", effect=first), first), NOW)
    assert ClockKind.ATTENTION not in running(now)
    other = due_date(ClockKind.CONSENT, "consent/1")
    assert ClockKind.ATTENTION in running(
        update_clocks(begin(needs_a_person("calendar_ends", effect=other), other), NOW)
    )


def beyond_the_calendar() -> StepDownFacts:
    """What is waited for first has no due date, and operations are asked about it."""
    now = update_clocks(facts(), NOW)
    [first] = calculations(now)
    asked_about = raise_attention(begin(now, first), NOW, "calendar_ends", "Calculate a due date", effect=first)
    return update_clocks(asked_about, NOW)


def test_an_item_that_the_calendar_ends_is_not_counted_where_it_ends_before_its_own_due_date_too() -> None:
    now = beyond_the_calendar()
    [own] = [effect for effect in calculations(now) if effect not in now.begun]
    assert own.id == "calculate_due_date/attention/A1/1"
    assert goes_uncounted(now, own, "calendar_ends")
    uncounted = update_clocks(record_result(begin(now, own), result(own, Ended.SKIPPED)), NOW)
    assert [item.id for item in uncounted.open_attention] == ["A1"]
    assert ClockKind.ATTENTION not in running(uncounted)
    assert [effect for effect in calculations(uncounted) if effect not in uncounted.begun] == []


def test_any_other_due_date_that_cannot_be_calculated_is_asked_about() -> None:
    now = beyond_the_calendar()
    [first, own] = calculations(now)
    assert not goes_uncounted(now, first, "calendar_ends")
    assert not goes_uncounted(now, own, "not_answering")
    assert not goes_uncounted(now, close_child(CHILD), "calendar_ends")
    locked = update_clocks(needs_a_person("in_clear"), NOW)
    [own] = [effect for effect in calculations(locked) if effect.wait is ClockKind.ATTENTION]
    assert not goes_uncounted(locked, own, "calendar_ends")


def test_an_item_about_the_due_date_of_what_is_not_waited_for_any_more_is_needless() -> None:
    now = beyond_the_calendar()
    [first, _] = calculations(now)
    assert not is_needless(now, first)
    consented = update_clocks(record(record(now, exploration()), consent()), NOW)
    assert is_needless(consented, first)
    assert not is_needless(consented, close_child(CHILD))
    let_go = update_clocks(record_result(consented, result(first, Ended.STOPPED)), NOW)
    assert not let_go.open_attention
    assert first not in calculations(let_go)


@pytest.mark.clause("SD-34")
def test_the_due_date_of_an_answer_that_nobody_waits_for_any_more_is_given_up_once() -> None:
    before = asked()
    [first] = [effect for effect in before.begun if effect.wait is ClockKind.CONVERSATION and effect.number == 1]
    undated = before.having(effects=tuple(result for result in before.effects if result.effect != first))
    now = update_clocks(raise_attention(undated, NOW, "calendar_ends", "Calculate a due date", effect=first), NOW)
    gone = update_clocks(record(now, other_service(), NOW), NOW)
    assert is_needless(gone, first)
    let_go = update_clocks(record_result(gone, result(first, Ended.STOPPED)), NOW)
    assert first not in calculations(let_go)
    assert first.id not in {item.effect for item in let_go.open_attention}


@pytest.mark.clause("SD-34")
def test_nobody_is_told_twice() -> None:
    now = let_time_pass(asked(), DUE)
    assert told(now) == climbed(3)
    for moment in (DUE, DUE + timedelta(hours=1), london(2026, 3, 6, 9) - timedelta(seconds=1)):
        assert keeping_time(now, moment).alerts == now.alerts
    assert [alert.number for alert in let_time_pass(now, london(2026, 3, 31)).alerts] == [1, 2, 3, 4, 5, 6]


@pytest.mark.clause("SD-34")
def test_where_nothing_ran_one_alert_tells_of_the_highest_rung_and_everybody_who_was_not_told() -> None:
    moment = london(2026, 3, 9, 11)
    now = keeping_time(asked(), moment)
    (alert,) = now.alerts
    assert (alert.what, alert.at, alert.raised_at) == (RungKind.ESCALATION, london(2026, 3, 9, 9), moment)
    assert alert.audiences == (CONTACT, WORKER, MANAGER, SERVICE_MANAGER, LEADER)
    assert the_clock(now).state is ClockState.BREACHED
    assert told(let_time_pass(now, london(2026, 3, 31)))[1:] == climbed()[5:]


def test_who_was_only_to_be_reminded_is_not_told_when_it_is_overdue_already() -> None:
    reminder, breach = RESPONSE.ladder[0], RESPONSE.ladder[2]
    ladder = (reminder.model_copy(update={"audiences": (LEADER,)}), breach)
    of_the_contact = {ClockKind.CONVERSATION: RESPONSE.model_copy(update={"ladder": ladder})}
    policy = Policy(clocks={**DEFAULT_CLOCKS, **of_the_contact})
    now = keeping_time(asked(facts(opening=opening(policy=policy))), DUE)
    assert told(now) == [(RungKind.BREACH, DUE, (CONTACT, WORKER))]


def test_where_nothing_ran_while_only_reminders_came_the_last_of_them_is_told() -> None:
    now = keeping_time(asked(), london(2026, 3, 5, 10))
    assert told(now) == [climbed()[1]]
    assert the_clock(now).state is ClockState.DUE_SOON
    assert status(now).response is ResponseState.DUE_SOON


@pytest.mark.clause("SD-35")
def test_two_children_who_are_due_at_the_same_time_are_told_of_in_one_alert() -> None:
    now = let_time_pass(passed_on(CHILD, SIBLING), TOP)
    assert told(now) == climbed()
    both = {alert.clocks for alert in now.alerts if alert.kind is ClockKind.ACKNOWLEDGEMENT}
    assert both == {(f"acknowledgement/{CHILD}", f"acknowledgement/{SIBLING}")}
    one_left = facts_at(TOP, acknowledgement(CHILD), before=let_time_pass(passed_on(CHILD, SIBLING), DUE))
    answers = [alert.clocks for alert in one_left.alerts if alert.kind is ClockKind.ACKNOWLEDGEMENT]
    assert answers[-1] == (f"acknowledgement/{SIBLING}",)


@pytest.mark.clause("SD-35")
def test_of_a_child_whose_due_date_was_calculated_late_everybody_is_told_who_was_told_of_the_other() -> None:
    now = let_time_pass(passed_on(CHILD, SIBLING), DUE)
    only_first = tuple(alert.model_copy(update={"clocks": (f"acknowledgement/{CHILD}",)}) for alert in now.alerts)
    later = keeping_time(now.model_copy(update={"alerts": only_first}), london(2026, 3, 6, 9))
    reached = [alert for alert in later.alerts if alert.number > len(only_first)]
    assert {who for alert in reached for who in alert.audiences} >= {CONTACT, WORKER, MANAGER, SERVICE_MANAGER}


@pytest.mark.clause("SD-35")
def test_children_who_were_closed_on_different_days_are_told_of_each_in_its_own_alert() -> None:
    now, later = passed_on(CHILD, SIBLING), london(2026, 3, 4, 10)
    closed_later = tuple(
        done.model_copy(update={"at": later}) if done.effect == close_child(SIBLING) else done
        for done in now.effects
        if done.certificate is None
    )
    again = keeping_time(now.model_copy(update={"effects": closed_later, "clocks": ()}), later)
    alerts = let_time_pass(again, london(2026, 3, 9, 17)).alerts
    assert {alert.clocks for alert in alerts} == {(f"acknowledgement/{CHILD}",), (f"acknowledgement/{SIBLING}",)}
    assert {alert.due for alert in alerts} == {DUE, london(2026, 3, 9, 17)}


@pytest.mark.clause("SD-34")
def test_each_audience_is_told_by_mail_and_over_each_of_its_channels_once() -> None:
    policy = Policy(channels={CONTACT: ("early-help-room",), WORKER: ("early-help-room", "team-room")})
    now = let_time_pass(asked(facts(opening=opening(policy=policy))), DUE)
    assert [effect.id for effect in deliveries(now) if effect.number == 3] == [
        "mail_alert/3/early_help_contact",
        "mail_alert/3/social_worker",
        "post_alert/3/early-help-room",
        "post_alert/3/team-room",
    ]
    assert set(deliveries(now)) <= set(to_begin(now))


def test_of_a_restricted_family_only_named_people_are_told_and_no_channel() -> None:
    policy = Policy(channels=dict.fromkeys(Audience, ("room",)))
    now = let_time_pass(asked(facts(request=request(restricted=True), opening=opening(policy=policy))), TOP)
    assert [alert.audiences for alert in now.alerts] == [
        (CONTACT,),
        (CONTACT,),
        (CONTACT, WORKER),
        (MANAGER,),
        (MANAGER,),
        (MANAGER,),
    ]
    assert {effect.kind for effect in deliveries(now)} == {EffectKind.MAIL_ALERT}


@pytest.mark.clause("SD-34")
def test_no_alert_waits_for_another_or_for_anything_in_other_systems() -> None:
    now = let_time_pass(asked(), TOP)
    assert len(deliveries(now)) == 8
    assert not [effect for effect in deliveries(now) if effect in now.begun], "nobody was told so far"


STOPPED_AT = london(2026, 3, 3, 10)


def stopped() -> StepDownFacts:
    return facts_at(STOPPED_AT, pause(occurred_at=STOPPED_AT), before=asked())


@pytest.mark.clause("SD-34")
def test_of_a_clock_that_is_paused_nobody_is_told() -> None:
    now = let_time_pass(stopped(), london(2026, 3, 31))
    assert {alert.kind for alert in now.alerts} == {ClockKind.PAUSED}
    assert (the_clock(now).state, status(now).response) == (ClockState.PAUSED, ResponseState.PAUSED)
    assert (the_clock(now).due, status(now).response_due) == (None, None)
    assert not [need.by for need in next_steps(now) if need.by]


@pytest.mark.clause("SD-34")
def test_whoever_paused_a_clock_is_reminded_until_it_runs_again() -> None:
    now = let_time_pass(stopped(), london(2026, 3, 31))
    assert [(alert.what, alert.at, alert.audiences) for alert in now.alerts] == wait(
        MANAGER, Audience.OPERATIONS, london(2026, 3, 6, 9), london(2026, 3, 9, 9), london(2026, 3, 10, 17)
    )
    moment = london(2026, 3, 31, 10)
    assert not clocks(facts_at(moment, resume(occurred_at=moment), before=now), ClockKind.PAUSED)[0].runs


@pytest.mark.clause("SD-34")
def test_the_days_on_which_a_clock_was_paused_do_not_count_and_the_ladder_moves_with_it() -> None:
    moment = london(2026, 3, 10, 11)
    now = facts_at(moment, resume(occurred_at=moment, actor=OPERATIONS), before=let_time_pass(stopped(), moment))
    assert the_clock(now).due == london(2026, 3, 13, 17)
    assert {alert.kind for alert in now.alerts} <= {ClockKind.PAUSED}
    (found,) = certificate(now).pauses
    assert (found.since, found.until, found.reason) == (STOPPED_AT, moment, PauseReason.FAMILY_UNAVAILABLE)
    assert found.by == "team manager tm-1; resumed by operations ops-1"
    told = let_time_pass(now, london(2026, 3, 31)).alerts
    assert [alert.at for alert in told if alert.kind is ClockKind.CONVERSATION] == [
        london(2026, 3, 12, 17),
        london(2026, 3, 13, 9),
        london(2026, 3, 13, 17),
        london(2026, 3, 16, 9),
        london(2026, 3, 17, 9),
        london(2026, 3, 18, 9),
    ]


def test_until_the_new_due_date_is_calculated_the_old_one_raises_nothing() -> None:
    moment = london(2026, 3, 10, 11)
    resumed = update_clocks(record(stopped(), resume(occurred_at=moment), moment), moment)
    assert the_clock(resumed).state is ClockState.STARTING
    assert next_rung(resumed) is None
    assert [effect.id for effect in calculations(resumed)] == ["calculate_due_date/conversation/service-north/2"]


@pytest.mark.clause("SD-35")
def test_a_pause_of_one_clock_leaves_the_other_ones_running() -> None:
    now = facts_at(NOW, pause(ClockKind.ACKNOWLEDGEMENT, occurred_at=NOW), before=passed_on())
    assert the_clock(now, ClockKind.ACKNOWLEDGEMENT).state is ClockState.PAUSED
    own = facts_at(NOW, *whole_path()[3:7], before=asked())
    assert the_clock(facts_at(NOW, pause(ClockKind.ACKNOWLEDGEMENT), before=own), ClockKind.LETTERS).runs


def test_a_pause_does_not_reach_over_to_the_clock_of_the_next_service() -> None:
    steps = (other_service(), consent(step_id="consent-2", service_ref="service-south"))
    now = facts_at(london(2026, 3, 4, 10), *steps, before=stopped())
    assert the_clock(now).state is ClockState.ON_TRACK


def test_an_answer_while_the_clock_is_paused_stops_it_for_good() -> None:
    moment = london(2026, 3, 4, 10)
    now = facts_at(moment, offer(occurred_at=moment), before=stopped())
    assert the_clock(now).state is ClockState.MET


@pytest.mark.clause("SD-34")
def test_an_answer_while_the_clock_is_paused_is_in_time_and_the_pause_is_on_its_certificate() -> None:
    moment = london(2026, 3, 12, 10)
    now = facts_at(moment, offer(occurred_at=moment), before=let_time_pass(stopped(), moment))
    assert moment > DUE, "it was due before, had nobody paused the clock"
    assert the_clock(now).state is ClockState.MET
    found = certificate(now)
    (stood,) = found.pauses
    assert (stood.since, stood.until, stood.reason) == (STOPPED_AT, moment, PauseReason.FAMILY_UNAVAILABLE)
    assert stood.by == "team manager tm-1; it was still paused when nothing was waited for any more"
    assert working_time(found, england(), moment) == timedelta(hours=6)
    assert agrees(found, england())


def test_until_an_answer_to_a_paused_clock_is_judged_by_its_new_due_date_it_is_not_said_to_be_late() -> None:
    moment = london(2026, 3, 12, 10)
    now = update_clocks(record(stopped(), offer(occurred_at=moment), moment), moment)
    assert the_clock(now).state is ClockState.ANSWERED
    assert "calculate_due_date/conversation/service-north/2" in {effect.id for effect in calculations(now)}


def test_an_answer_that_was_given_before_the_clock_was_paused_and_recorded_since_is_in_time() -> None:
    moment = london(2026, 3, 12, 10)
    now = facts_at(moment, offer(occurred_at=NOW), before=let_time_pass(stopped(), moment))
    assert the_clock(now).state is ClockState.MET
    assert working_time(certificate(now), england(), NOW) == timedelta()


CORONATION = DayOff(day=date(2026, 3, 4), name="a coronation")


@pytest.mark.clause("SD-34")
def test_on_another_calendar_it_is_due_anew_with_the_old_and_the_new_on_the_certificate() -> None:
    moment, later = london(2026, 3, 6, 10), calendar(announced=(CORONATION,))
    late = let_time_pass(asked(), moment)
    assert status(late).response is ResponseState.BREACHED
    now = keeping_time(record(late, recalculation(occurred_at=moment), moment), moment, later)
    assert status(now).response is not ResponseState.BREACHED, "the breach is lifted"
    assert the_clock(now).due == london(2026, 3, 6, 17)
    found = certificate(now)
    assert found.recalculations == (
        Recalculation(at=moment, by="operations ops-1", calendar_before=england().version, due_before=DUE),
    )
    assert found.calendar == later.version
    assert agrees(found, later)
    assert next(day.why_not for day in found.days if day.day == CORONATION.day) == "a coronation"


def test_on_the_same_calendar_nothing_changes_and_nobody_is_told_again() -> None:
    moment = london(2026, 3, 6, 10)
    late = let_time_pass(asked(), moment)
    now = facts_at(moment, recalculation(occurred_at=moment), before=late)
    assert (the_clock(now).due, now.alerts) == (DUE, late.alerts)
    assert the_clock(now).state is ClockState.BREACHED


def test_calculating_again_reaches_every_clock_that_runs() -> None:
    now = facts_at(NOW, recalculation(), before=passed_on(CHILD, SIBLING))
    again = {(effect.clock, effect.number) for effect in now.begun if effect.kind is EffectKind.CALCULATE_DUE_DATE}
    assert {(f"acknowledgement/{CHILD}", 2), (f"acknowledgement/{SIBLING}", 2)} <= again


def test_a_pause_and_another_calendar_are_both_on_the_certificate() -> None:
    paused = record(stopped(), recalculation(occurred_at=NOW), london(2026, 3, 4, 10))
    moment = london(2026, 3, 5, 10)
    now = facts_at(moment, resume(occurred_at=moment), before=keeping_time(paused, london(2026, 3, 4, 10)))
    found = certificate(now)
    assert (len(found.pauses), len(found.recalculations)) == (1, 1)
    assert found.due == london(2026, 3, 10, 17)
    assert agrees(found, england())


ENDS: dict[ClockKind, tuple[Callable[[], StepDownFacts], str | None, str | None]] = {
    **{
        kind: (OWN_WAITS[kind][0], step, clause)
        for kind, step, clause in (
            (ClockKind.CONSENT, "record_decisions", "SD-01"),
            (ClockKind.SHARING, "record_decisions", "SD-01"),
            (ClockKind.CONVERSATION_HELD, "change_service", "SD-07"),
            (ClockKind.SCHEDULING, "schedule_final_meeting", "SD-18"),
            (ClockKind.MEETING_CONFIRMED, "confirm_meeting", "SD-16"),
            (ClockKind.END_CONFIRMED, "confirm_meeting", "SD-19a"),
            (ClockKind.LEAD_PRACTITIONER, "record_management_conversation", "SD-29"),
            (ClockKind.DECISION, "record_decisions", "SD-23"),
            (ClockKind.LETTERS, "approve_letters", "SD-33"),
            (ClockKind.DELIVERY, "record_delivery", "SD-33b"),
            (ClockKind.PART_GIVEN, "record_delivery", "SD-31"),
            (ClockKind.FAMILIES_FIRST, "record_families_first_notification", "SD-26"),
        )
    },
    ClockKind.CONVERSATION: (asked, "change_service", "SD-34"),
    ClockKind.FINAL_MEETING: (
        lambda: facts_at(NOW, *PLAN_PATH[:6], before=on_a_plan()),
        "record_final_meeting",
        "SD-19",
    ),
    ClockKind.NOTICE: (lambda: facts_at(NOW, moved(), before=asked()), "authorise", "SD-23a"),
    ClockKind.ALLOCATION: (with_interim_contact, "record_management_conversation", "SD-29"),
    ClockKind.HARM_OUTCOME: (
        lambda: facts_at(NOW, harm_report(spoken_to=SpokenTo(who="the duty worker", at=NOW))),
        "record_harm_outcome",
        "SD-39",
    ),
    ClockKind.SIGNIFICANT_HARM: (lambda: facts_at(NOW, harm_report()), "report_significant_harm", "SU-01"),
    ClockKind.HARM_NOT_TAKEN: (
        lambda: update_clocks(reject(facts(), harm_not_taken()), NOW),
        "report_significant_harm",
        "SU-01",
    ),
}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.clause(clause)) for kind, (_, _, clause) in ENDS.items()]
)
def test_when_time_is_up_the_team_manager_is_asked_and_nothing_ends_by_itself(kind: ClockKind) -> None:
    build, step, clause = ENDS[kind]
    before = build()
    asked_then = asks(before)
    assert not [need for need in next_steps(before) if need.who is Role.TEAM_MANAGER]
    now = let_time_pass(before, london(2026, 3, 31, 17))
    assert (Role.TEAM_MANAGER, step, clause) in asks(now)
    assert STEP_DOWN.time_is_up[kind].ask in [need.ask for need in next_steps(now)]
    assert [ask for ask in asks(now) if ask in asked_then] == asked_then, "what was asked is asked still"
    assert outcome(now) is None
    assert "team_manager" in status(now).waiting_for
    assert the_clock(now, kind).state is ClockState.BREACHED


def test_every_wait_for_a_step_has_an_end_here() -> None:
    asked_already = {ClockKind.MANAGEMENT_CONVERSATION, ClockKind.AUTHORISED, ClockKind.DECLINED}
    asked_already |= {ClockKind.START, ClockKind.NOT_SEEN}
    a_need_of_its_own = {ClockKind.ACKNOWLEDGEMENT, ClockKind.FIRST_CONTACT, ClockKind.MEETING_NEAR}
    about_other_waits = {ClockKind.ATTENTION, ClockKind.HAS_LEFT, ClockKind.NEWER_VERSION, ClockKind.PAUSED}
    assert set(ENDS) | asked_already == set(STEP_DOWN.time_is_up)
    assert {kind for journey in (STEP_DOWN, HELP_REQUEST, STEP_UP) for kind in journey.time_is_up} == set(
        ClockKind
    ) - a_need_of_its_own - about_other_waits


@pytest.mark.clause("SD-23b")
def test_when_the_manager_has_not_acted_in_time_they_are_asked_once_more_and_no_child_closes() -> None:
    late = let_time_pass(OWN_WAITS[ClockKind.AUTHORISED][0](), london(2026, 3, 31, 17))
    assert asks(late).count((Role.TEAM_MANAGER, "authorise", "SD-23b")) == 2
    assert not late.child(CHILD).closing_begun


@pytest.mark.clause("SD-29")
def test_when_the_managers_have_not_talked_in_time_they_are_asked_once_more() -> None:
    late = let_time_pass(OWN_WAITS[ClockKind.MANAGEMENT_CONVERSATION][0](), london(2026, 3, 31, 17))
    assert asks(late).count((Role.TEAM_MANAGER, "record_management_conversation", "SD-29")) == 2


@pytest.mark.clause("SD-34")
def test_a_date_that_is_moved_after_the_due_time_leaves_the_answer_in_time() -> None:
    now = facts_at(NOW, offer(), before=asked())
    now = let_time_pass(now, london(2026, 3, 10, 12))
    moved = offer(step_id="moved", conversation_at=london(2026, 3, 20, 10), occurred_at=london(2026, 3, 10, 11))
    assert (
        the_clock(facts_at(london(2026, 3, 10, 12), moved, before=now), ClockKind.CONVERSATION).state is ClockState.MET
    )


@pytest.mark.clause("SD-34")
def test_before_the_top_of_the_ladder_the_team_manager_is_not_asked_yet() -> None:
    now = let_time_pass(asked(), TOP - timedelta(seconds=1))
    assert Role.TEAM_MANAGER not in [need.who for need in next_steps(now)]


@pytest.mark.clause("SD-29")
def test_with_the_practitioner_named_after_all_nobody_is_asked_to_talk_with_the_leader() -> None:
    late = let_time_pass(OWN_WAITS[ClockKind.LEAD_PRACTITIONER][0](), london(2026, 3, 31, 17))
    now = facts_at(london(2026, 3, 31, 17), practitioner(), before=late)
    assert "SD-29" not in [need.clause for need in next_steps(now)]


def test_time_that_is_no_longer_up_on_another_calendar_is_no_longer_told() -> None:
    moment = london(2026, 3, 16, 18)
    late = let_time_pass(keeping_time(facts(), NOW), moment)
    assert Role.TEAM_MANAGER in [need.who for need in next_steps(late)]
    longer = record(late, recalculation(occurred_at=moment), moment)
    now = keeping_time(longer, moment, calendar(announced=(CORONATION,)))
    assert Role.TEAM_MANAGER not in [need.who for need in next_steps(now)]


FAMILY_SILENT = {
    "consent": (lambda: keeping_time(facts(), NOW), (exploration(), consent())),
    "sharing": (lambda: facts_at(NOW, *BEFORE_ASKING[:2]), (going_on_without(),)),
}
LATER = london(2026, 3, 17, 10)


@pytest.mark.clause("SD-01")
@pytest.mark.parametrize(("build", "answers"), FAMILY_SILENT.values(), ids=FAMILY_SILENT)
def test_a_family_that_never_answered_ends_as_not_engaged_once_the_children_are_decided(
    build: Callable[[], StepDownFacts], answers: tuple[Step, ...]
) -> None:
    silent = let_time_pass(build(), LATER)
    ended = facts_at(LATER, STAYS, letters(), before=silent)
    assert outcome(ended) is Outcome.FAMILY_NOT_ENGAGED
    answered = facts_at(LATER, *answers, STAYS, letters(), before=silent)
    assert outcome(answered) is not Outcome.FAMILY_NOT_ENGAGED, "it answered after all"
    in_time = facts_at(LATER, STAYS, letters(), before=let_time_pass(build(), london(2026, 3, 16, 16)))
    assert outcome(in_time) is not Outcome.FAMILY_NOT_ENGAGED, "the children were decided before its time was up"


def test_a_family_that_answered_for_the_first_service_is_not_called_silent_for_the_next() -> None:
    answered = facts_at(LATER, exploration(), consent(), before=let_time_pass(keeping_time(facts(), NOW), LATER))
    ended = facts_at(LATER, other_service(), STAYS, letters(), before=answered)
    assert outcome(ended) is Outcome.NOT_ELIGIBLE


def test_a_family_that_was_late_but_answered_may_pass_to_early_help() -> None:
    late = let_time_pass(keeping_time(facts(), NOW), LATER)
    assert outcome(facts_at(LATER, *whole_path(), before=late)) is Outcome.TRANSFERRED


@pytest.mark.clause("SD-34")
def test_what_is_missing_says_until_when() -> None:
    assert [(need.step, need.by) for need in next_steps(asked())] == [
        ("answer_request", DUE),
        ("record_contact_conversation", None),
    ]
    assert next_steps(asked())[0].words.endswith("(SD-07) By Thursday 5 March 2026 17:00.")


def test_a_receipt_says_until_when_the_next_step_is_to_come() -> None:
    now = facts_at(NOW, exploration(), before=keeping_time(facts(), NOW))
    assert [(need.step, need.by) for need in now.receipts[-1].next_steps] == [
        ("record_consent", london(2026, 3, 16, 17))
    ]


def test_the_first_of_several_children_says_until_when() -> None:
    before = facts_at(NOW, *whole_path(CHILD, SIBLING)[:6], before=facts(CHILD, SIBLING))
    now = facts_at(
        NOW, decided(dict.fromkeys((CHILD, SIBLING), Decision.TRANSFER)), to_family(CHILD, SIBLING), before=before
    )
    assert [need.by for need in next_steps(now) if need.step == "acknowledge_transfer"] == [DUE]


@pytest.mark.clause("SD-35")
@pytest.mark.parametrize("restricted", [False, True], ids=["any family", "a restricted family"])
def test_the_clocks_of_two_children_are_told_apart_but_not_of_a_restricted_family_in_the_temporal_ui(
    restricted: bool,
) -> None:
    start = facts(CHILD, SIBLING, request=request(CHILD, SIBLING, restricted=restricted))
    before = facts_at(NOW, *whole_path(CHILD, SIBLING)[:6], before=start)
    now = status(
        facts_at(
            NOW, decided(dict.fromkeys((CHILD, SIBLING), Decision.TRANSFER)), to_family(CHILD, SIBLING), before=before
        )
    )
    due = "Response of the service due Thursday 5 March 17:00: on track"
    assert [clock.words for clock in now.responses if clock.runs] == [f"{CHILD}: {due}", f"{SIBLING}: {due}"]
    names = ("", "") if restricted else (f"{CHILD}: ", f"{SIBLING}: ")
    assert [line for line in details(now).splitlines() if due in line] == [f"- {name}{due}" for name in names]


@pytest.mark.clause("SD-34")
def test_the_details_tell_what_is_due_and_the_timeline_who_was_told() -> None:
    now = let_time_pass(asked(), DUE)
    text = details(status(now))
    assert "- Response of the contact due Thursday 5 March 17:00: overdue" in text
    assert (
        "Alert 3. Overdue: response of the contact due Thursday 5 March 17:00; told the Early Help contact and the "
        "social worker" in text
    )
    assert "_" not in text


def test_a_due_date_that_is_being_calculated_is_told_as_such() -> None:
    starting = update_clocks(facts(), NOW)
    assert [clock.words for clock in status(starting).clocks] == ["Consent: being calculated"]
    assert [effect.id for effect in calculations(starting)] == ["calculate_due_date/consent/1/1"]


def test_of_a_due_date_that_a_person_skipped_nobody_is_told() -> None:
    starting = update_clocks(facts(), NOW)
    (effect,) = calculations(starting)
    begun = begin(starting, effect)
    now = begun.model_copy(update={"effects": (result(effect, Ended.SKIPPED),)})
    assert calculations(now) == ()
    assert let_time_pass(now, london(2026, 3, 31)).alerts == ()


@pytest.mark.clause("SD-34")
@pytest.mark.parametrize("how", [Resolution.SKIP, Resolution.DONE_BY_HAND])
def test_the_due_date_of_who_must_answer_is_never_skipped(how: Resolution) -> None:
    now = update_clocks(asked().model_copy(update={"effects": asked().effects[:-1]}), NOW)
    (effect,) = calculations(now)
    waits = raise_attention(now, NOW, "calendar_ends", "Calculate a due date", effect=effect)
    assert refused(waits, resolution("A1", how)).field == "resolution"


def test_facts_with_clocks_and_alerts_are_the_same_after_they_were_handed_over() -> None:
    now = let_time_pass(passed_on(CHILD, SIBLING), TOP)
    assert StepDownFacts.model_validate_json(now.model_dump_json()) == now


@pytest.mark.clause("SD-07")
def test_a_wait_that_ended_and_begins_again_gets_its_whole_time_anew() -> None:
    offered = facts_at(NOW, offer(conversation_at=london(2026, 3, 9, 10)), before=asked())
    child_c = (added_child("child-c"), family_record(CHILD, "child-c"))
    away = facts_at(london(2026, 3, 10, 10), *child_c, before=let_time_pass(offered, london(2026, 3, 10)))
    assert not the_clock(away, ClockKind.CONVERSATION_HELD).runs
    back = london(2026, 3, 25, 10)
    again = consent("child-c", step_id="consent-c")
    now = facts_at(back, again, before=let_time_pass(away, back))
    first, second = clocks(now, ClockKind.CONVERSATION_HELD)
    assert (first.state, second.since, second.runs) == (ClockState.NEEDLESS, back, True)
    assert not [alert for alert in let_time_pass(now, back).alerts if second.id in alert.clocks]


@pytest.mark.clause("SD-34")
def test_a_request_that_nobody_waited_on_for_weeks_is_not_overdue_at_once() -> None:
    stays = facts_at(NOW, decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), before=asked())
    later = london(2026, 3, 20, 10)
    child_c = (added_child("child-c"), family_record(CHILD, "child-c"))
    now = facts_at(later, *child_c, consent("child-c", step_id="consent-c"), before=stays)
    first, second = clocks(now, ClockKind.CONVERSATION)
    assert (first.state, second.since, second.state) == (ClockState.NEEDLESS, later, ClockState.ON_TRACK)


@pytest.mark.clause("SD-34")
def test_while_a_recalculation_cannot_be_calculated_the_due_date_before_it_holds() -> None:
    late = let_time_pass(asked(), london(2026, 3, 5, 17))
    ordered = record(late, recalculation(), london(2026, 3, 5, 18))
    assert (the_clock(ordered).state, status(ordered).response) == (ClockState.BREACHED, ResponseState.BREACHED)
    told = let_time_pass(update_clocks(ordered, london(2026, 3, 5, 18)), TOP)
    assert [alert.what for alert in told.alerts][-3:] == [RungKind.ESCALATION] * 3


@pytest.mark.clause("SD-34")
def test_an_overdue_clock_cannot_be_paused_while_it_is_calculated_again_nor_before_anybody_was_told() -> None:
    late = let_time_pass(asked(), london(2026, 3, 5, 17))
    ordered = record(late, recalculation(), london(2026, 3, 5, 18))
    moment = london(2026, 3, 5, 19)
    for before in (ordered, asked()):
        assert "overdue" in refused(before, pause(occurred_at=moment), moment).reason


@pytest.mark.clause("SD-34")
@pytest.mark.clause("SD-09a")
def test_a_sibling_whose_consent_is_withdrawn_changes_nothing_about_the_answer_that_is_owed() -> None:
    both = facts_at(NOW, *BEFORE_ASKING[:1], consent(CHILD, SIBLING), family_sharing(), before=facts(CHILD, SIBLING))
    late = let_time_pass(both, london(2026, 3, 6, 8))
    now = facts_at(london(2026, 3, 6, 8), withdrawal(SIBLING), before=late)
    (clock,) = clocks(now, ClockKind.CONVERSATION)
    assert (clock.state, clock.runs) == (ClockState.BREACHED, True)


@pytest.mark.clause("SD-34")
def test_a_correction_of_when_it_was_counts_and_one_that_moves_the_date_leaves_the_answer() -> None:
    given = facts_at(NOW, offer(), before=asked())
    later = london(2026, 3, 10, 12)
    moved = offer(step_id="moved", corrects="answer_request", conversation_at=london(2026, 3, 20, 10))
    moved = moved.model_copy(update={"occurred_at": later})
    assert the_clock(facts_at(later, moved, before=given)).state is ClockState.MET
    recorded_late = facts_at(later, offer(occurred_at=london(2026, 3, 5, 9)), before=let_time_pass(asked(), later))
    put_right = offer(step_id="right", corrects="answer_request", occurred_at=london(2026, 3, 9, 9))
    assert the_clock(recorded_late).state is ClockState.MET
    assert the_clock(facts_at(later, put_right, before=recorded_late)).state is ClockState.LATE


@pytest.mark.clause("SD-34")
def test_a_contact_who_was_never_asked_owes_nothing_and_the_conversation_is_ours_to_hold() -> None:
    now = facts_before(RecordContactConversation)
    results = [
        r.model_copy(update={"ended": Ended.SKIPPED}) if r.effect.kind is EffectKind.REQUEST_CONVERSATION else r
        for r in now.effects
    ]
    now = update_clocks(now.model_copy(update={"effects": tuple(results), "clocks": ()}), NOW)
    assert not clocks(now, ClockKind.CONVERSATION)
    assert the_clock(now, ClockKind.CONVERSATION_HELD).runs


@pytest.mark.clause("SD-29")
def test_a_step_that_is_called_like_a_number_gives_no_clock_the_time_of_another() -> None:
    late = let_time_pass(OWN_WAITS[ClockKind.LEAD_PRACTITIONER][0](), moment := london(2026, 4, 1, 10))
    now = facts_at(moment, management_conversation(step_id="1", occurred_at=moment), before=late)
    assert len({clock.id for clock in now.clocks}) == len(now.clocks)
    assert the_clock(now, ClockKind.LEAD_PRACTITIONER).state is ClockState.ON_TRACK


@pytest.mark.clause("SD-29")
@pytest.mark.parametrize("kind", [ClockKind.LEAD_PRACTITIONER, ClockKind.DECLINED, ClockKind.ALLOCATION])
def test_with_each_management_conversation_the_time_of_what_it_was_about_starts_again(kind: ClockKind) -> None:
    build = OWN_WAITS[kind][0] if kind in OWN_WAITS else ENDS[kind][0]
    late = let_time_pass(build(), moment := london(2026, 4, 1, 10))
    assert the_clock(late, kind).state is ClockState.BREACHED
    now = facts_at(moment, management_conversation(step_id="talk-2", occurred_at=moment), before=late)
    clock = the_clock(now, kind)
    assert (clock.state, clock.since) == (ClockState.ON_TRACK, moment)
    assert "record_management_conversation" not in [need.step for need in next_steps(now)]
    assert "record_management_conversation" in [n.step for n in next_steps(let_time_pass(now, london(2026, 5, 1)))]


@pytest.mark.clause("SD-35")
def test_one_late_answer_is_not_made_good_by_another_in_time() -> None:
    both = facts_at(NOW, *whole_path(CHILD, SIBLING)[:-2], before=facts(CHILD, SIBLING))
    in_time = acknowledgement(SIBLING, step_id="second", occurred_at=NOW)
    late = london(2026, 3, 10, 10)
    now = facts_at(NOW, in_time, seen(SIBLING), before=both)
    now = facts_at(late, acknowledgement(CHILD, occurred_at=late, accepted=False), before=let_time_pass(now, late))
    assert status(now).response is ResponseState.NONE


@pytest.mark.clause("SD-34")
def test_a_pause_that_ended_right_before_the_answer_moves_the_due_date_by_which_it_is_judged() -> None:
    moment = london(2026, 3, 10, 11)
    resumed = update_clocks(record(stopped(), resume(occurred_at=moment), moment), moment)
    answered = update_clocks(record(resumed, conversation(occurred_at=moment), moment), moment)
    again = "calculate_due_date/conversation/service-north/2"
    assert again in [effect.id for effect in calculations(answered)]


@pytest.mark.clause("SD-34")
def test_an_answer_from_before_the_transfer_began_is_refused_and_one_from_the_day_before_is_not() -> None:
    late = let_time_pass(asked(), london(2026, 3, 11))
    moment, opened = london(2026, 3, 11), late.opened_at
    said = refused(late, offer(occurred_at=london(2025, 3, 4, 10)), moment)
    assert said.field == "occurred_at"
    assert "the moment that was given lies before" in said.reason
    taken = record(late, offer(occurred_at=opened - timedelta(hours=23)), moment)
    assert the_clock(taken).state is ClockState.MET


@pytest.mark.clause("SU-01")
def test_what_may_have_happened_long_before_the_transfer_is_taken_and_harm_always() -> None:
    long_before = london(2025, 3, 4, 10)
    for step in (exploration(occurred_at=long_before), harm_report(occurred_at=long_before)):
        assert record(facts(), step).steps


@pytest.mark.clause("SD-34")
def test_the_team_manager_is_told_where_an_answer_that_was_overdue_is_recorded_as_given_in_time() -> None:
    moment = london(2026, 3, 9, 10)
    late = let_time_pass(asked(), moment)
    now = facts_at(moment, offer(occurred_at=london(2026, 3, 5, 9)), before=late)
    told = now.alerts[-1]
    assert (told.what, told.audiences, told.at, told.due) == (RungKind.LIFTED, (MANAGER,), moment, DUE)
    assert [alert.number for alert in now.alerts] == list(range(1, len(now.alerts) + 1))
    on_time = facts_at(moment, offer(occurred_at=moment), before=late)
    assert on_time.alerts == late.alerts, "it stays overdue: nothing is lifted"


@pytest.mark.clause("SD-34")
def test_the_team_manager_is_told_where_a_late_answer_is_corrected_to_one_in_time() -> None:
    moment = london(2026, 3, 9, 10)
    given = facts_at(moment, offer(occurred_at=moment), before=let_time_pass(asked(), moment))
    put_right = offer(step_id="right", corrects="answer_request", occurred_at=london(2026, 3, 5, 9))
    assert facts_at(moment, put_right, before=given).alerts[-1].what is RungKind.LIFTED


def test_an_answer_in_time_that_was_never_overdue_tells_nobody() -> None:
    assert not [alert for alert in facts_at(NOW, offer(), before=asked()).alerts if alert.what is RungKind.LIFTED]
