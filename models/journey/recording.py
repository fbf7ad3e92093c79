"""How what comes becomes a fact: a step, a message that is no step, the end of an effect."""

from datetime import datetime
from functools import partial
from typing import TypeVar

from models.attention import HARM_NOT_TAKEN, KEPT_OPEN, NEWER_VERSION, REJECTED_STEP
from models.effects import Effect, EffectResult, Ended
from models.journey.answers import Receipt, Rejected, Today
from models.journey.attention import raise_attention
from models.journey.clocks import ClockState, state, update_clocks
from models.journey.corrections import is_late
from models.journey.facts import Facts
from models.journey.harm import HARM_REPORT
from models.journey.hours import hold
from models.journey.missing import due, is_closed, missing_as_before, next_steps, stage, wanted
from models.journey.outside import RECEIVED, as_told
from models.journey.recorded import RecordedStep
from models.journey.reports import of_its_own, said_just_before
from models.journey.room import that_fits
from models.journey.rows import Journey
from models.journey.steps import ReportsHarm, Step
from models.kinds import RESPONSES, Audience, RungKind
from models.mosaic import DocumentVersion
from models.ways import WAYS

F = TypeVar("F", bound=Facts)

MOST_REJECTED = 100
"""A transfer keeps so many messages that were not taken, and so many that were to be reports of significant harm; more
are counted. One sender has no more than half of it, nor of the items about them: what others send is kept beside it."""

MOST_ASKED = 10
"""While so many of them wait for a person, one more joins the newest item: a flood is one item, with a count."""

NOTHING_FOLLOWS = (
    "Everything is stopped, as a risk of significant harm was reported. This is kept on record; nothing is sent or "
    "closed because of it."
)

LIFTED = {"what": RungKind.LIFTED, "top": False}
"""The alert that takes others back."""

TAKEN_LATE = (
    "What this corrects had already been acted on. Both are kept, and operations are asked to put right what was done."
)


def record(journey: Journey[F], facts: F, step: Step, now: datetime, *, signed_in: bool = False) -> F:
    """The facts with a step that may be recorded, its receipt, and whatever a person has to look at because of it.

    Where nobody has to sign in, ``signed_in`` says whether somebody had.
    """
    entry = _entry(journey, facts, step, now, signed_in=signed_in)
    after = facts.having(steps=(*facts.steps, entry))
    if entry.turns_away or facts.harm_stands:
        entry = entry.model_copy(
            update={
                "will_not_be_done": _will_not_be_done(journey, facts, after) if entry.turns_away else (),
                "nothing_follows": _nothing_follows(journey, facts, after),
            }
        )
        after = facts.having(steps=(*facts.steps, entry))
    after = _raise_what_follows(journey, facts, after, now)
    in_time = _tell_of_lifted(journey, facts, update_clocks(journey, after, now), now)
    in_time = hold(in_time, partial(due, journey, in_time), now)
    receipt = Receipt(
        step_id=step.step_id,
        step=step.step,
        accepted_at=now,
        stage=(stands := stage(journey, in_time)),
        stage_words=stands.words,
        next_steps=next_steps(journey, in_time),
        recorded_for=step.on_behalf_of.words if step.on_behalf_of else None,
        note=_note(journey, facts, entry),
        note_first=isinstance(step, ReportsHarm) and bool(step.at_risk),
    )
    told = in_time.having(receipts=(*facts.receipts, as_told(facts, step, receipt)))
    return missing_as_before(journey, in_time, told)


def receipt_again(journey: Journey[F], facts: F, step_id: str) -> Receipt | None:
    """The first receipt of a step that was recorded before, with where the transfer stands today.

    Who is outside is told that it was received, and no more.
    """
    if (receipt := facts.receipt(step_id)) is None or receipt.stage == RECEIVED:
        return receipt
    stands = stage(journey, facts)
    today = Today(stage=stands, stage_words=stands.words, next_steps=next_steps(journey, facts))
    return receipt.model_copy(update={"today": today})


def _entry(journey: Journey[F], facts: F, step: Step, now: datetime, *, signed_in: bool) -> RecordedStep:
    """The step as it is kept, with what of it has to be known as it stood when it was recorded."""
    reports = isinstance(step, ReportsHarm) and bool(step.at_risk)
    before = said_just_before(facts, step) if isinstance(step, ReportsHarm) and reports else None
    first_report = reports and not facts.harm_stands
    turns_away = journey.turns_away(facts, step) or first_report
    entry = RecordedStep(
        step=step.as_kept(),
        accepted_at=now,
        late=is_late(journey.corrections, facts, step),
        service_ref=facts.service_ref,
        repeats=before.step_id if before is not None else None,
        of_its_own=isinstance(step, ReportsHarm) and of_its_own(facts, step),
        turns_away=turns_away,
        signed_in=step.counts_by_role and (signed_in or facts.policy.acts_need_sign_in),
        **(_sent_before(facts) if turns_away else {}),
    )
    return journey.entry(facts, entry)


