"""Where a journey stands, as people and systems read it: one answer for the query, the register and the screens."""

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from models.attention import Attention
from models.clock_words import CLOCK_WORDS, due_words
from models.journey.answers import NOT_ASKED_FOR, ChildState, NextStep
from models.journey.clocks import ENDED, ClockState, answer, state
from models.journey.facts import Facts
from models.journey.harm import first_said
from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.linked import opened
from models.journey.missing import asked_by_name, is_closed, next_steps, stage, waiting_for, wanted
from models.journey.people import responsible
from models.journey.recorded import Alert, Clock
from models.journey.rows import Journey, Need
from models.journey.start import Linked
from models.journey.steps import ReportSignificantHarm, step_name
from models.journey.timeline import TimelineEntry, timeline
from models.kinds import RESPONSES, ClockKind
from models.vocabulary import Frozen, local_time

F = TypeVar("F", bound=Facts)


class ChildStatus(Frozen):
    """One child's way through the transfer."""

    ref: str
    states: tuple[ChildState, ...]

    def value(self, name: str) -> bool | str | None:
        """What is known of the child under this name; None where it is not yet known."""
        return next((state.value for state in self.states if state.name == name), None)

    @property
    def words(self) -> str:
        """What is known of the child, in one line."""
        return "; ".join(f"{state.title}: {state.words}" for state in self.states if state.words != NOT_ASKED_FOR)


AGREED_FOR = "agreed_for"
"""Under this name stands the service that may see how it stands with the child, by reference."""


class ResponseState(StrEnum):
    """How those stand who must answer: the worst of the clocks that run; where none runs, whether all were in time."""

    NONE = "none"
    ON_TRACK = "on_track"
    DUE_SOON = "due_soon"
    BREACHED = "breached"
    MET = "met"
    PAUSED = "paused"


OF_ITEMS = (ClockKind.ATTENTION, ClockKind.NEWER_VERSION, ClockKind.HAS_LEFT, ClockKind.HARM_NOT_TAKEN)
OF_A_CHILD = (ClockKind.ACKNOWLEDGEMENT, ClockKind.START, ClockKind.FIRST_CONTACT)


class ClockStatus(Frozen):
    """Something that is, or was, waited for."""

    id: str
    kind: ClockKind
    about: str = ""
    """What it is about, by reference; empty where the kind says it."""
    since: datetime
    due: datetime | None
    """None until it is calculated."""
    state: ClockState
    answered: datetime | None = None
    """When the answer was given, and when it was recorded; None where none was, or none is looked for."""
    recorded: datetime | None = None
    service_ref: str = ""
    """The service that the journey went to when it began."""

    @property
    def words(self) -> str:
        """The clock in one line, with the number of the item, or the child, that it is about."""
        return self._line(naming=(*OF_ITEMS, *OF_A_CHILD))

    @property
    def words_without_child(self) -> str:
        """The same, for those who are to read of no child."""
        return self._line(naming=OF_ITEMS)

    def _line(self, naming: tuple[ClockKind, ...]) -> str:
        due = due_words(self.kind, self.due) if self.due else CLOCK_WORDS[self.kind].name
        about = f"{self.about}: " if self.kind in naming else ""
        return f"{about}{due[0].upper()}{due[1:]}: {self.state.words}"

    @property
    def runs(self) -> bool:
        """Whether it is waited for now."""
        return self.state not in ENDED


class HarmState(StrEnum):
    """How the reports of significant harm stand, the worst of them (SU-01)."""

    NOBODY_SPOKEN_TO = "nobody_spoken_to"
    """Of one, nobody has said yet who was spoken to, or it could not be taken: that waits for no working day."""
    REPORTED = "reported"
    LIFTED = "lifted"
    """It came to nothing, and the team manager has lifted the stop (SD-39)."""


