"""Where a step-down stands, as people and systems read it: one answer for the query, the register and the screens."""

from datetime import datetime
from enum import StrEnum

from models.attention import Attention
from models.clocks import RESPONSES, ClockKind
from models.effects import EffectKind, Ended
from models.step_down.answers import NextStep, Outcome, Stage
from models.step_down.clock_words import CLOCK_WORDS, alert_words, due_words
from models.step_down.clocks import ClockState, answer, first_said, state
from models.step_down.conditions import family_answered, spoken_of
from models.step_down.facts import Facts, remembered
from models.step_down.needs import next_steps, stage, waiting_for
from models.step_down.outcome import outcome
from models.step_down.recorded import Alert, Clock, RecordedStep
from models.step_down.said import Decision
from models.step_down.start import Criteria
from models.step_down.words import (
    ENDED_WORDS,
    NOTHING_FOLLOWED,
    STAGE_WORDS,
    TOO_LATE,
    effect_words,
    outcome_words,
    step_note,
    step_words,
)
from models.vocabulary import Frozen, Role, local_time

UNTOLD = frozenset({EffectKind.RECKON_CLOCK, EffectKind.MAIL_ALERT, EffectKind.POST_ALERT})
"""What the timeline says in other words, or the certificate tells."""


class ChildStatus(Frozen):
    """One child's way through the transfer; None where not yet known."""

    ref: str
    consent_stands: bool | None
    """False where it was withdrawn, too."""
    agreed_with_service: bool | None
    decision: Decision | None
    closed_in_mosaic: bool
    acknowledged: bool | None
    consent_withdrawn: bool = False

    @property
    def words(self) -> tuple[str, str, str, str, str]:
        """Consent, agreed with the service, decision, closed in Mosaic, acknowledged: as people read them."""
        passes_on = self.decision in {None, Decision.TRANSFER}
        return (
            "withdrawn" if self.consent_withdrawn else yes_no(self.consent_stands),
            yes_no(self.agreed_with_service),
            self.decision.words if self.decision else "not yet",
            yes_no(self.closed_in_mosaic),
            yes_no(self.acknowledged) if passes_on else "-",
        )


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


class ResponseState(StrEnum):
    """How those stand who must answer: the worst of the clocks that run; where none runs, whether all were in time."""

    NONE = "none"
    ON_TRACK = "on_track"
    DUE_SOON = "due_soon"
    BREACHED = "breached"
    MET = "met"
    PAUSED = "paused"


OF_ITEMS = (ClockKind.ATTENTION, ClockKind.NEWER_VERSION, ClockKind.HARM_NOT_TAKEN)
OF_A_CHILD = ClockKind.ACKNOWLEDGEMENT


class ClockStatus(Frozen):
    """Something that is, or was, waited for."""

    id: str
    kind: ClockKind
    since: datetime
    due: datetime | None
    """None until it is calculated."""
    state: ClockState
    answered: datetime | None = None
    """When the answer was given, and when it was recorded; None where none was, or none is looked for."""
    recorded: datetime | None = None

    @property
    def words(self) -> str:
        """The clock in one line, with the number of the item, or the child, that it is about."""
        return self._line(naming=(*OF_ITEMS, OF_A_CHILD))

    @property
    def words_without_child(self) -> str:
        """The same, for those who are to read of no child."""
        return self._line(naming=OF_ITEMS)

    def _line(self, naming: tuple[ClockKind, ...]) -> str:
        due = due_words(self.kind, self.due) if self.due else CLOCK_WORDS[self.kind].name
        about = f"{self.id.split('/')[1]}: " if self.kind in naming else ""
        return f"{about}{due[0].upper()}{due[1:]}: {self.state.words}"

    @property
    def runs(self) -> bool:
        """Whether it is waited for now."""
        return self.state not in {ClockState.MET, ClockState.LATE, ClockState.NEEDLESS}