def _sent_before(facts: Facts) -> dict[str, tuple[Effect, ...]]:
    """What had been sent or done, and what was under way, when the transfer was turned away."""
    telling = [effect for effect in facts.begun if WAYS[effect.kind].tells_of_family]
    ended = {effect: result.ended for effect in telling if (result := facts.result(effect)) is not None}
    return {
        "sent": tuple(effect for effect, how in ended.items() if how is not Ended.SKIPPED),
        "under_way": tuple(effect for effect in telling if effect not in ended),
    }


def _will_not_be_done(journey: Journey[F], before: F, after: F) -> tuple[Effect, ...]:
    """What was wanted when the transfer was turned away, had not begun, and is not wanted any more."""
    telling = [effect for effect in wanted(journey, before) if WAYS[effect.kind].tells_of_family]
    still = {*before.begun, *wanted(journey, after)}
    return tuple(effect for effect in telling if effect not in still)


def _nothing_follows(journey: Journey[F], before: F, after: F) -> bool:
    """SU-01: everything is stopped, and the step changes neither what is missing nor what anybody is told."""
    entry = after.steps[-1]
    told_now = {*wanted(journey, after)} - {*wanted(journey, before)}
    goes_on = entry.late or entry.step.goes_on or bool(told_now)
    return before.harm_stands and not goes_on and next_steps(journey, before) == next_steps(journey, after)


def _raise_what_follows(journey: Journey[F], before: F, after: F, now: datetime) -> F:
    """Whatever a person has to look at because of the step that was recorded last."""
    entry, asked = after.steps[-1], after
    step = entry.step
    if entry.late:
        asked = raise_attention(asked, now, "late_correction", step.words)
    if step.came_in_clear:
        asked = raise_attention(asked, now, "in_clear", step.words, detail=f"Sent as {step.actor.words}.")
    for raising in journey.raisings:
        if raising.step is not None and isinstance(step, raising.step) and not entry.late:
            for child in raising.about(before, after, step):
                what = step.words if child is None else f"Child {child}"
                asked = raise_attention(asked, now, raising.problem, what, child=child)
    return asked


def _tell_of_lifted(journey: Journey[F], before: F, after: F, now: datetime) -> F:
    """SD-34: the team manager is told where what had been told to be overdue was answered in time, as is said now."""
    for clock in before.clocks:
        times, now_so = before.times(clock), after.clock(clock.id)
        if clock.kind not in RESPONSES or times is None or now_so is None:
            continue
        told = before.alerts_of(clock, times.due)
        over = state(journey, before, clock) in {ClockState.BREACHED, ClockState.LATE}
        if told and over and state(journey, after, now_so) is ClockState.MET:
            whom, number = (after.side.told(Audience.TEAM_MANAGER),), len(after.alerts) + 1
            lifted = told[-1].model_copy(update={"number": number, "clocks": (clock.id,), "audiences": whom, **LIFTED})
            after = after.having(alerts=(*after.alerts, lifted.model_copy(update={"at": now, "raised_at": now})))
    return after


def _note(journey: Journey[F], facts: F, entry: RecordedStep) -> str | None:
    """All that the sender should know beyond that it was recorded."""
    if entry.nothing_follows:
        return NOTHING_FOLLOWS
    notes = (note for note in journey.notes if isinstance(entry.step, note.step))
    said = (note.words(facts, entry.step) for note in notes if note.though_late or not entry.late)
    return " ".join(filter(None, (TAKEN_LATE if entry.late else None, *said))) or None


