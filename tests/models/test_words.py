"""How stages, outcomes, steps and effects are said: everything that can be shown has its words."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from cli.project import ROOT
from models.attention import Resolution
from models.certificate import PauseReason
from models.clock_words import CLOCK_WORDS, RUNG_WORDS, ClockWords, alert_words, due_words, rung_words
from models.effects import Effect, Ended
from models.field_words import FIELD_WORDS
from models.help_request.start import HelpRequest
from models.help_request.steps.every import STEPS as OF_REQUESTS
from models.journey.clocks import ClockState
from models.journey.steps import CancelReason, SpokenTo, Step
from models.kinds import OF_HARM, Audience, ClockKind, EffectKind, RungKind
from models.plans import PlanOutcome
from models.services import ContactKind
from models.step_down.stage import Outcome, Stage
from models.step_down.start import StepDownRequest
from models.step_down.steps.consent import HolderAnswer
from models.step_down.steps.decision import Decision
from models.step_down.steps.every import STEPS
from models.step_down.steps.final_meeting import MeetingOutcome
from models.step_down.steps.first_contact import Became, Unseen
from models.step_up.stage import Outcome as ReferralOutcome
from models.step_up.stage import Stage as ReferralStage
from models.step_up.start import Referral, ReferrerKind
from models.step_up.steps.assessment import Assessed
from models.step_up.steps.contact import Adviser
from models.step_up.steps.every import STEPS as OF_REFERRALS
from models.ways import WAYS
from models.wrong_input import OF_FIELDS
from tests.builders import (
    CHILD,
    FOR_GOOD,
    SIBLING,
    USUAL_START,
    acknowledgement,
    added_child,
    advice,
    agreed_child,
    agreed_start,
    at_meeting,
    authorised,
    cancellation,
    cancelled_meeting,
    child_consent,
    conference,
    confirmation,
    consent,
    conversation,
    decided,
    decided_unseen,
    delivery,
    exploration,
    families_first,
    family_record,
    family_sharing,
    going_on_without,
    harm_outcome,
    harm_report,
    holder,
    interim_contact,
    letter,
    letters_alone,
    london,
    management_conversation,
    meeting,
    no_letter,
    not_agreed,
    not_appropriate,
    not_authorised,
    not_seen,
    not_us,
    offer,
    other_service,
    part_given,
    pause,
    practitioner,
    reassigned,
    recalculation,
    resolution,
    resume,
    scheduled,
    seen,
    sharing_basis,
    unseen,
    withdrawal,
)

NOT_WRITTEN = "letter-1: to mother, by e-mail, read as a00000000000\nletter-2: none to mother: told in person"
SAID: list[tuple[Step, str, str | None]] = [
    (family_record(), "Recorded the people of the family", None),
    (exploration(), "Recorded what was explored with family and network", None),
    (
        management_conversation(),
        "Recorded what team manager and Targeted Services Leader agreed",
        "the school is asked to lead",
    ),
    (families_first(), "Recorded whether Families First was told: told", "the practitioner"),
    (
        families_first(notified_by=None, not_done_because="the service has no access"),
        "Recorded whether Families First was told: not done",
        "the service has no access",
    ),
    (
        interim_contact(),
        (
            "Named the practitioner who takes over: contact-5, a contact until a practitioner is allocated, "
            "expected by 20 March 2026"
        ),
        "Pat Example, Hill School, pat@hill.example",
    ),
    (
        consent(),
        "Recorded the family's answer on consent: for service-north: child-a",
        (
            "child-a: mother agreed; the child was asked; may be shared: the assessment, the summary of advice\n"
            "Explained by social worker: at a visit"
        ),
    ),
    (
        consent(child_consent(CHILD), child_consent(SIBLING, stands=False), service_ref="service-south"),
        "Recorded the family's answer on consent: for service-south: child-a, child-b",
        (
            "child-a: mother agreed; the child was asked; may be shared: the assessment, the summary of advice\n"
            "child-b: mother objected; the child was asked; may be shared: nothing\n"
            "Explained by social worker: at a visit"
        ),
    ),
    (
        consent(child_consent(CHILD, holder(), holder(HolderAnswer.REFUSED, "father"), may_share=())),
        "Recorded the family's answer on consent: for service-north: child-a",
        (
            "child-a: mother agreed; father objected; the child was asked; may be shared: nothing\n"
            "Explained by social worker: at a visit"
        ),
    ),
    (sharing_basis(), "Recorded on what basis information is shared", None),
    (
        withdrawal(CHILD, SIBLING),
        "Recorded that consent no longer stands: child-a, child-b (withdrawn)",
        "By mother",
    ),
    (
        withdrawal(family_said="we manage alone"),
        "Recorded that consent no longer stands: child-a (withdrawn)",
        "By mother: we manage alone",
    ),
    (
        family_sharing(version=2),
        "Recorded that the family saw a document: assessment-1 version 2, agreed as the basis",
        None,
    ),
    (
        family_sharing(agreed_as_basis=False),
        "Recorded that the family saw a document: assessment-1 version 1, not agreed",
        None,
    ),
    (
        going_on_without(),
        "Recorded that the family saw a document: assessment-1 version 1, not agreed; support goes on without it",
        None,
    ),
    (
        offer(conversation_at=datetime(2026, 7, 9, 14, 0, tzinfo=UTC)),
        "Answered the request for the conversation: on Thursday 9 July 2026 15:00",
        None,
    ),
    (
        not_us(),
        "Answered the request for the conversation: not for this service",
        "the school nurse fits better",
    ),
    (
        conversation(agreed_child(CHILD), not_agreed(SIBLING)),
        "Recorded the conversation with the Early Help contact: appropriate; child-a agreed, child-b not agreed",
        None,
    ),
    (
        not_appropriate(),
        "Recorded the conversation with the Early Help contact: not appropriate",
        "another service fits",
    ),
    (
        scheduled(meeting_at=datetime(2026, 7, 9, 14, 0, tzinfo=UTC)),
        "Set the date of the final meeting: for Thursday 9 July 2026 15:00",
        "60 minutes. Place: Town hall, room 4",
    ),
    (cancelled_meeting(), "Set the date of the final meeting: cancelled", "the chair is ill"),
    (
        meeting(CHILD, at_meeting(SIBLING, MeetingOutcome.PLAN_CONTINUES)),
        (
            "Recorded what the final meeting said: child-a transfer agreed, child-b the plan goes on; "
            "the service was there"
        ),
        "child-b the plan goes on: the risk has not fallen enough",
    ),
    (
        meeting(service_attended=False),
        "Recorded what the final meeting said: child-a transfer agreed; the service was not there",
        None,
    ),
    (
        conference(at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.STEPS_DOWN_TO_CHILD_IN_NEED)),
        (
            "Recorded what the final meeting said: child-a transfer not agreed, Child Protection ends, Child in Need "
            "goes on; the service was there"
        ),
        "child-a transfer not agreed: the risk has not fallen enough",
    ),
    (
        confirmation(because="as the minutes say"),
        "Answered for what was said about the plan: confirmed",
        "as the minutes say",
    ),
    (
        practitioner(),
        "Named the practitioner who takes over: lp-4",
        "Pat Example, Hill School, pat@hill.example",
    ),
    (
        practitioner(uses_mosaic=False),
        "Named the practitioner who takes over: lp-4",
        "Pat Example, Hill School, pat@hill.example; does not use Mosaic",
    ),
    (advice(CHILD, SIBLING), "Recorded the summary of advice: child-a, child-b", None),
    (
        decided({CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}),
        "Recorded the decision for the children: child-a passes to Early Help, child-b stays with social work",
        "child-a: as talked over\nchild-b: as talked over",
    ),
    (
        authorised(),
        "Answered as team manager: authorised",
        None,
    ),
    (
        not_authorised("record_decisions", CHILD),
        "Answered as team manager: not authorised, for child-a",
        "the school still worries",
    ),
    (letters_alone(letter(), no_letter("letter-2")), "Approved the letters", NOT_WRITTEN),
    (acknowledgement(), "Answered for the Early Help service: child-a accepted", None),
    (
        acknowledgement(CHILD, SIBLING, accepted=False),
        (
            "Answered for the Early Help service: child-a declined, as the service has no place, child-b declined, as "
            "the service has no place"
        ),
        "child-a: no place; child-b: no place",
    ),
    (seen(), "Recorded the first contact with the children: child-a seen", "child-a: seen by Pat Example"),
    (
        unseen(CHILD, SIBLING, became=Became.WAITING),
        "Recorded the first contact with the children: child-a has to wait, child-b has to wait",
        "child-a: nobody was in\nchild-b: nobody was in",
    ),
    (agreed_start(), "Said when support begins: child-a on Monday 16 March 2026", None),
    (
        decided_unseen(
            not_seen(review_on=USUAL_START),
            not_seen(SIBLING, Unseen.REOPEN),
            not_seen("child-c", Unseen.DUTY_AND_ADVICE, **FOR_GOOD),
        ),
        (
            "Decided about children who were not seen: child-a: accepted that the child was not seen, looked at "
            "again on Monday 16 March 2026; child-b: social work takes the child back; child-c: went to Duty and "
            "Advice"
        ),
        (
            "child-a: as the service says\nchild-b: as the service says\nchild-c: as the service says the family does "
            "not want it Spoken to: the duty worker"
        ),
    ),
    (added_child(), "Added a child: child-c", "lives with the family now"),
    (other_service(), "Named another Early Help service: service-south", "nearer to the family"),
    (reassigned(), "Changed who is responsible in social work: sw-8", "sw-7 has left"),
    (
        reassigned(team_manager="tm-2", social_work_team="team-9"),
        "Changed who is responsible in social work: sw-8, tm-2, team-9",
        "sw-7 has left",
    ),
    (
        pause(),
        (
            "Paused the clock of an answer: response to the request for a conversation, "
            "because the family cannot be reached"
        ),
        "the family is with a relative",
    ),
    (
        pause(ClockKind.ACKNOWLEDGEMENT, reason=PauseReason.SAFETY),
        (
            "Paused the clock of an answer: response of the service for a child that was passed on, "
            "because it would not be safe"
        ),
        "the family is with a relative",
    ),
    (
        delivery(letter()),
        "Recorded what was posted or handed over: letter-1",
        "letter-1: by Jo Sample",
    ),
    (
        part_given(),
        "Recorded what was posted or handed over: assessment-1 for lp-5",
        "assessment-1 for lp-5: by Jo Sample",
    ),
    (resume(), "Resumed the clock of an answer: response to the request for a conversation", None),
    (recalculation(), "Had what is due calculated again", "a bank holiday was announced"),
    (cancellation(), "Cancelled the transfer: circumstances changed", "a relative helps"),
    (
        harm_report(CHILD, SIBLING),
        "Reported a risk of significant harm: not said who was spoken to",
        "child-a, child-b: new marks, and afraid",
    ),
    (
        harm_report(spoken_to=SpokenTo(who="the duty worker", at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC))),
        "Reported a risk of significant harm: Duty and Advice was spoken to on Monday 2 March 2026 09:30",
        "child-a: new marks, and afraid\nSpoken to: the duty worker",
    ),
    (
        harm_outcome(said_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        (
            "Recorded what the contact about a risk of significant harm came to: child-a advice, and no referral was "
            "accepted; by Duty and Advice on Monday 2 March 2026 09:30"
        ),
        "Said by: the duty worker",
    ),
    (resolution("A1"), "Dealt with an item that needed attention: A1, try again", None),
    (
        resolution("A2", Resolution.DONE_BY_HAND),
        "Dealt with an item that needed attention: A2, done by hand",
        "seen in the other system",
    ),
    (
        resolution("A3", Resolution.SKIP),
        "Dealt with an item that needed attention: A3, skipped",
        "seen in the other system",
    ),
]


@pytest.mark.parametrize(("step", "words", "note"), SAID, ids=[f"{n} {said[0].step}" for n, said in enumerate(SAID)])
def test_a_step_is_told_in_one_line_and_what_a_person_wrote_beside_it(step: Step, words: str, note: str | None) -> None:
    assert (step.words, step.own_words) == (words, note)


def test_every_step_is_told_here() -> None:
    assert {type(step) for step, _, _ in SAID} == set(STEPS)
    with_own_words = {kind for kind in STEPS if kind.own_words is not Step.own_words}
    assert with_own_words == {type(step) for step, _, note in SAID if note is not None}
    with_gist = {kind for kind in STEPS if kind.gist is not Step.gist}
    assert with_gist == {type(step) for step, words, _ in SAID if ": " in words}


FIELD_NAME = re.compile(r"\b[a-z]+_[a-z_]+\b")
SAYING = {"ValueError", "Rule", "Need", "TimeIsUp", "Doing", "Lock", "Refusal", "Correction", "Resolving", "Problem"}
"""What in the models is made with sentences for people."""


OF_OUR_FILES = {"calendar.py", "policy.py", "people.py"}
"""Those who run this system read of their files with the names that stand in them."""


def sentences() -> Iterator[tuple[Path, int, str]]:
    """Every sentence for people that stands in a rule, a validator or a problem, with its place."""
    for path in sorted((ROOT / "models").rglob("*.py")):
        calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
        for call in (call for call in calls if isinstance(call.func, ast.Name) and call.func.id in SAYING):
            said = (part for part in ast.walk(call) if isinstance(part, ast.Constant) and isinstance(part.value, str))
            for one in (one for one in said if " " in one.value):
                begins = OF_FIELDS.fullmatch(one.value) if call.func.id == "ValueError" else None
                yield path, one.lineno, begins["rule"] if begins else one.value


def test_no_sentence_for_people_has_a_name_of_a_field_in_it() -> None:
    found = [(path.name, line, words) for path, line, words in sentences() if path.name not in OF_OUR_FILES]
    assert len(found) > 200
    assert [one for one in found if FIELD_NAME.search(one[2])] == []


HALF = re.compile(r"(is|are|lies|lie|belongs|has|names|comes|holds|needs|was) ")


def test_what_is_said_after_the_fields_that_are_meant_is_a_sentence_by_itself() -> None:
    found = [(path.name, line, words) for path, line, words in sentences() if path.name not in OF_OUR_FILES]
    assert [one for one in found if HALF.match(one[2]) and one[0] != "vocabulary.py"] == []


EVERY_STEP_AND_START = (*STEPS, StepDownRequest, *OF_REQUESTS, HelpRequest, *OF_REFERRALS, Referral)


def test_every_field_of_a_step_and_of_a_start_has_words_and_every_word_has_its_field() -> None:
    fields = {(within, name) for kind in EVERY_STEP_AND_START for within, name in fields_of(kind, "")}
    assert {name for _, name in fields} - FIELD_WORDS.keys() == set()
    assert FIELD_WORDS.keys() - {name for _, name in fields} - {f"{within}.{name}" for within, name in fields} == set()


def fields_of(kind: Any, within: str) -> Iterator[tuple[str, str]]:
    """The fields of a model and of the models in it, each with the field in which it stands."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield within, name
            yield from fields_of(field.annotation, name)
    for part in get_args(kind):
        yield from fields_of(part, within)


