"""The response: what becomes of the request, in its time, and that the referrer hears of it (ER-06, ER-12, ER-15)."""

from dataclasses import replace

from models.effects import Effect
from models.help_request.contact import contact_entries
from models.help_request.facts import HelpFacts
from models.help_request.rows import CANCELLED, HUB, NEUTRAL, Doing, Need, Row, Rule, by_professional, never_was
from models.help_request.stage import Outcome
from models.help_request.stages import consent, routing
from models.help_request.stages.admission import lacks_part_2
from models.help_request.start import FormPart, ReferrerKind
from models.help_request.steps.admission import RecordSituations
from models.help_request.steps.response import RecordReferrerTold, RecordResponse, TakeOver
from models.journey import attention, harm
from models.journey.linked import opened_for_harm, opening, told_who_was_spoken_to
from models.journey.rows import TimeIsUp, field, unless
from models.kinds import ClockKind, JourneyKind


def _accepts(facts: HelpFacts, step: RecordResponse) -> bool:
    """It would be support for a family whose request has to be complete."""
    return step.offers and not facts.from_duty_and_advice


def _waits_without_a_plan(facts: HelpFacts, step: RecordResponse) -> bool:  # noqa: ARG001 (a rule asks facts and step)
    said = (step.until_about, step.owner, step.review_on)
    return step.outcome is Outcome.WAITING and None in said


def _reviewed_before(facts: HelpFacts, step: RecordResponse) -> bool:  # noqa: ARG001 (a rule asks facts and step)
    return step.review_on is not None and step.review_on < step.day


def _not_to_duty_and_advice(facts: HelpFacts, step: RecordResponse) -> bool:
    """Harm stands by more than the redirection that this corrects, and it goes elsewhere."""
    reports = (one for one in facts.harm_reports if not (isinstance(one, RecordResponse) and step.corrects))
    return step.outcome is not Outcome.REDIRECTED and any(reports)


def _leaves_redirection(facts: HelpFacts, step: RecordResponse) -> bool:
    return facts.redirected and step.outcome is not Outcome.REDIRECTED


def _begins_before(facts: HelpFacts, step: RecordResponse) -> bool:  # noqa: ARG001 (a rule asks facts and step)
    return step.until_about is not None and step.until_about < step.day


def _dealt_with(facts: HelpFacts) -> bool:
    """Who asked is to hear of it; of what was opened in error, Duty and Advice alone, who passed it on (SU-04)."""
    cancelled = facts.cancelled
    return facts.response is not None or (cancelled is not None and not never_was(facts, cancelled))


def _to_be_told(facts: HelpFacts) -> bool:
    """Where harm was reported, not before Duty and Advice have it."""
    return _dealt_with(facts) and (facts.has_duty_and_advice or not facts.harm_stands)


def _by_duty_and_advice(facts: HelpFacts) -> bool:
    """SU-04: who asks already knows of the family, and may have to decide anew."""
    return facts.request.referrer.kind is ReferrerKind.DUTY_AND_ADVICE


def _waits_for_support(facts: HelpFacts) -> bool:
    return facts.goes_on and facts.response is not None and facts.response.outcome is Outcome.WAITING


def _referred_after_all(facts: HelpFacts) -> tuple[Effect, ...]:
    said = (step for step in facts.all_of(RecordSituations) if facts.to_refer_after_all(step))
    return tuple(opening(JourneyKind.STEP_UP, step) for step in said)


def referrals(facts: HelpFacts) -> tuple[Effect, ...]:
    """SU-01: one for each report of harm of children whom social work is not known to have."""
    return opened_for_harm(facts, JourneyKind.STEP_UP, facts.to_refer)