class HarmStatus(Frozen):
    """A report of significant harm (SU-01)."""

    at: datetime
    """When it came first; the alerts count from then."""
    step_id: str | None
    """The report as it was said last, for whoever corrects it; None where it could not be taken."""
    spoken_to_at: datetime | None = None
    """When somebody was spoken to; None until that is said."""
    lifted: bool = False
    """The team manager has lifted the stop, and everything goes on (SD-39)."""
    to_come: bool = False
    """It is still to be recorded what it came to, for some of its children."""
    declined: bool = False
    """It was said in a step of another kind, as a service's answer: who was spoken to is said in a report."""
    said_in: str | None = None
    """The step in which it is said who was spoken to, where there is one for that."""

    @property
    def words(self) -> str:
        """How it stands, and what is to be recorded."""
        if self.step_id is None:
            return (
                f"A report of significant harm came on {local_time(self.at)} and could not be taken. Ring now, and "
                "record the report."
            )
        reported = f"A risk of significant harm was reported on {local_time(self.at)}."
        if self.spoken_to_at is not None:
            lifted = " Where nothing came of it, the team manager has lifted the stop." if self.lifted else ""
            to_come = " Once it is known, record what came of it for each child." if self.to_come else ""
            return f"{reported} Somebody was spoken to on {local_time(self.spoken_to_at)}.{to_come}{lifted}"
        if self.said_in is not None:
            return (
                f"{reported} NOBODY HAS SAID WHO WAS SPOKEN TO. Ring now, then record whom you spoke to and when, with "
                f"a step {self.said_in}."
            )
        how = "a report about the child" if self.declined else "the report again"
        corrects = "" if self.declined else ", as a correction of the first"
        return (
            f"{reported} NOBODY HAS SAID WHO WAS SPOKEN TO. Ring now, then record {how}, with who was spoken to and "
            f"when{corrects}."
        )

    def command(self, transfer_id: str) -> str | None:
        """What is copied to record who was spoken to, or what it came to; None where neither is to be recorded so."""
        if self.step_id is None or (self.spoken_to_at is not None and not self.to_come):
            return None
        if self.spoken_to_at is not None or self.said_in is not None:
            return f"transfers step {transfer_id} FILE"
        corrects = "" if self.declined else f" --corrects {self.step_id}"
        return f"transfers step {transfer_id} FILE{corrects}"


class HeldStatus(Frozen):
    """Something that waits for office hours."""

    what: str
    until: datetime

    @property
    def words(self) -> str:
        """What it is, and when it leaves."""
        return f"{self.what}. It leaves on {local_time(self.until)}, when office hours begin"


class Status(Frozen):
    """The answer of the ``status`` query."""

    id: str
    restricted: bool = False
    """The family's records are for named people only."""
    journey: str
    """Which kind of journey it is, as its workflow id begins."""
    family_ref: str = ""
    out_of: Linked | None = None
    """The journey out of which it was opened."""
    opened: tuple[Linked, ...] = ()
    """What was opened out of it, oldest first."""
    route: str
    stage: str
    stage_words: str
    outcome: str | None
    ended: str | None = None
    """How it ended, in words; None while it is open."""
    service_ref: str
    service_name: str | None
    social_work_team: str | None
    """None where the service answers for it, and no team of social work."""
    social_worker: str | None = None
    team_manager: str | None = None
    belongs_to: tuple[str, ...] = ()
    """Whose it is, by reference: teams, offices, or the service that answers for it."""
    named_people: tuple[str, ...] = ()
    """Who is responsible for the family by name, by reference."""
    in_charge: str = "Social work"
    """On whose side somebody is responsible."""
    responsible: str = ""
    """Whom to ask there, with names, as the directory of people has them."""
    waiting_for: tuple[str, ...]
    at_work: tuple[str, ...] = ()
    """What the machine is doing outside right now, in plain words."""
    held: tuple[HeldStatus, ...] = ()
    """What waits for office hours, and when it leaves."""
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
    """Whom to ring: where there is such a report, and where a journey always says it."""

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
    def harm_commands(self) -> tuple[str, ...]:
        """What is copied to record who was spoken to, of each report of which nobody has said it."""
        return tuple(command for report in self.harm if (command := report.command(self.id)) is not None)

    @property
    def harm_state(self) -> HarmState | None:
        """How the reports of significant harm stand; None where there is none."""
        if not self.harm:
            return None
        unsaid = any(report.spoken_to_at is None for report in self.harm)
        if unsaid:
            return HarmState.NOBODY_SPOKEN_TO
        return HarmState.LIFTED if all(report.lifted for report in self.harm) else HarmState.REPORTED

    @property
    def stopped_by_harm(self) -> bool:
        """Whether a report of significant harm stops it, or could not be taken."""
        return self.harm_state not in {None, HarmState.LIFTED}

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