SAYS_ITSELF: tuple[Any, ...] = (
    Stage,
    Outcome,
    Ended,
    Resolution,
    CancelReason,
    Decision,
    MeetingOutcome,
    ContactKind,
    PauseReason,
    Audience,
    ClockState,
    ReferralStage,
    ReferralOutcome,
    ReferrerKind,
    Assessed,
    Adviser,
)


def test_everything_that_can_be_shown_has_words() -> None:
    assert all(each.words for said in SAYS_ITSELF for each in said)
    assert all(kind.does for kind in (*STEPS, *OF_REQUESTS, *OF_REFERRALS))
    assert set(WAYS) == set(EffectKind)
    assert set(CLOCK_WORDS) == set(ClockKind)
    assert set(RUNG_WORDS) == set(RungKind)


OF_OTHERS = (
    ClockKind.MEETING_NEAR,
    ClockKind.FIRST_CONTACT,
    ClockKind.HELP_REQUEST,
    ClockKind.OFFERED_WAITING,
    ClockKind.CONTACT_OUTCOME,
    ClockKind.ASSESSMENT,
)
"""Clocks whose time is that of the procedure, or of statutory guidance, or was agreed."""


@pytest.mark.parametrize("words", CLOCK_WORDS.values(), ids=CLOCK_WORDS)
def test_a_clock_says_in_whole_sentences_what_has_not_come_who_acts_and_whose_time_it_is(words: ClockWords) -> None:
    for sentence in (words.silent, words.act, words.source):
        assert sentence.endswith(".")
        assert "_" not in sentence
    real_time = {CLOCK_WORDS[kind] for kind in OF_HARM}
    not_our_own = {CLOCK_WORDS[kind] for kind in OF_OTHERS} | real_time
    assert ("the guidance sets none" in words.source) is (words not in not_our_own)


