"""What one journey opens out of another, and what they tell each other (SU-01, SU-04, SD-39)."""

import re
from datetime import timedelta
from typing import Any

import pytest

from models.effects import Effect
from models.help_request.facts import HelpFacts
from models.help_request.journey import HELP_REQUEST
from models.help_request.stage import Outcome
from models.journey import missing
from models.journey.beginning import begun
from models.journey.harm_outcome import AssessmentEnd, HarmContact, HarmOutcome, RecordHarmOutcome
from models.journey.linked import id_of, opened, step_id_of
from models.journey.reports import FROM_ANOTHER
from models.journey.start import Linked
from models.journey.steps import ReportSignificantHarm
from models.kinds import EffectKind, JourneyKind
from models.links.outcome import told_back
from models.links.referral import out_of_request, referral
from models.links.request import out_of_referral
from models.links.step_down import start_out_of
from models.links.words import who_was_spoken_to
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.start import StepDownRequest
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_up.facts import StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.start import ReferrerKind
from models.step_up.steps.assessment import Assessed
from models.vocabulary import REF_PATTERN, Role
from tests import builders, help_requests, step_ups
from tests.builders import CHILD, SIBLING, THEN

HUB, SPOKEN = help_requests.HUB, {"who": "Ms Green", "at": THEN}
REPORT = "report_significant_harm"
ORIGIN = {"kind": JourneyKind.HELP_REQUEST, "id": "request-1", "step": REPORT, "opened_for": REPORT}
FROM_STEP_DOWN = {**ORIGIN, "kind": JourneyKind.STEP_DOWN, "id": "transfer-1"}


def of_kind(now: Any, kind: EffectKind) -> list[Effect]:
    journey: Any = {HelpFacts: HELP_REQUEST, StepDownFacts: STEP_DOWN, StepUpFacts: STEP_UP}[type(now)]
    return [effect for effect in missing.wanted(journey, now) if effect.kind is kind]


def opens(now: Any) -> list[Effect]:
    return of_kind(now, EffectKind.OPEN_JOURNEY)


def tells(now: Any) -> list[Effect]:
    return of_kind(now, EffectKind.TELL_JOURNEY)


def refs(start: Any) -> tuple[str, ...]:
    return tuple(child.ref for child in start.children)


def reported(*steps: Any, **said: Any) -> HelpFacts:
    return help_requests.whole(help_requests.harm(actor=HUB, **said), *steps)


def referred(*steps: Any, out_of: dict[str, Any] | None = None, **said: Any) -> StepUpFacts:
    origin = Linked.model_validate(out_of or ORIGIN)
    effect = Effect(kind=EffectKind.OPEN_JOURNEY, journey=JourneyKind.STEP_UP, step=origin.opened_for)
    return step_ups.facts(*steps, id=id_of(origin.id, effect), significant_harm=True, out_of=origin, **said)


@pytest.mark.clause("SU-01")
def test_harm_that_is_reported_in_a_request_opens_a_referral_with_what_was_said_and_who_must_not_be_known() -> None:
    now = reported()
    (effect,) = opens(now)
    start = out_of_request(now, effect)
    assert (start.out_of, start.concern) == (
        Linked(kind=JourneyKind.HELP_REQUEST, id="request-1", step=effect.step, opened_for=effect.step),
        "New marks.",
    )
    assert (refs(start), start.received_at, start.service_ref) == ((CHILD,), THEN, "service-north")
    assert (start.significant_harm, start.spoken_to, start.restricted) == (True, None, False)
    assert (start.referrer.who, start.referrer.kind) == (HUB.words, ReferrerKind.EARLY_HELP)
    assert not start.referrer.may_be_named


@pytest.mark.clause("SU-01")
def test_harm_in_the_request_itself_is_that_of_whoever_asks_and_their_own_word_of_a_call_does_not_count() -> None:
    asks = {"who": "The aunt", "kind": "family", "reached": "Not at the house"}
    seen = {"children": ({"ref": CHILD},), "concern": "He is hit.", "spoken_to": SPOKEN}
    now = help_requests.facts(referrer=asks, harm=seen, restricted=True)
    start = out_of_request(now, opens(now)[0])
    assert (start.referrer.who, start.referrer.kind, start.referrer.reached) == (
        "The aunt",
        ReferrerKind.FAMILY,
        "Not at the house",
    )
    assert (start.spoken_to, start.restricted, start.privacy) == (None, True, "restricted")


