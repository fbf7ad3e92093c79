"""How what comes becomes a fact: a step, a message that is no step, the end of an effect, something to be put right."""

from datetime import datetime

from models.attention import DECLINED, HARM_NOT_TAKEN, NEWER_VERSION, Attention, version_words
from models.effects import LEAVING, Effect, EffectResult, Ended
from models.step_down.answers import Receipt, Rejected, Stage
from models.step_down.clocks import keep_time
from models.step_down.facts import Facts
from models.step_down.given_back import given_back, settles, taken_back
from models.step_down.needs import next_steps, stage
from models.step_down.recorded import RecordedStep
from models.step_down.replacing import is_late, says_what_letters_did_not, under_way
from models.step_down.steps import (
    AcknowledgeTransfer,
    Cancel,
    ChangeService,
    DecideChildren,
    PauseClock,
    Reassign,
    RecalculateClocks,
    RecordFamilySharing,
    RecordFinalMeeting,
    ReportSignificantHarm,
    ResolveAttention,
    ResumeClock,
    ScheduleFinalMeeting,
    Step,
    WithdrawConsent,
    step_name,
)
from models.step_down.wanted import advice_summary, reads_mosaic, service_was_told, wanted_by_the_journey
from models.step_down.words import step_note, step_words

MOST_REJECTED = 100
"""A transfer keeps so many messages that were not taken, and so many that were to be reports of significant harm; more
are counted."""

HARM_REPORT = step_name(ReportSignificantHarm)

TURNING = (Cancel, ChangeService, WithdrawConsent)

GOES_ON = (
    ReportSignificantHarm,
    WithdrawConsent,
    DecideChildren,
    AcknowledgeTransfer,
    Reassign,
    PauseClock,
    ResumeClock,
    RecalculateClocks,
    ResolveAttention,
)
"""The steps from which something follows though a risk of significant harm was reported; of others, it is looked at."""

NOTHING_FOLLOWS = (
    "Everything is stopped, as a risk of significant harm was reported. This is kept on record; nothing is sent or "
    "closed because of it."
)

STOPPED = "Nothing more is sent in this transfer. If it gets worse, ring again."
RING_NOW = (
    "This record is not the contact. Ring now, then record who you spoke to and when: this step once more, with "
    "spoken_to and corrects. Until then people are alerted again and again, day and night. Nothing more "
    "is sent in this transfer."
)

TAKEN_LATE = (
    "What this corrects had been acted on. It is kept beside it, and operations are asked to put right what was done."
)

PRACTITIONER_HAS_THE_ONE_BEFORE = (
    "The service gets this version, too. The practitioner was sent the one before, or may have been: give them this "
    "one yourself."
)


def take(facts: Facts, step: Step, now: datetime) -> Facts:
    """The facts with a step that may be taken, its receipt, and whatever a person has to look at because of it."""
    late = is_late(facts, step)
    turns_away = isinstance(step, TURNING) or settles(facts, step) or _stops_for_harm(facts, step)
    entry = RecordedStep(
        step=step,
        accepted_at=now,
        late=late,
        service_ref=facts.service_ref,
        tells=facts.service_ref if turns_away and service_was_told(facts) else None,
        reopens=taken_back(facts, step),
        turns_away=turns_away,
        **(_what_had_left(facts) if turns_away else {}),
        after_letters=says_what_letters_did_not(facts, step),
    )
    after = facts.model_copy(update={"steps": (*facts.steps, entry)})
    if turns_away or facts.harm_reports:
        stopped = _will_not_leave(facts, after) if turns_away else ()
        said = {"will_not_leave": stopped, "nothing_follows": _nothing_follows(facts, after)}
        entry = entry.model_copy(update=said)
        after = facts.model_copy(update={"steps": (*facts.steps, entry)})
    if late:
        after = ask(after, now, "late_correction", step_words(step))
    if step.came_in_clear:
        after = ask(after, now, "in_clear", step_words(step), detail=f"Sent as {step.actor.words}.")
    if isinstance(step, WithdrawConsent) and any(map(facts.closing_begun, step.children_named())):
        after = ask(after, now, "withdrawn_too_late", step_words(step))
    if isinstance(step, RecordFinalMeeting) and not late and _closed_otherwise(facts, step):
        after = ask(after, now, "late_correction", step_words(step))
    for child in given_back(after):
        if isinstance(step, AcknowledgeTransfer) and child in step.children_named():
            after = ask(after, now, DECLINED, f"Child {child}", child=child)
    in_time = keep_time(after, now)
    receipt = Receipt(
        step_id=step.step_id,
        step=step.step,
        accepted_at=now,
        stage=stage(in_time),
        next_steps=next_steps(in_time),
        note=_note(facts, entry),
    )
    return after.model_copy(update={"receipts": (*facts.receipts, receipt)})


def _what_had_left(facts: Facts) -> dict[str, tuple[Effect, ...]]:
    """SD-09a: what had been sent, and what was under way, when the transfer was turned away."""
    leaving = [effect for effect in facts.begun if effect.kind in LEAVING]
    ended = {effect: result.ended for effect in leaving if (result := facts.result(effect)) is not None}
    return {
        "left": tuple(effect for effect, how in ended.items() if how is not Ended.SKIPPED),
        "under_way": tuple(effect for effect in leaving if effect not in ended),
    }