@pytest.mark.clause("SD-34")
@pytest.mark.clause("SD-35")
def test_the_times_of_those_who_answer_are_told_as_our_own_rule_with_its_number() -> None:
    assert CLOCK_WORDS[ClockKind.CONVERSATION].source.endswith("(SD-34).")
    assert CLOCK_WORDS[ClockKind.ACKNOWLEDGEMENT].source.endswith("(SD-35).")


def test_what_is_due_and_the_next_rung_are_told_in_london_time() -> None:
    due, warned = london(2026, 4, 9, 17), london(2026, 4, 8, 17)
    assert due_words(ClockKind.CONVERSATION, due) == "response of the contact due Thursday 9 April 17:00"
    assert (
        due_words(ClockKind.ACKNOWLEDGEMENT, due.astimezone(UTC))
        == "response of the service due Thursday 9 April 17:00"
    )
    assert due_words(ClockKind.LETTERS, due) == "letters due Thursday 9 April 17:00"
    assert (
        rung_words(ClockKind.CONVERSATION, due, RungKind.BREACH, due)
        == "response of the contact due Thursday 9 April 17:00"
    )
    assert rung_words(ClockKind.CONVERSATION, due, RungKind.REMINDER, warned) == (
        "response of the contact due Thursday 9 April 17:00; reminder Wednesday 8 April 17:00"
    )
    assert due_words(ClockKind.SIGNIFICANT_HARM, due) == "risk of significant harm reported Thursday 9 April 17:00"
    not_taken = "report of significant harm that could not be taken, Thursday 9 April 17:00"
    assert due_words(ClockKind.HARM_NOT_TAKEN, due) == not_taken
    assert alert_words(ClockKind.CONSENT, RungKind.END, due) == "Time is up: consent due Thursday 9 April 17:00"