@pytest.mark.clause("SU-01")
def test_children_whom_social_work_has_are_not_referred_and_who_is_not_known_is() -> None:
    both = {"children": ({"ref": CHILD}, {"ref": "a-child-nobody-knows"})}
    now = help_requests.whole(
        help_requests.situations({CHILD: "open_to_social_work"}), help_requests.harm(actor=HUB, **both)
    )
    start = out_of_request(now, opens(now)[0])
    assert refs(start) == ("a-child-nobody-knows",)
    assert start.model_dump()["out_of"]["step"] is None, "a word on some is none on the whole report"
    alone = help_requests.whole(help_requests.situations({CHILD: "looked_after"}), help_requests.harm(actor=HUB))
    assert opens(alone) == []


@pytest.mark.clause("SU-01")
@pytest.mark.clause("ER-15")
@pytest.mark.parametrize("named", [(CHILD, SIBLING), (CHILD,)])
def test_a_child_whom_social_work_does_not_have_after_all_is_referred_then(named: tuple[str, ...]) -> None:
    whom = {"children": tuple({"ref": ref} for ref in named)}
    had = help_requests.situations({CHILD: "open_to_social_work"})
    before = help_requests.whole(had, help_requests.harm(actor=HUB, **whom))
    now = help_requests.record(before, help_requests.situations({CHILD: "none"}, step_id="none-after-all"))
    (new,) = (effect for effect in opens(now) if effect not in opens(before))
    start = out_of_request(now, new)
    assert (refs(start), start.concern, start.spoken_to) == ((CHILD,), "New marks.", None)
    whole_report = "report_significant_harm" if named == (CHILD,) else None
    assert start.out_of is not None
    assert (start.out_of.id, start.out_of.step, start.out_of.opened_for) == ("request-1", whole_report, new.step)
    again = help_requests.record(now, help_requests.situations({CHILD: "none"}, step_id="said-again"))
    assert opens(again) == opens(now)


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize(("before", "since"), [("open_to_social_work", "none"), ("none", "open_to_social_work")])
def test_a_referral_is_told_of_its_own_children_whoever_is_said_since_to_answer_for_them(
    before: str, since: str
) -> None:
    both = {"children": ({"ref": CHILD}, {"ref": SIBLING})}
    now = help_requests.whole(help_requests.situations({CHILD: before}), help_requests.harm(actor=HUB, **both))
    children = refs(out_of_request(now, opens(now)[0]))
    said = help_requests.harm(actor=HUB, step_id="said", corrects="report_significant_harm", spoken_to=SPOKEN, **both)
    now = help_requests.record(help_requests.record(now, help_requests.situations({CHILD: since}, step_id="s-2")), said)
    assert who_was_spoken_to(now, tells(now)[0], now.to_refer).children_named() == children


@pytest.mark.clause("SU-01")
def test_a_correction_or_a_repetition_opens_nothing_more_unless_it_names_another_child() -> None:
    again = help_requests.harm(actor=HUB, step_id="again")
    said = help_requests.harm(actor=HUB, step_id="said", corrects="report_significant_harm", spoken_to=SPOKEN)
    more = {"children": ({"ref": CHILD}, {"ref": SIBLING})}
    added = help_requests.harm(actor=HUB, step_id="added", corrects="said", **more)
    assert len(opens(reported(again))) == len(opens(reported(said))) == 1
    now = reported(said, added)
    first, second = opens(now)
    assert refs(out_of_request(now, second)) == (SIBLING,)
    assert id_of("request-1", first) != id_of("request-1", second)


@pytest.mark.clause("SU-01")
def test_a_redirection_in_which_harm_is_read_opens_a_referral_with_who_was_spoken_to() -> None:
    now = help_requests.whole(help_requests.redirected(spoken_to=SPOKEN))
    start = out_of_request(now, opens(now)[0])
    assert (start.spoken_to and start.spoken_to.who, start.concern) == ("Ms Green", "Talked over with the family.")
    assert tells(now) == [], "it knows from its start who was spoken to"