def status(journey: Journey[F], facts: F) -> Status:
    """Read the facts into one answer."""
    stands, ended = stage(journey, facts), journey.outcome(facts) if is_closed(journey, facts) else None
    reports, asked = _harm(journey, facts, over=ended is not None), wanted(journey, facts)
    return Status(
        id=facts.request.id,
        restricted=facts.request.restricted,
        journey=journey.kind,
        family_ref=facts.request.family_ref,
        out_of=facts.request.out_of,
        opened=opened(facts),
        route=facts.route,
        stage=stands,
        stage_words=stands.words,
        outcome=ended,
        ended=ended and (ended.words_after_harm if facts.harm_stands else ended.words),
        service_ref=facts.service_ref,
        service_name=facts.service.name if facts.service else None,
        social_work_team=facts.social_work_team,
        social_worker=facts.social_worker,
        team_manager=facts.team_manager,
        belongs_to=facts.belongs_to,
        named_people=tuple(dict.fromkeys((*facts.named_people, *asked_by_name(journey, facts)))),
        in_charge=facts.side.name,
        responsible=responsible(facts),
        waiting_for=waiting_for(journey, facts),
        at_work=tuple(effect.words for effect in facts.unfinished if facts.waits_for_a_person(effect) is None),
        held=tuple(HeldStatus(what=held.effect.words, until=held.until) for held in facts.held if held.effect in asked),
        next_steps=next_steps(journey, facts),
        children=tuple(ChildStatus(ref=ref, states=journey.child_states(facts, ref)) for ref in facts.child_refs),
        attention=facts.attention,
        clocks=tuple(_clock(journey, facts, clock) for clock in facts.clocks),
        alerts=facts.alerts,
        timeline=timeline(facts),
        harm=reports,
        ring=facts.policy.phones.words if reports or facts.side.says_whom_to_ring else None,
    )


def _harm(journey: Journey[F], facts: F, *, over: bool) -> tuple[HarmStatus, ...]:
    """Each report, with the word of who was spoken to; and those that could not be taken."""
    asks = not over and RecordHarmOutcome in journey.steps
    taken = (
        HarmStatus(
            at=first_said(facts, report).accepted_at,
            step_id=report.step_id,
            spoken_to_at=spoken.at if (spoken := facts.spoken_to(report)) else None,
            lifted=not facts.harm_stands,
            to_come=asks and not {*report.at_risk} <= _heard_of(facts),
            declined=not isinstance(report, ReportSignificantHarm),
            said_in=said_in(journey),
        )
        for report in facts.harm_reports
    )
    return (*taken, *(HarmStatus(at=item.since, step_id=None) for item in facts.harm_not_taken))


def said_in(journey: Journey[F]) -> str | None:
    """The step in which it is said who was spoken to, where that is no report: whose need waits for that word."""
    waits = (row for _, row in journey.missing if isinstance(row, Need) and row.clock is ClockKind.SIGNIFICANT_HARM)
    step = next((row.step for row in waits), None)
    return None if step in {None, ReportSignificantHarm} else step_name(step)


def _heard_of(facts: Facts) -> set[str]:
    """The children of whom it was said what it came to, since harm was reported last."""
    since = (entry.step for entry in facts.steps[facts.harm_reported_after :])
    return {child for step in since if isinstance(step, RecordHarmOutcome) for child in step.children_named()}


def _clock(journey: Journey[F], facts: F, clock: Clock) -> ClockStatus:
    times, answered, stands = facts.times(clock), answer(journey, facts, clock), state(journey, facts, clock)
    return ClockStatus(
        id=clock.id,
        kind=clock.kind,
        about=clock.about,
        since=clock.since,
        due=times.due if times and stands is not ClockState.PAUSED else None,
        state=stands,
        answered=answered.at if answered else None,
        recorded=answered.recorded if answered else None,
        service_ref=clock.service_ref,
    )


def yes_no(value: bool | None) -> str:
    """An answer in words."""
    return {True: "yes", False: "no", None: "not yet"}[value]


def also_in(facts: Facts, ref: str, title: str) -> ChildState:
    """The other open journey that has the child, under this title."""
    held = next((one for one in facts.elsewhere if one.child == ref), None)
    return ChildState(
        name="elsewhere",
        title=title,
        value=held.holder if held is not None and not held.restricted else None,
        words=held.words if held is not None else NOT_ASKED_FOR,
    )