@pytest.mark.parametrize(
    "words",
    [
        *(each.words for said in SAYS_ITSELF for each in said),
        *(kind.does for kind in STEPS),
        *(way.words for way in WAYS.values()),
        *(words.name for words in CLOCK_WORDS.values()),
        *RUNG_WORDS.values(),
    ],
)
def test_words_are_plain_and_no_names_of_the_code(words: str) -> None:
    assert words
    assert "_" not in words
    assert not words.endswith(".")


def test_no_two_things_are_said_alike() -> None:
    for said in SAYS_ITSELF:
        assert len({each.words for each in said}) == len(said)
    assert len({kind.does for kind in STEPS}) == len(STEPS)
    assert len({way.words for way in WAYS.values()}) == len(WAYS)
    assert len(set(RUNG_WORDS.values())) == len(RUNG_WORDS)
    assert len({words.name for words in CLOCK_WORDS.values()}) == len(CLOCK_WORDS)


def test_decisions_and_reasons_are_said_as_people_say_them() -> None:
    assert [decision.words for decision in Decision] == [
        "passes to Early Help",
        "closes, universal services only",
        "closes, no further support",
        "stays with social work",
        "closes, moved away",
    ]
    assert [reason.words for reason in CancelReason] == [
        "opened in error",
        "circumstances changed",
        "supported elsewhere",
        "other",
    ]