@pytest.mark.clause("SU-01")
def test_a_request_does_not_end_before_its_referral_is_open() -> None:
    now = help_requests.whole(
        help_requests.redirected(spoken_to=SPOKEN), help_requests.told(said_safe_by="The duty worker")
    )
    assert help_requests.status(now).outcome == Outcome.REDIRECTED
    waits = now.having(effects=tuple(one for one in now.effects if one.effect.kind is not EffectKind.OPEN_JOURNEY))
    assert help_requests.status(waits).outcome is None


@pytest.mark.clause("SU-01")
def test_who_was_spoken_to_is_told_to_what_was_opened_and_stops_its_alarms() -> None:
    said = help_requests.harm(actor=HUB, step_id="said", corrects="report_significant_harm", spoken_to=SPOKEN)
    now = reported(said)
    (told,) = tells(now)
    assert (told.step, told.to) == ("said", opened(now)[0].id)
    step = who_was_spoken_to(now, told, now.to_refer)
    assert (step.actor, step.spoken_to.who, step.children_named()) == (HUB, "Ms Green", (CHILD,))
    before = reported()
    start = out_of_request(before, opens(before)[0])
    referral_ = step_ups.facts(**start.model_dump(exclude={"kind"}))
    assert referral_.nobody_spoken_to
    assert not step_ups.record(referral_, step).nobody_spoken_to


@pytest.mark.clause("SU-01")
def test_a_referral_that_was_opened_late_takes_the_word_that_was_given_before_it_began() -> None:
    said = help_requests.harm(actor=HUB, step_id="said", corrects="report_significant_harm", spoken_to=SPOKEN)
    before, now = reported(), reported(said)
    start = out_of_request(before, opens(before)[0])
    late = builders.NOW + timedelta(days=30)
    opened_late = begun(STEP_UP, StepUpFacts(request=start, opened_at=late)).having(opening=builders.opening(people=()))
    told = who_was_spoken_to(now, tells(now)[0], now.to_refer)
    assert opened_late.nobody_spoken_to
    assert not step_ups.record(opened_late, told, late).nobody_spoken_to
    by_hand = told.model_copy(update={"step_id": "by-hand"})
    assert step_ups.refused(opened_late, by_hand, late).field == "occurred_at", "a slip of the year is still one"


@pytest.mark.clause("SU-01")
def test_one_call_that_is_written_down_twice_is_told_to_no_referral_of_children_whom_it_did_not_name_then() -> None:
    had = help_requests.situations({CHILD: "open_to_social_work"})
    first = help_requests.harm(actor=HUB, spoken_to=SPOKEN)
    both = {"children": ({"ref": CHILD}, {"ref": SIBLING})}
    now = help_requests.whole(had, first, help_requests.redirected(spoken_to=SPOKEN, **both))
    (effect,) = opens(now)
    start = out_of_request(now, effect)
    assert (refs(start), start.spoken_to and start.spoken_to.who) == ((SIBLING,), "Ms Green")
    assert tells(now) == [], "it knows that from its start"


@pytest.mark.clause("SU-01")
def test_who_was_spoken_to_in_the_referral_first_is_told_to_the_request_and_stops_its_alarms() -> None:
    start = out_of_request(reported(), opens(reported())[0])
    there = step_ups.facts(step_ups.contact(CHILD), **start.model_dump())
    (told,) = tells(there)
    step = told_back(there, told)
    assert isinstance(step, ReportSignificantHarm)
    assert (told.to, step.corrects) == ("request-1", "report_significant_harm")
    corrected = help_requests.harm(actor=HUB, step_id="more", corrects="report_significant_harm", concern="And bites.")
    for before in (reported(), reported(corrected)):
        after = help_requests.record(before, step)
        assert not after.nobody_spoken_to, "also where it was corrected in the meantime"
        assert (len(opens(after)), tells(after)) == (1, []), "what came from there opens nothing, and is not told back"


@pytest.mark.clause("SU-01")
def test_what_was_told_by_the_request_is_not_told_back() -> None:
    told = step_ups.contact(CHILD, step_id=f"{FROM_ANOTHER}1")
    assert tells(referred(told, children=({"ref": CHILD},))) == []
    assert tells(referred(children=({"ref": CHILD},), spoken_to=SPOKEN)) == []