def reject(journey: Journey[F], facts: F, message: Rejected) -> F:
    """The facts with a message that was not taken, and a person asked, unless they are about the very same message.

    What comes after the end is only kept: nobody can put it right in this transfer any more. A report of significant
    harm opens the transfer again, and people are told in real time (SU-01).
    """
    harm, known = is_of_harm(message), _counted_with(facts, message)
    counted = known.model_copy(update={"times": known.times + 1}) if known else _that_fits(facts, message)
    problem, open_ids = _asked_of(facts, message)
    if counted.asked_in not in open_ids and (harm or not is_closed(journey, facts)):
        asked = [item for item in open_ids if item in {other.asked_in for other in _of_its_sender(facts, message)}]
        if len(open_ids) < MOST_ASKED and len(asked) < MOST_ASKED // 2:
            facts = raise_attention(facts, message.at, problem, message.words, detail=_why_and_from_whom(message))
            asked = [facts.raised[-1].id]
        counted = counted.model_copy(update={"asked_in": (asked or open_ids)[-1]})
    others = tuple(other for other in facts.rejected if other is not known)
    return facts.having(rejected=(*others, counted))


def is_told_already(facts: Facts, message: Rejected) -> bool:
    """A person is asked about the very message, or about so many of its sender that this would only be counted."""
    known, (_, open_ids) = _counted_with(facts, message), _asked_of(facts, message)
    return known is not None and known.asked_in in open_ids


def _counted_with(facts: Facts, message: Rejected) -> Rejected | None:
    """The very same message that came before; or, where no more are kept, the newest one of its sort."""
    same = next((other for other in facts.rejected if other.digest == message.digest), None)
    alike, own = _alike(facts, message), _of_its_sender(facts, message)
    full = len(alike) >= MOST_REJECTED or len(own) >= MOST_REJECTED // 2
    return same or ((own or alike)[-1] if full else None)


def _alike(facts: Facts, message: Rejected) -> list[Rejected]:
    return [other for other in facts.rejected if is_of_harm(other) is is_of_harm(message)]


def _of_its_sender(facts: Facts, message: Rejected) -> list[Rejected]:
    return [other for other in _alike(facts, message) if other.sender == message.sender]


def _asked_of(facts: Facts, message: Rejected) -> tuple[str, list[str]]:
    """The problem that a person is asked about because of such a message, and the open items of it."""
    problem = HARM_NOT_TAKEN if is_of_harm(message) else REJECTED_STEP
    return problem, [item.id for item in facts.open_attention if item.problem == problem]


def _that_fits(facts: Facts, message: Rejected) -> Rejected:
    if message.said is None:
        return message
    held = sum(len(other.said or "") for other in facts.rejected)
    own = sum(len(other.said or "") for other in facts.rejected if other.sender == message.sender)
    return message.model_copy(update={"said": that_fits(max(held, 2 * own), message.said)})


def is_of_harm(message: Rejected) -> bool:
    """It was to be a report of significant harm, or said in another step that there is such a risk."""
    return message.step == HARM_REPORT or message.said is not None


def _why_and_from_whom(message: Rejected) -> str:
    if message.sender is None:
        return message.reason
    stop = "" if message.reason.endswith((".", ")")) else "."
    return f"{message.reason}{stop} Sent as {message.sender}."


def record_result(facts: F, result: EffectResult) -> F:
    """The facts with how an effect ended. What was stopped may begin again, and asks nobody any more."""
    if result.ended is not Ended.STOPPED:
        before = facts.effects if result.people is None else tuple(one.without_people() for one in facts.effects)
        told = tuple(one for one in facts.newer_services if result.service is None or one.ref != result.service.ref)
        after = facts.having(effects=(*before, result), newer_services=told)
        return _tell_of_kept_open(_tell_of_newer(after, result), result)
    begun = tuple(effect for effect in facts.begun if effect != result.effect)
    raised = tuple(
        item.model_copy(update={"needed": False}) if item.effect == result.effect.id else item for item in facts.raised
    )
    return _tell_of_kept_open(facts.having(begun=begun, stopped=(*facts.stopped, result), raised=raised), result)


def _tell_of_kept_open(facts: F, result: EffectResult) -> F:
    """Mosaic keeps children open who were decided otherwise: a person decides anew, told once of each."""
    told = {item.child for item in facts.open_attention if item.problem == KEPT_OPEN}
    for child in result.records:
        if facts.keeps_open(child) and child not in told:
            facts = raise_attention(facts, result.at, KEPT_OPEN, f"Child {child}", child=child)
    return facts


def _tell_of_newer(facts: F, result: EffectResult) -> F:
    """A newer version of a document than the family saw: it is shown to the family first; once for each version."""
    for ref, version in result.newer.items():
        newer = DocumentVersion(ref=ref, version=version)
        told = any(item.problem == NEWER_VERSION and item.document == newer for item in facts.raised)
        if not told and not facts.has_seen(newer):
            facts = raise_attention(facts, result.at, NEWER_VERSION, newer.words, document=newer)
    return facts