ROWS: tuple[Row, ...] = (
    replace(
        harm.SPOKEN_TO,
        who=HUB,
        ask="A risk of significant harm was reported. Ring Duty and Advice at once (out of hours, the emergency duty "
        "team), or find out whether they have it: what the referrer says of a call is not enough. Then record who was "
        "spoken to and when: respond to the request as redirected to them, or send the report again, as a correction "
        "of the first.",
    ),
    replace(harm.NOT_TAKEN, who=HUB),
    Doing(
        "SU-01",
        referrals,
        "A referral to Children's Social Work is being opened.",
        at_once=True,
    ),
    Doing(
        "SU-01",
        _referred_after_all,
        "A referral is being opened for a child whom social work does not have after all.",
        at_once=True,
    ),
    Doing(
        "SU-01",
        lambda f: told_who_was_spoken_to(f, f.to_refer),
        "The referral is being told who was spoken to.",
        at_once=True,
    ),
    Need(
        "ER-06",
        RecordResponse,
        HUB,
        "Respond to the request: what becomes of it. Or return it with what is missing.",
        met=lambda f: not f.owes_answer,
        applies=lambda f: f.goes_on and not f.to_be_routed,
        clock=ClockKind.HELP_REQUEST,
        everywhere=True,
    ),
    Need(
        "ER-07",
        RecordResponse,
        HUB,
        "A risk of significant harm was reported: this goes to Duty and Advice, and not to Early Help. Respond to the "
        "request as redirected to them, with who was spoken to.",
        met=lambda f: f.redirected,
        applies=lambda f: f.harm_stands and f.cancelled is None,
        clock=ClockKind.REDIRECTED,
        everywhere=True,
    ),
    TimeIsUp(
        "ER-06",
        ClockKind.HELP_REQUEST,
        RecordResponse,
        "A request for Early Help has not been answered, and everybody has been told. Find out why, and have it "
        "answered now.",
    ),
    TimeIsUp(
        "ER-07",
        ClockKind.REDIRECTED,
        RecordResponse,
        "A risk of significant harm was reported in a request, and it is not recorded that the request went to Duty "
        "and Advice. Make sure now that they have it, ring them yourself, and have it recorded.",
    ),
    Need(
        "ER-15",
        RecordResponse,
        HUB,
        "The family waits for the support that was offered. On the day of the review see how they are, and respond "
        "again: support has begun, or they wait on, or something else.",
        met=lambda f: not _waits_for_support(f),
        clock=ClockKind.OFFERED_WAITING,
        everywhere=True,
    ),
    TimeIsUp(
        "ER-15",
        ClockKind.OFFERED_WAITING,
        RecordResponse,
        "The day on which a waiting family was to be looked at again has passed. See how they are, and have it "
        "recorded.",
    ),
    Need(
        "ER-15",
        RecordReferrerTold,
        HUB,
        f"Tell the referrer this and no more, whatever became of it: “{NEUTRAL}” They may be somebody who must not "
        "know. After a report of harm tell them only if Duty and Advice say that it is safe, and record who said so. "
        "Then record what you said; or why they are not told.",
        met=lambda f: f.told is not None,
        applies=lambda f: _to_be_told(f) and not _by_duty_and_advice(f),
        clock=ClockKind.REFERRER_TOLD,
        everywhere=True,
    ),
    Need(
        "SU-04",
        RecordReferrerTold,
        HUB,
        "Tell Duty and Advice, who passed this on, what became of it, and where nobody supports a child, what that "
        "means for the risk: it is for them to say whether anything follows. Then record what you said.",
        met=lambda f: f.told is not None,
        applies=lambda f: _to_be_told(f) and _by_duty_and_advice(f),
        clock=ClockKind.REFERRER_TOLD,
        everywhere=True,
    ),
    TimeIsUp(
        "ER-15",
        ClockKind.REFERRER_TOLD,
        RecordReferrerTold,
        "Whoever asked for help for a family has not heard that it is dealt with: have them told, in neutral words, or "
        "where Duty and Advice passed it on, all that became of it; after a report of harm only if Duty and Advice say "
        "that it is safe; or have it recorded why they are not.",
    ),
    Doing(
        "ER-09",
        contact_entries,
        "The request is being written into the Early Help Contact in Mosaic.",
        at_once=True,
    ),
    Need(
        "ER-06",
        TakeOver,
        HUB,
        "The request was given to this team. See what it waits for, and until when; then record that you have it.",
        met=lambda f: f.to_take_over is None,
        applies=lambda f: f.cancelled is None and f.settled is None,
        clock=ClockKind.TAKEN_OVER,
        everywhere=True,
    ),
    TimeIsUp(
        "ER-06",
        ClockKind.TAKEN_OVER,
        TakeOver,
        "A request was given to this team, and nobody there has said that they have it. Find out who does, and have it "
        "recorded; or give it to the right team.",
    ),
    attention.PUT_RIGHT,
    attention.AT_WORK,
    Rule(
        "ER-14",
        RecordResponse,
        field("step", lambda f, s: not f.is_read and s.outcome is not Outcome.REDIRECTED),
        "Nobody has recorded that the whole request was read for a risk of significant harm: that comes first.",
    ),
    Rule(
        "ER-07",
        RecordResponse,
        field("outcome", _not_to_duty_and_advice),
        "A risk of significant harm was reported: this goes to Duty and Advice, and not to Early Help.",
    ),
    Rule(
        "ER-07",
        RecordResponse,
        field("children", lambda _, s: s.outcome is Outcome.REDIRECTED and not s.children),
        "Say which children may be at risk: a request goes to Duty and Advice for them.",
    ),
    Rule(
        "ER-12",
        RecordResponse,
        field("risk_considered", lambda f, s: _leaves_redirection(f, s) and s.risk_considered is None),
        "The request was redirected to Duty and Advice. If it does not go there after all, say what that means for the "
        "risk to the children.",
    ),
    *routing.ROWS,
    Rule(
        "ER-01",
        RecordResponse,
        field("outcome", lambda f, s: _accepts(f, s) and not f.came(FormPart.PART_1)),
        "Part 1 of the current form has not come, without which the request is not accepted.",
    ),
    Rule(
        "ER-02",
        RecordResponse,
        field("outcome", lambda f, s: _accepts(f, s) and lacks_part_2(f)),
        "An Early Help plan is open, and has not come as part 2, without which the request is not accepted.",
    ),
    Rule(
        "ER-02",
        RecordResponse,
        field("outcome", lambda f, s: _accepts(f, s) and f.plan_open is None),
        "Nobody has said whether an Early Help plan is open for the family.",
    ),
    *consent.BEFORE_SUPPORT,
    Rule(
        "ER-03",
        RecordResponse,
        field("outcome", lambda f, s: s.offers and by_professional(f) and f.risk_matrix is None),
        "The referrer was not asked whether the risk matrix is required, and was completed.",
    ),
    Rule(
        "ER-12",
        RecordResponse,
        field("kind_of_service", lambda _, s: s.outcome is Outcome.SIGNPOSTED and s.kind_of_service is None),
        "Say to what kind of service the family is signposted.",
    ),
    Rule(
        "ER-15",
        RecordResponse,
        field("review_on", _waits_without_a_plan),
        "Where a family waits, say about until when, who answers for them, and on what day they are looked at again.",
    ),
    Rule("ER-15", RecordResponse, field("review_on", _reviewed_before), "The day of the review has already passed."),
    Rule(
        "ER-15",
        RecordResponse,
        field("until_about", _begins_before),
        "The day about which support is to begin has already passed.",
    ),
    Rule(
        "ER-12",
        RecordResponse,
        field("outcome", lambda f, s: s.outcome is Outcome.NOT_COMPLETED and f.returned is None),
        "The request was not returned as incomplete.",
    ),
    Rule(None, RecordResponse, unless(lambda f: f.cancelled is None), CANCELLED),
    Rule(None, RecordReferrerTold, unless(_dealt_with), "The request has not been answered yet."),
    Rule(
        "ER-14",
        RecordReferrerTold,
        field("said", lambda f, s: s.said is not None and f.harm_stands and not f.has_duty_and_advice),
        "A risk of significant harm was reported, and nobody on our side has said yet that Duty and Advice have it: "
        "until then the referrer is told nothing.",
    ),
    Rule(
        "ER-14",
        RecordReferrerTold,
        field("said_safe_by", lambda f, s: s.said is not None and f.harm_stands and s.said_safe_by is None),
        "Ask Duty and Advice whether it is safe to tell the referrer, and say who there said so; or say why they are "
        "not told.",
    ),
    Rule(None, RecordReferrerTold, unless(lambda f: f.told is None), "It was already recorded that they were told."),
)