@pytest.mark.clause("SU-04")
def test_early_help_level_opens_a_request_from_duty_and_advice_for_the_children_of_whom_it_is_said() -> None:
    now = step_ups.facts(step_ups.decided({CHILD: step_ups.EARLY_HELP, SIBLING: step_ups.ADVICE}), **step_ups.SAID)
    (effect,) = opens(now)
    start = out_of_referral(now, effect)
    assert (refs(start), start.lead_child, start.service_ref) == ((CHILD,), CHILD, "service-north")
    assert "The plan does not help" in start.asks_for
    assert "Ms Brook" not in start.model_dump_json(), "who was worried is protected"
    request = help_requests.facts(**start.model_dump())
    assert request.from_duty_and_advice
    assert not {"ER-01", "ER-02", "ER-04"} & {*help_requests.asks(request)}


def passed_on(because: str | None = None, **said: Any) -> str:
    """What Early Help reads of children whom Duty and Advice pass on."""
    outcome = step_ups.decided(dict.fromkeys(step_ups.EVERYONE, step_ups.EARLY_HELP), because=because)
    now = step_ups.facts(outcome, **{"spoken_to": SPOKEN, **said})
    return out_of_referral(now, opens(now)[0]).asks_for


@pytest.mark.clause("SU-01a")
@pytest.mark.clause("SU-04")
@pytest.mark.parametrize(
    ("parents", "words"),
    [
        ({"parents": step_ups.NOT_ASKED}, "THE PARENTS MUST NOT BE TOLD"),
        ({"parents": step_ups.AGREED}, "The parents may be told of the worry. The mother: agreed."),
        ({}, "Nobody has said yet whether the parents may be told"),
    ],
)
def test_early_help_reads_before_they_speak_with_the_family_whether_the_parents_may_be_told(
    parents: dict[str, Any], words: str
) -> None:
    assert words in passed_on(**parents)


@pytest.mark.clause("SU-01a")
@pytest.mark.parametrize(
    "told",
    ["It is Ann Brook of number 12.", "Mrs Brook hears shouting.", "ANN BROOK, next door.", "Seen from Elm House."],
)
def test_words_that_name_whom_the_family_must_not_know_do_not_reach_early_help(told: str) -> None:
    neighbour = step_ups.referrer(ReferrerKind.PUBLIC, who="Ann Brook", organisation="Elm House")
    read = (passed_on(concern=told, referrer=neighbour), passed_on(because=told, referrer=neighbour))
    for said in read:
        assert told not in said
        assert "is not repeated here: ask Duty and Advice" in said
        assert "The family must not learn who was worried" in said
    assert "The plan does not help" in read[1], "what names nobody is told"
    assert told in passed_on(concern=told, referrer={**neighbour, "may_be_named": True})


@pytest.mark.clause("SU-04")
def test_the_words_of_a_role_name_nobody() -> None:
    concern = "Early Help has tried, and nothing changed."
    assert concern in passed_on(concern=concern, referrer=step_ups.referrer(who=HUB.words))


@pytest.mark.clause("SU-04")
@pytest.mark.clause("ER-15")
@pytest.mark.parametrize(("holder", "routed"), [("request-1", False), ("another-request", True)])
def test_what_duty_and_advice_pass_on_is_not_sent_back_to_the_request_that_asked_them(
    holder: str, routed: bool
) -> None:
    start = out_of_request(reported(), opens(reported())[0])
    there = step_ups.facts(step_ups.decided({CHILD: step_ups.EARLY_HELP}), **start.model_dump())
    request = out_of_referral(there, opens(there)[0])
    assert request.line == ("request-1", start.id, request.id)
    held = ({"child": CHILD, "holder": holder, "kind": "help-request"},)
    reach = help_requests.WHOLE["reach"]
    now = help_requests.facts(**{**request.model_dump(), "reach": reach}, opened={"elsewhere": held})
    assert now.to_be_routed is routed
    answered = (help_requests.matrix(), help_requests.read(), help_requests.response())
    for step in answered[:2]:
        now = help_requests.record(now, step)
    assert bool(help_requests.refusal(now, answered[2], builders.NOW)) is routed


def test_however_many_journeys_came_before_another_one_opens() -> None:
    many = Linked(kind=JourneyKind.STEP_UP, id="newest", earlier=tuple(f"j-{place}" for place in range(40)))
    now = help_requests.whole(help_requests.harm(actor=HUB), out_of=many)
    assert out_of_request(now, opens(now)[0]).line[-3:-1] == ("newest", "request-1")