class HarmStatus(Frozen):
    """A report of significant harm (SU-01)."""

    at: datetime
    """When it came first; the alerts count from then."""
    step_id: str | None
    """The report as it was said last, for whoever corrects it; None where it could not be taken."""
    spoken_to_at: datetime | None = None
    """When somebody was spoken to; None until that is said."""

    @property
    def words(self) -> str:
        """How it stands, and what is to be recorded."""
        if self.step_id is None:
            return (
                f"A report of significant harm came on {local_time(self.at)} and could not be taken. Ring now, and "
                "record it: report_significant_harm."
            )
        reported = f"A risk of significant harm was reported on {local_time(self.at)}."
        if self.spoken_to_at is not None:
            return f"{reported} Somebody was spoken to on {local_time(self.spoken_to_at)}."
        return (
            f"{reported} NOBODY HAS SAID WHO WAS SPOKEN TO. Ring now, then record it: report_significant_harm with "
            f"spoken_to and corrects: {self.step_id}."
        )


class Status(Frozen):
    """The answer of the ``status`` query."""

    id: str
    restricted: bool = False
    """The family's records are for named people only."""
    route: str
    stage: Stage
    outcome: Outcome | None
    service_ref: str
    service_name: str | None
    social_work_team: str
    social_worker: str | None = None
    team_manager: str | None = None
    waiting_for: tuple[str, ...]
    at_work: tuple[str, ...] = ()
    """What the machine is doing outside right now, in plain words."""
    next_steps: tuple[NextStep, ...]
    children: tuple[ChildStatus, ...]
    attention: tuple[Attention, ...]
    clocks: tuple[ClockStatus, ...] = ()
    alerts: tuple[Alert, ...] = ()
    """Who was told that time runs out, or has run out."""
    timeline: tuple[TimelineEntry, ...]
    harm: tuple[HarmStatus, ...] = ()
    """The reports of significant harm, and whether somebody was spoken to."""
    ring: str | None = None
    """Whom to ring, where there is such a report."""

    @property
    def ended(self) -> str | None:
        """How it ended, in words; None while it is open."""
        reported = any(report.step_id is not None for report in self.harm)
        return outcome_words(self.outcome, harm=reported) if self.outcome else None

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return "restricted" if self.restricted else "narrative"

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, of each item that waits for a person."""
        return tuple(item.problem for item in self.attention if item.open)

    @property
    def needs_attention(self) -> bool:
        """Whether something waits for a person to put right."""
        return bool(self.problems)

    @property
    def responses(self) -> tuple[ClockStatus, ...]:
        """The clocks of those who must answer us."""
        return tuple(clock for clock in self.clocks if clock.kind in RESPONSES)

    @property
    def response(self) -> ResponseState:
        """How those stand who must answer."""
        running = {clock.state for clock in self.responses if clock.runs}
        for worst in (ClockState.BREACHED, ClockState.DUE_SOON, ClockState.PAUSED):
            if worst in running:
                return ResponseState(worst.value)
        if running:
            return ResponseState.ON_TRACK
        answered = {clock.state for clock in self.responses} - {ClockState.NEEDLESS}
        return ResponseState.MET if answered == {ClockState.MET} else ResponseState.NONE

    @property
    def response_due(self) -> datetime | None:
        """When the next answer is due."""
        running = (clock for clock in self.responses if clock.runs and clock.state is not ClockState.PAUSED)
        return min((clock.due for clock in running if clock.due), default=None)


@remembered
def status(facts: Facts) -> Status:
    """Read the facts into one answer."""
    return Status(
        id=facts.request.id,
        restricted=facts.request.restricted,
        route=facts.request.route,
        stage=stage(facts),
        outcome=outcome(facts),
        service_ref=facts.service_ref,
        service_name=facts.service.name if facts.service else None,
        social_work_team=facts.social_work_team,
        social_worker=facts.social_worker,
        team_manager=facts.team_manager,
        waiting_for=waiting_for(facts),
        at_work=tuple(effect_words(e) for e in facts.unfinished if facts.waits_for_a_person(e) is None),
        next_steps=next_steps(facts),
        children=tuple(_child(facts, child) for child in facts.child_refs),
        attention=facts.attention,
        clocks=tuple(_clock(facts, clock) for clock in facts.clocks),
        alerts=facts.alerts,
        timeline=timeline(facts),
        harm=(reports := _harm(facts)),
        ring=facts.policy.phones.words if reports else None,
    )


def _harm(facts: Facts) -> tuple[HarmStatus, ...]:
    """Each report, with the word of who was spoken to; and those that could not be taken."""
    taken = (
        HarmStatus(
            at=first_said(facts, report).accepted_at,
            step_id=report.step_id,
            spoken_to_at=spoken.at if (spoken := facts.spoken_to(report)) else None,
        )
        for report in facts.harm_reports
    )
    return (*taken, *(HarmStatus(at=item.since, step_id=None) for item in facts.harm_not_taken))


def _child(facts: Facts, child: str) -> ChildStatus:
    decision, answer = facts.decision(child), facts.acknowledgement(child)
    return ChildStatus(
        ref=child,
        consent_stands=facts.consents(child) if family_answered(facts, child) else None,
        agreed_with_service=facts.agreement(child) is not None if spoken_of(facts, child) else None,
        decision=decision.decision if decision else None,
        closed_in_mosaic=_closed(facts, child),
        acknowledged=answer.accepted if answer else None,
        consent_withdrawn=facts.withdrawn(child),
    )


def _clock(facts: Facts, clock: Clock) -> ClockStatus:
    times, answered, stands = facts.times(clock), answer(facts, clock), state(facts, clock)
    return ClockStatus(
        id=clock.id,
        kind=clock.kind,
        since=clock.since,
        due=times.due if times and stands is not ClockState.PAUSED else None,
        state=stands,
        answered=answered.at if answered else None,
        recorded=answered.recorded if answered else None,
    )


def _closed(facts: Facts, child: str) -> bool:
    """Closed, and not opened again since."""
    result = facts.result(facts.closing(child))
    if result is None and facts.reopenings(child):
        return facts.result(facts.reopenings(child)[-1]) is None
    return result is not None and result.ended is not Ended.SKIPPED


def timeline(facts: Facts) -> tuple[TimelineEntry, ...]:
    """What happened, oldest first."""
    start = TimelineEntry(
        at=facts.opened_at,
        recorded_at=facts.opened_at,
        who="system",
        what="The transfer was started",
        note=_not_eligible(facts.request.criteria, facts.request.social_worker),
    )
    steps = (
        TimelineEntry(
            at=entry.step.occurred_at,
            recorded_at=entry.accepted_at,
            who=entry.step.actor.words,
            what=step_words(entry.step) + _without_effect(entry),
            note=step_note(entry.step),
            step_id=entry.step.step_id,
        )
        for entry in facts.steps
    )
    left = (
        TimelineEntry(at=entry.accepted_at, recorded_at=entry.accepted_at, who="system", what=left_words(entry))
        for entry in facts.steps
        if entry.turns_away
    )
    effects = (
        TimelineEntry(
            at=result.at,
            recorded_at=result.at,
            who="system",
            what=f"{effect_words(result.effect)}: {ENDED_WORDS[result.ended]} ({result.evidence})",
        )
        for result in (*facts.effects, *facts.stopped)
        if result.effect.kind not in UNTOLD
    )
    alerts = (
        TimelineEntry(at=alert.at, recorded_at=alert.raised_at, who="system", what=told_words(alert))
        for alert in facts.alerts
    )
    raised = (
        TimelineEntry(
            at=i.since, recorded_at=i.since, who="system", what=f"Needs attention: {i.words.happened}", note=i.detail
        )
        for i in facts.attention
    )
    rejected = (
        TimelineEntry(
            at=message.at,
            recorded_at=message.at,
            who=message.sender or "unknown",
            what=f"{message.words} was not taken" + (f", {message.times} times" if message.times > 1 else ""),
            note="\n".join(filter(None, (message.reason, message.said))),
        )
        for message in facts.rejected
    )
    asked = (
        TimelineEntry(at=at, recorded_at=at, who="Temporal UI", what=ASKED_TO_CANCEL) for at in facts.cancel_requests
    )
    return tuple(
        sorted(
            (start, *steps, *left, *effects, *alerts, *raised, *rejected, *asked), key=lambda entry: entry.recorded_at
        )
    )


def _without_effect(entry: RecordedStep) -> str:
    """Why nothing follows from the step, where nothing does."""
    if entry.late:
        return TOO_LATE
    return NOTHING_FOLLOWED if entry.nothing_follows else ""


def left_words(entry: RecordedStep) -> str:
    """What had been sent, was under way, and will not be sent, when the transfer was turned away (SD-09a, SU-01)."""
    said = {
        "Had been sent by then": entry.left,
        "Under way then": entry.under_way,
        "Will not be done any more": entry.will_not_leave,
    }
    told = {name: "; ".join(map(effect_words, effects)) for name, effects in said.items()}
    told["Had been sent by then"] = told["Had been sent by then"] or "nothing"
    return ". ".join(f"{name}: {what}" for name, what in told.items() if what)


ASKED_TO_CANCEL = "Somebody asked to cancel; a transfer can be cancelled as long as no child is being closed"


def told_words(alert: Alert) -> str:
    """An alert in one line: what it says, and to whom."""
    told = " and ".join(audience.words for audience in alert.audiences)
    return f"Alert {alert.number}. {alert_words(alert.kind, alert.what, alert.due)}; told {told}"


def _not_eligible(criteria: Criteria, social_worker: str) -> str | None:
    """SD-01, SD-02, SD-03: who judged that the transfer may not go on, and why."""
    if criteria.met:
        return None
    return f"Not for Early Help, as {criteria.judged_by or social_worker} judged: {criteria.because}"


def details(now: Status) -> str:
    """The current details that the Temporal UI shows, in Markdown."""
    lines = [*_harm_lines(now), f"## {STAGE_WORDS[now.stage]}", ""]
    if now.ended is not None:
        lines += [f"**{now.ended}.**", ""]
    lines += [f"Early Help service: {now.service_name or now.service_ref}", ""]
    if now.restricted:
        for who, items in _asked(now):
            lines += [f"**Needs attention by {who.words}**: {', '.join(item.id for item in items)}", ""]
        lines += [
            *_missing_lines(now),
            *_clock_lines(now),
            "Restricted family: named people read the rest with `transfers show`.",
        ]
        return "\n".join(lines)
    lines += _attention_lines(now) + _missing_lines(now) + _clock_lines(now) + _under_way_lines(now)
    lines += ["| child | consent | agreed | decision | closed in Mosaic | acknowledged |", "|---|---|---|---|---|---|"]
    lines += [_child_line(child) for child in now.children]
    lines += ["", "**What happened**", ""]
    lines += [f"- {local_time(entry.recorded_at)}: {entry.what} ({entry.who})" for entry in now.timeline]
    return "\n".join(lines)


def _harm_lines(now: Status) -> list[str]:
    lines = [f"**{report.words}**" for report in now.harm]
    return [*lines, f"**{now.ring}**", ""] if lines else []


def _attention_lines(now: Status) -> list[str]:
    lines = []
    for who, items in _asked(now):
        told = (f"- **{i.id}** {i.what}: {i.explained} (since {local_time(i.since)})" for i in items)
        lines += [f"**Needs attention by {who.words}**", "", *told, ""]
    return lines


def _asked(now: Status) -> list[tuple[Role, list[Attention]]]:
    """The open items, by who is asked to put them right."""
    waiting = [item for item in now.attention if item.open]
    return [(who, [i for i in waiting if i.who is who]) for who in dict.fromkeys(item.who for item in waiting)]


def _missing_lines(now: Status) -> list[str]:
    lines = [f"- {need.who.words if need.who else 'system'}: {need.words}" for need in now.next_steps]
    return ["**Waits for**", "", *lines, ""] if lines else []


def _clock_lines(now: Status) -> list[str]:
    running = [clock for clock in now.clocks if clock.runs]
    lines = [f"- {clock.words_without_child if now.restricted else clock.words}" for clock in running]
    return ["**Time**", "", *lines, ""] if lines else []


def _under_way_lines(now: Status) -> list[str]:
    lines = [f"- {what}" for what in now.at_work]
    return ["**Under way**", "", *lines, ""] if lines else []


def yes_no(value: bool | None) -> str:
    """An answer in words."""
    return {True: "yes", False: "no", None: "not yet"}[value]


def _child_line(child: ChildStatus) -> str:
    return f"| {' | '.join((child.ref, *child.words))} |"