@pytest.mark.clause("SD-06")
def test_the_right_contact_is_said_as_people_say_it() -> None:
    assert ContactKind.ALLOCATES.words == "a lead or manager who allocates the work of the service"
    assert ContactKind.PRACTITIONER.words == "a practitioner of the service, who picks up their own cases"


@pytest.mark.parametrize(
    ("kind", "about", "words"),
    [
        (
            EffectKind.SHARE_DOCUMENT,
            {"document": "assessment-1", "version": 2, "service": "service-north"},
            "Share a document with the service in Mosaic: assessment-1 version 2, with service-north",
        ),
        (
            EffectKind.REQUEST_CONVERSATION,
            {"service": "service-north"},
            "Ask the contact for the conversation by e-mail: service-north",
        ),
        (
            EffectKind.REQUEST_CONVERSATION,
            {"service": "service-north", "time": 2},
            "Ask the contact for the conversation by e-mail: service-north, again",
        ),
        (
            EffectKind.INVITE_TO_MEETING,
            {"service": "service-north", "step": "date-1", "time": 2},
            "Invite the service to the final meeting: service-north",
        ),
        (
            EffectKind.CANCEL_INVITATION,
            {"service": "service-north", "step": "date-1"},
            "Cancel the invitation to the final meeting: service-north",
        ),
        (
            EffectKind.ENTER_MEETING,
            {"service": "service-north", "step": "date-1"},
            "Send the final meeting to whoever organises it, for their calendar: with service-north",
        ),
        (
            EffectKind.REMOVE_MEETING,
            {"service": "service-north", "step": "date-1"},
            "Take the final meeting out of the calendar of whoever organises it: with service-north",
        ),
        (
            EffectKind.SEND_MEETING_OUTCOME,
            {"service": "service-north", "step": "meeting-1"},
            "Send the service what the final meeting said: service-north",
        ),
        (
            EffectKind.TELL_SERVICE,
            {"service": "service-north", "step": "w-1"},
            "Tell the service that something changed: service-north",
        ),
        (
            EffectKind.TELL_PRACTITIONER,
            {"practitioner": "lp-4", "step": "w-1"},
            "Tell the practitioner that something changed: lp-4",
        ),
        (
            EffectKind.LOOK_UP_SERVICE,
            {"service": "service-south", "step": "c-1"},
            "Look the service up in the directory: service-south",
        ),
        (EffectKind.CLOSE_CHILD, {"child": "child-a"}, "Close a child's case in Mosaic: child-a"),
        (
            EffectKind.CALCULATE_DUE_DATE,
            {"clock": "conversation/service-north", "wait": ClockKind.CONVERSATION, "number": 1},
            "Calculate a due date: response to the request for a conversation",
        ),
        (
            EffectKind.CALCULATE_DUE_DATE,
            {"clock": "conversation/service-north/2", "wait": ClockKind.CONVERSATION, "number": 1},
            "Calculate a due date: response to the request for a conversation",
        ),
        (
            EffectKind.CALCULATE_DUE_DATE,
            {"clock": "consent/1", "wait": ClockKind.CONSENT, "number": 2},
            "Calculate a due date: consent",
        ),
        (
            EffectKind.MAIL_ALERT,
            {"number": 3, "audience": Audience.EARLY_HELP_CONTACT},
            "Send alert by e-mail: 3, to the Early Help contact",
        ),
        (
            EffectKind.POST_ALERT,
            {"number": 3, "channel": "early-help-room"},
            "Send alert over a channel: 3, to early-help-room",
        ),
    ],
)
def test_an_effect_is_told_with_what_it_is_about(kind: EffectKind, about: dict[str, Any], words: str) -> None:
    assert Effect(kind=kind, **about).words == words