@pytest.mark.clause("SU-04")
def test_a_word_that_was_corrected_and_comes_again_opens_a_request_again() -> None:
    early_help, advice = ({CHILD: one} for one in (step_ups.EARLY_HELP, step_ups.ADVICE))
    first, put_right = step_ups.decided(early_help), {"step_id": "right", "corrects": "record_contact_outcome"}
    after_all = step_ups.decided(early_help, step_id="after-all", corrects="right")
    now = step_ups.facts(first, step_ups.decided(advice, **put_right), after_all, **step_ups.SAID)
    assert [effect.step for effect in opens(now)] == ["record_contact_outcome", "after-all"]


@pytest.mark.clause("SU-04")
@pytest.mark.parametrize(
    "step",
    [
        step_ups.decided({CHILD: step_ups.ASSESSMENT}, step_id="anew", corrects="record_contact_outcome"),
        step_ups.harm(CHILD),
        step_ups.strategy(CHILD),
        step_ups.contact(CHILD, parents=step_ups.NOT_ASKED),
    ],
    ids=lambda step: step.step,
)
def test_whoever_records_what_early_help_cannot_know_of_a_child_passed_on_reads_whom_to_tell(step: Any) -> None:
    passed = step_ups.facts(step_ups.decided({CHILD: step_ups.EARLY_HELP, SIBLING: step_ups.ADVICE}), **step_ups.SAID)
    note = step_ups.record(passed, step).receipts[-1].note or ""
    assert f"tell whoever answers the request {opened(passed)[0].id}" in note
    for other in (step_ups.household(), step_ups.contact(CHILD), step_ups.strategy(SIBLING)):
        assert "were passed on" not in (step_ups.record(passed, other).receipts[-1].note or "")


@pytest.mark.clause("SU-04")
def test_the_same_word_again_opens_nothing_more_unless_harm_was_reported_since() -> None:
    early_help = {CHILD: step_ups.EARLY_HELP, SIBLING: step_ups.EARLY_HELP}
    first = step_ups.decided(early_help)
    again = step_ups.decided(early_help, step_id="again", corrects="record_contact_outcome")
    assert len(opens(step_ups.facts(first, again, **step_ups.SAID))) == 1
    harm = step_ups.harm(CHILD, actor=HUB)
    anew = step_ups.facts(first, harm, step_ups.decided({CHILD: step_ups.EARLY_HELP}, step_id="anew"), **step_ups.SAID)
    assert [effect.step for effect in opens(anew)] == ["record_contact_outcome", "anew"]
    assert refs(out_of_referral(anew, opens(anew)[1])) == (CHILD,)


@pytest.mark.clause("SD-39")
def test_harm_opens_a_referral_out_of_a_step_down_for_the_children_whose_cases_it_has_closed() -> None:
    assert opens(builders.record(builders.facts(), builders.harm_report())) == [], "social work has the child"
    closed = builders.record(builders.facts_before(AcknowledgeTransfer), builders.harm_report())
    start = referral(closed, opens(closed)[0], closed.to_refer)
    assert (start.out_of and start.out_of.kind, refs(start)) == (JourneyKind.STEP_DOWN, (CHILD,))
    assert start.referrer.kind is ReferrerKind.PROFESSIONAL


@pytest.mark.clause("SD-39")
def test_the_report_that_says_who_was_spoken_to_about_a_declined_child_opens_no_second_referral() -> None:
    declines = builders.declined_for_harm(CHILD)
    said = builders.harm_report(spoken_to=SPOKEN, step_id="said")
    now = builders.facts_after(declines, said, before=builders.facts_before(AcknowledgeTransfer))
    assert [effect.step for effect in opens(now)] == [declines.step_id]
    assert [effect.step for effect in tells(now)] == ["said"]
    another = builders.facts_after(
        builders.harm_report(step_id="another", spoken_to=SPOKEN, concern="A new burn."), before=now
    )
    assert len(opens(another)) == 2, "what comes after that is new"


