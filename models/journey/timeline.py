"""The timeline of a journey: what happened, who did it, and when it was recorded."""

from collections.abc import Iterator
from datetime import datetime

from models.clock_words import PUNCTUAL, alert_words
from models.journey.answers import about_words
from models.journey.facts import Facts
from models.journey.people import who_recorded
from models.journey.recorded import Alert, RecordedStep
from models.kinds import EffectKind
from models.vocabulary import OF_A_SERVICE, Frozen, local_time

UNTOLD = frozenset(
    {
        EffectKind.CALCULATE_DUE_DATE,
        EffectKind.MAIL_ALERT,
        EffectKind.POST_ALERT,
        EffectKind.LOOK_UP_PEOPLE,
        EffectKind.LOOK_AT_CHILDREN,
    }
)
"""What the timeline says in other words, or the certificate tells."""


SIGNED_IN = "; signed in"
NAMED_BY_THE_SENDER = "; the sending system says who this was"


OF_ITS_OWN = " (sent as a correction, and counts as a report of its own)"
TOO_LATE = "; too late to replace it, as it had been acted on"


NOTHING_FOLLOWED = "; nothing followed from it, as a risk of significant harm had been reported"


ASKED_TO_CANCEL = "Somebody asked to cancel; a transfer can be cancelled as long as no child's case is being closed"


class TimelineEntry(Frozen):
    """Something that happened: when, when it was recorded, who, what."""

    at: datetime
    recorded_at: datetime
    who: str
    what: str
    note: str | None = None
    """What a person added in their own words; not shown in the Temporal UI."""
    step_id: str | None = None
    """Of a step: what a correction of it names."""
    field: str | None = None
    """Of a message that was not taken: the field that was wrong, as machines name it."""
    by_service: str | None = None
    """Of a step that somebody recorded for the service to which the transfer went then: that service, by reference."""
    children: tuple[str, ...] = ()
    """The children whom a step names, by reference."""


def timeline(facts: Facts) -> tuple[TimelineEntry, ...]:
    """What happened, oldest first."""
    told = (*_started(facts), *_steps(facts), *_effects(facts), *_told(facts), *_raised(facts), *_not_taken(facts))
    return tuple(sorted(told, key=lambda entry: entry.recorded_at))


def _by_system(at: datetime, what: str, note: str | None = None, **entry: object) -> TimelineEntry:
    return TimelineEntry.model_validate(
        {"at": at, "recorded_at": at, "who": "system", "what": what, "note": note, **entry}
    )


def _started(facts: Facts) -> Iterator[TimelineEntry]:
    started = f"The {facts.request.kind.noun} was started"
    yield _by_system(facts.opened_at, started, facts.request.own_words)
    for at in facts.cancel_requests:
        yield _by_system(at, ASKED_TO_CANCEL, who="Temporal UI")


def _steps(facts: Facts) -> Iterator[TimelineEntry]:
    """Each step; of one that turns the transfer away, what had been sent, and what will not be done."""
    for entry in facts.steps:
        yield TimelineEntry(
            at=entry.step.occurred_at,
            recorded_at=entry.accepted_at,
            who=who_recorded(facts, entry.step),
            what=entry.step.words
            + _whose_word(entry)
            + _once_more(entry)
            + _of_another(facts, entry)
            + _without_effect(entry),
            note=entry.step.own_words,
            step_id=entry.step.step_id,
            by_service=entry.service_ref if _is_by_service(facts, entry) else None,
            children=entry.step.children_named(),
        )
        if entry.turns_away and facts.TELLS_OF_FAMILY:
            yield _by_system(entry.accepted_at, sent_words(entry))


def _whose_word(entry: RecordedStep) -> str:
    """SD-23c: of an act that counts by the role of who recorded it, whether they had signed in."""
    if not entry.step.counts_by_role:
        return ""
    return SIGNED_IN if entry.signed_in else NAMED_BY_THE_SENDER


def _is_by_service(facts: Facts, entry: RecordedStep) -> bool:
    """Whoever recorded it acts for the service to which the transfer went then."""
    step, service = entry.step, next((one for one in facts.services if one.ref == entry.service_ref), None)
    teams = {entry.service_ref, service.mosaic_team if service is not None else None}
    return step.actor.role in OF_A_SERVICE and step.actor.team in teams - {None}


def _once_more(entry: RecordedStep) -> str:
    """The very same harm, sent twice by one person, is one report."""
    return " (the same again)" if entry.repeats is not None else ""


def _effects(facts: Facts) -> Iterator[TimelineEntry]:
    for result in (*facts.effects, *facts.stopped):
        if result.effect.kind not in UNTOLD:
            yield _by_system(result.at, f"{result.effect.words}: {result.ended.words} ({result.evidence})")


def _told(facts: Facts) -> Iterator[TimelineEntry]:
    for alert in facts.alerts:
        late = alert.raised_at - alert.at > PUNCTUAL
        due = f"; late, as they were to be told on {local_time(alert.at)}" if late else ""
        yield _by_system(alert.raised_at, f"{told_words(alert)}{due}")


def _raised(facts: Facts) -> Iterator[TimelineEntry]:
    for item in facts.attention:
        what = f"Needs attention {item.id}, {item.what}: {item.words.happened}"
        yield _by_system(item.since, what, item.known_beyond or None)


def _not_taken(facts: Facts) -> Iterator[TimelineEntry]:
    for message in facts.rejected:
        times = f", {message.times} times" if message.times > 1 else ""
        said = "\n".join(filter(None, (message.reason, message.said)))
        yield _by_system(
            message.at,
            f"{message.words} was not taken{times}",
            said,
            who=message.sender or "unknown",
            field=message.field,
        )


def _of_another(facts: Facts, entry: RecordedStep) -> str:
    """What it is about, or says anew, where it does."""
    about = facts.entry(entry.step.answers) if entry.step.answers else None
    if about is not None:
        return f" ({about_words(about.told, () if entry.step.children_named() else about.step.children_named())})"
    if entry.of_its_own:
        return OF_ITS_OWN
    before = facts.entry(entry.corrects) if entry.corrects else None
    if before is None:
        return ""
    return f" (corrects what {before.step.who} recorded on {local_time(before.accepted_at)})"


def _without_effect(entry: RecordedStep) -> str:
    """Why nothing follows from the step, where nothing does."""
    if entry.late:
        return TOO_LATE
    return NOTHING_FOLLOWED if entry.nothing_follows else ""


def sent_words(entry: RecordedStep) -> str:
    """What had been sent, was under way, and will not be sent, when the transfer was turned away."""
    said = {
        "Had been sent by then": entry.sent,
        "Under way then": entry.under_way,
        "Will no longer be done": entry.will_not_be_done,
    }
    told = {name: "; ".join(effect.words for effect in effects) for name, effects in said.items()}
    told["Had been sent by then"] = told["Had been sent by then"] or "nothing"
    return ". ".join(f"{name}: {what}" for name, what in told.items() if what)


def told_words(alert: Alert) -> str:
    """An alert in one line: what it says, and to whom."""
    told = " and ".join(audience.words for audience in alert.audiences)
    return f"Alert {alert.number}. {alert_words(alert.kind, alert.what, alert.due)}; told {told}"