def _will_not_leave(before: Facts, after: Facts) -> tuple[Effect, ...]:
    """SD-09a, SU-01: what was to be sent when the transfer was turned away, had not begun, and is wanted no more."""
    wanted = [effect for effect in wanted_by_the_journey(before) if effect.kind in LEAVING]
    still = {*before.begun, *wanted_by_the_journey(after)}
    return tuple(effect for effect in wanted if effect not in still)


def _nothing_follows(before: Facts, after: Facts) -> bool:
    """SU-01: everything is stopped, and the step changes neither what is missing nor what anybody is told."""
    entry = after.steps[-1]
    goes_on = entry.late or entry.tells is not None or isinstance(entry.step, GOES_ON)
    return bool(before.harm_reports) and not goes_on and next_steps(before) == next_steps(after)


def _stops_for_harm(facts: Facts, step: Step) -> bool:
    """The first report of significant harm stops the transfer."""
    return isinstance(step, ReportSignificantHarm) and not facts.harm_reports


def _closed_otherwise(facts: Facts, step: RecordFinalMeeting) -> bool:
    """SD-19: a child is being closed by a decision that the meeting does not let stand."""
    decided = ((child, facts.decision(child.ref)) for child in step.children if facts.closing_begun(child.ref))
    return any(decision is not None and not child.lets(decision.decision) for child, decision in decided)


def _note(facts: Facts, entry: RecordedStep) -> str | None:
    """What the sender should know beyond that it was taken; a date is repeated as it was understood."""
    step = entry.step
    if isinstance(step, ReportSignificantHarm):
        spoken = step.spoken_to is not None
        return f"{STOPPED if spoken else RING_NOW} {facts.policy.phones.words}"
    if entry.nothing_follows:
        return NOTHING_FOLLOWS
    if isinstance(step, ScheduleFinalMeeting) and step.meeting_at is not None:
        return f"{step_words(step)}. {step_note(step)}"
    if entry.late:
        return TAKEN_LATE
    return PRACTITIONER_HAS_THE_ONE_BEFORE if _practitioner_has_the_one_before(facts, step) else None


def _practitioner_has_the_one_before(facts: Facts, step: Step) -> bool:
    """The family agrees to a newer version after the one before was sent with the summary of advice (SD-31)."""
    agreed = isinstance(step, RecordFamilySharing) and step.agreed_as_basis
    return agreed and not reads_mosaic(facts) and under_way(facts, advice_summary(facts))


def reject(facts: Facts, message: Rejected) -> Facts:
    """The facts with a message that was not taken, and a person asked, unless they are about the very same message.

    What comes after the end is only kept: nobody can put it right in this transfer any more. A report of significant
    harm opens the transfer again, and people are told in real time (SU-01).
    """
    harm = message.step == HARM_REPORT
    known = [other for other in facts.rejected if other.digest == message.digest]
    alike = [other for other in facts.rejected if (other.step == HARM_REPORT) is harm]
    one_too_many = not known and len(alike) >= MOST_REJECTED
    if one_too_many:
        known = alike[-1:]
    counted = known[0].model_copy(update={"times": known[0].times + 1}) if known else message
    problem = HARM_NOT_TAKEN if harm else "rejected_step"
    about_it = (item for item in facts.open_attention if one_too_many or item.id == counted.asked_in)
    asked_for = any(item.problem == problem for item in about_it)
    if (harm or stage(facts) is not Stage.CLOSED) and not asked_for:
        facts = ask(facts, message.at, problem, message.words, detail=_why_and_from_whom(message))
        counted = counted.model_copy(update={"asked_in": facts.raised[-1].id})
    others = tuple(other for other in facts.rejected if other not in known)
    return facts.model_copy(update={"rejected": (*others, counted)})


def _why_and_from_whom(message: Rejected) -> str:
    if message.sender is None:
        return message.reason
    stop = "" if message.reason.endswith((".", ")")) else "."
    return f"{message.reason}{stop} Sent as {message.sender}."


def end(facts: Facts, result: EffectResult) -> Facts:
    """The facts with how an effect ended. What was stopped may begin again, and asks nobody any more."""
    if result.ended is not Ended.STOPPED:
        return _tell_of_newer(facts.model_copy(update={"effects": (*facts.effects, result)}), result)
    begun = tuple(effect for effect in facts.begun if effect != result.effect)
    raised = tuple(
        item.model_copy(update={"needed": False}) if item.effect == result.effect.id else item for item in facts.raised
    )
    return facts.model_copy(update={"begun": begun, "stopped": (*facts.stopped, result), "raised": raised})


def _tell_of_newer(facts: Facts, result: EffectResult) -> Facts:
    """A newer version of a document than the family saw: it is shown to the family first; once for each version."""
    for document, version in result.newer.items():
        what = version_words(document, version)
        told = any(item.problem == NEWER_VERSION and item.what == what for item in facts.raised)
        if not told and not facts.has_seen(document, version):
            facts = ask(facts, result.at, NEWER_VERSION, what)
    return facts


def ask(facts: Facts, now: datetime, problem: str, what: str, **about: str | None) -> Facts:
    """The facts with one more item for a person; ``about`` gives a ``detail``, an ``effect`` by id, a ``child``."""
    item = Attention(
        id=f"A{len(facts.raised) + 1}",
        effect=about.get("effect"),
        what=what,
        problem=problem,
        since=now,
        detail=about.get("detail"),
        child=about.get("child"),
    )
    return facts.model_copy(update={"raised": (*facts.raised, item)})