@pytest.mark.clause("SD-39")
def test_a_child_closed_after_its_stop_was_lifted_is_not_referred_for_what_came_to_nothing() -> None:
    ready = builders.facts_before(RecordDecisions)
    lifted = builders.facts_after(
        builders.harm_report(),
        builders.harm_outcome(),
        builders.authorised("record_harm_outcome", step_id="lift"),
        before=ready,
    )
    closed = builders.facts_after(builders.decided({CHILD: Decision.TRANSFER}), before=lifted)
    assert closed.child(CHILD).is_closed
    assert opens(closed) == []


@pytest.mark.clause("SD-39")
@pytest.mark.clause("SU-01")
@pytest.mark.parametrize("claims", [{"opened_for": None, "step": None}, {}], ids=["by hand", "copied"])
def test_a_referral_that_a_person_starts_out_of_another_journey_tells_that_one_nothing_and_proves_no_call(
    claims: dict[str, Any],
) -> None:
    neighbour = {"who": "A neighbour", "kind": "public", "reached": "Not at all"}
    said = {"out_of": {**FROM_STEP_DOWN, **claims}, "spoken_to": SPOKEN, "referrer": neighbour}
    typed = step_ups.facts(significant_harm=True, **said)
    assert typed.nobody_spoken_to, "what somebody outside says of a call is no word on it"
    decided = step_ups.decided({CHILD: step_ups.ASSESSMENT, SIBLING: step_ups.ASSESSMENT})
    assert tells(step_ups.record(step_ups.record(typed, step_ups.contact(CHILD, SIBLING)), decided)) == []


@pytest.mark.clause("SD-39")
def test_a_step_down_is_told_what_the_contact_came_to_and_how_an_assessment_ended() -> None:
    steps = (
        step_ups.decided({CHILD: (step_ups.ASSESSMENT, step_ups.EMERGENCY)}),
        step_ups.assessed({CHILD: Assessed.NO_SOCIAL_WORK}, actor=step_ups.MANAGER),
    )
    now = referred(step_ups.contact(CHILD), *steps, children=({"ref": CHILD},), out_of=FROM_STEP_DOWN)
    outcome, ended, call = (told_back(now, effect) for effect in tells(now))
    assert isinstance(outcome, RecordHarmOutcome)
    assert isinstance(ended, RecordHarmOutcome)
    assert [one.model_dump(exclude_none=True) for one in outcome.children] == [
        {"ref": CHILD, "outcomes": (HarmOutcome.SINGLE_ASSESSMENT, HarmOutcome.EMERGENCY_RESPONSE)}
    ]
    assert (outcome.actor, outcome.said_by) == (step_ups.DUTY, "Ms Green")
    assert ended.children[0].assessment_ended is AssessmentEnd.NO_SOCIAL_WORK
    assert ended.actor.role is Role.SOCIAL_WORKER, "another team's manager lifts no stop"
    assert isinstance(call, ReportSignificantHarm)


@pytest.mark.clause("SD-39")
def test_what_a_step_down_is_told_lifts_no_stop_by_itself() -> None:
    closed = builders.record(builders.facts_before(AcknowledgeTransfer), builders.harm_report())
    said = step_ups.decided({CHILD: step_ups.ADVICE}, actor=step_ups.MANAGER)
    start = referral(closed, opens(closed)[0], closed.to_refer)
    now = step_ups.facts(said, **start.model_dump())
    told = builders.facts_after(told_back(now, tells(now)[0]), before=closed)
    assert told.harm_stands
    assert not told.nobody_spoken_to


@pytest.mark.clause("SD-39")
def test_a_step_down_takes_what_the_new_worker_of_a_closed_child_says_as_of_duty_and_advice() -> None:
    closed = builders.record(builders.facts_before(AcknowledgeTransfer), builders.harm_report())
    start = referral(closed, opens(closed)[0], closed.to_refer)
    said = step_ups.decided({CHILD: step_ups.ASSESSMENT}, heard_from=HarmContact.ALLOCATED_WORKER)
    now = step_ups.facts(said, **start.model_dump())
    told = told_back(now, tells(now)[0])
    assert isinstance(told, RecordHarmOutcome)
    assert (told.heard_from, told.said_by) == (HarmContact.DUTY_AND_ADVICE, "Ms Green")
    assert not builders.facts_after(told, before=closed).nobody_spoken_to


@pytest.mark.clause("SU-07")
def test_where_needs_remain_without_social_work_a_step_down_is_offered_and_nothing_opens_by_itself() -> None:
    said = step_ups.assessed({CHILD: Assessed.NO_SOCIAL_WORK, SIBLING: Assessed.CHILD_IN_NEED})
    needy = said.children[0].model_copy(update={"needs_remain": True})
    assessed = said.model_copy(update={"children": (needy, said.children[1])})
    now = step_ups.facts(
        step_ups.decided(dict.fromkeys(step_ups.EVERYONE, step_ups.ASSESSMENT)), assessed, **step_ups.SAID
    )
    assert opens(now) == []
    assert "transfers start --out-of referral-1" in (now.receipts[-1].note or "")
    offered = start_out_of(now)
    assert offered is not None
    content = offered.content
    assert (content["journey"], content["children"], content["out_of"]) == (
        "step-down",
        [{"ref": CHILD}],
        {"kind": "step-up", "id": "referral-1"},
    )
    by_hand = {
        **{name: value for name, value in content.items() if name != "journey"},
        "id": "transfer-9",
        **{name: f"{name}-1" for name in ("social_work_team", "social_worker", "team_manager")},
        "documents": [{**content["documents"][0], "ref": "assessment-1"}],
        "criteria": dict.fromkeys(content["criteria"], True),
    }
    assert StepDownRequest.model_validate(by_hand).out_of == Linked(kind=JourneyKind.STEP_UP, id="referral-1")


@pytest.mark.clause("SU-07")
def test_where_nothing_remains_no_step_down_is_offered() -> None:
    assert start_out_of(step_ups.facts()) is None


def under_way(now: Any, kind: EffectKind, words: str) -> bool:
    """Whether it is said while it is under way, and keeps the journey from its end."""
    waits = now.having(effects=tuple(one for one in now.effects if one.effect.kind is not kind))
    journey: Any = {HelpFacts: HELP_REQUEST, StepUpFacts: STEP_UP}[type(now)]
    return words in [need.ask for need in missing.next_steps(journey, waits)]


@pytest.mark.clause("SU-01")
@pytest.mark.clause("SU-04")
@pytest.mark.clause("SD-39")
def test_what_is_being_opened_or_told_is_said_while_it_is() -> None:
    said = help_requests.harm(actor=HUB, step_id="said", corrects="report_significant_harm", spoken_to=SPOKEN)
    request = reported(said, help_requests.redirected(), help_requests.told(said_safe_by="Ms Green"))
    opens_, tells_ = EffectKind.OPEN_JOURNEY, EffectKind.TELL_JOURNEY
    assert under_way(request, opens_, "A referral to Children's Social Work is being opened.")
    assert under_way(request, tells_, "The referral is being told who was spoken to.")
    had = help_requests.situations({CHILD: "open_to_social_work"})
    has_not = help_requests.situations({CHILD: "none"}, step_id="none-after-all")
    answers = (help_requests.redirected(), help_requests.told(said_safe_by="Ms Green"))
    free = help_requests.whole(had, help_requests.harm(actor=HUB, spoken_to=SPOKEN), has_not, *answers)
    assert under_way(free, opens_, "A referral is being opened for a child whom social work does not have after all.")
    decided = step_ups.decided({CHILD: step_ups.EARLY_HELP})
    parents: dict[str, Any] = {"children": ({"ref": CHILD},), "parents": step_ups.NOT_ASKED}
    now = referred(step_ups.contact(CHILD), decided, step_ups.told(), **parents)
    assert under_way(now, opens_, "A request for Early Help is being opened for the children who need Early Help.")
    assert under_way(now, tells_, "The journey out of which the referral was opened is being told.")


def test_an_id_that_follows_fits_is_the_same_again_and_nobody_elses() -> None:
    long = "r" * 80
    effects = [Effect(kind=EffectKind.OPEN_JOURNEY, journey=kind, step=long) for kind in JourneyKind]
    ids = [id_of(owner, effect) for owner in (long, "r") for effect in effects]
    steps = [step_id_of(long, effect) for effect in effects]
    assert len({*ids, *steps}) == len(ids) + len(steps)
    assert all(re.match(REF_PATTERN, one) for one in (*ids, *steps))
    assert id_of(long, effects[0]) == ids[0]
