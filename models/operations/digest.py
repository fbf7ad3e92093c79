"""The morning digest: who reads what of the open transfers, as lines grouped by reader. Nothing is about a family."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from models.kinds import NAMED, OFFICES, Audience, ClockKind
from models.vocabulary import LONDON, Frozen, Ref, Role

MOST_LINES = 100
"""What is beyond is only counted: nobody reads on, and a payload has its limit."""

WAITS_FOR = {
    ClockKind.CONVERSATION: {Role.EARLY_HELP_CONTACT},
    ClockKind.CONVERSATION_HELD: {Role.EARLY_HELP_CONTACT, Role.SOCIAL_WORKER},
    ClockKind.ACKNOWLEDGEMENT: {Role.EARLY_HELP_SERVICE},
    ClockKind.HELP_REQUEST: {Role.EARLY_HELP_SERVICE},
    ClockKind.HARM_READ: {Role.EARLY_HELP_SERVICE},
    ClockKind.COMPLETION: {Role.EARLY_HELP_SERVICE},
    ClockKind.REDIRECTED: {Role.EARLY_HELP_SERVICE},
    ClockKind.OFFERED_WAITING: {Role.EARLY_HELP_SERVICE},
    ClockKind.REFERRER_TOLD: {Role.EARLY_HELP_SERVICE},
    ClockKind.TAKEN_OVER: {Role.EARLY_HELP_SERVICE},
    ClockKind.CONSENT_ASKED: {Role.EARLY_HELP_SERVICE},
    ClockKind.CONTACT_MADE: {Role.EARLY_HELP_SERVICE},
    ClockKind.CONTACT_OUTCOME: {Role.DUTY_AND_ADVICE},
    ClockKind.PARENTS_ASKED: {Role.EARLY_HELP_SERVICE},
    ClockKind.ASSESSMENT: {Role.SOCIAL_WORKER},
    ClockKind.NAMED_WORKER: {Role.TEAM_MANAGER},
    ClockKind.OUTCOME_TOLD: {Role.DUTY_AND_ADVICE},
    ClockKind.DISAGREEMENT: {Role.TEAM_MANAGER},
    ClockKind.CONSENT: {Role.SOCIAL_WORKER},
    ClockKind.SHARING: {Role.SOCIAL_WORKER},
    ClockKind.SCHEDULING: {Role.SOCIAL_WORKER},
    ClockKind.MEETING_NEAR: {Role.SOCIAL_WORKER},
    ClockKind.FINAL_MEETING: {Role.SOCIAL_WORKER},
    ClockKind.MEETING_CONFIRMED: {Role.CHAIR, Role.SOCIAL_WORKER},
    ClockKind.END_CONFIRMED: {Role.CONFERENCE_MANAGER, Role.SOCIAL_WORKER},
    ClockKind.LEAD_PRACTITIONER: {Role.SOCIAL_WORKER},
    ClockKind.ALLOCATION: {Role.SOCIAL_WORKER},
    ClockKind.MANAGEMENT_CONVERSATION: {Role.TEAM_MANAGER},
    ClockKind.DECISION: {Role.SOCIAL_WORKER},
    ClockKind.AUTHORISED: {Role.TEAM_MANAGER},
    ClockKind.NOTICE: {Role.SOCIAL_WORKER},
    ClockKind.LETTERS: {Role.SOCIAL_WORKER},
    ClockKind.DELIVERY: {Role.SOCIAL_WORKER},
    ClockKind.PART_GIVEN: {Role.SOCIAL_WORKER},
    ClockKind.FIRST_CONTACT: {Role.EARLY_HELP_SERVICE},
    ClockKind.START: {Role.EARLY_HELP_SERVICE},
    ClockKind.NOT_SEEN: {Role.TEAM_MANAGER},
    ClockKind.DECLINED: {Role.TEAM_MANAGER},
    ClockKind.FAMILIES_FIRST: {Role.EARLY_HELP_SERVICE},
    ClockKind.SIGNIFICANT_HARM: {Role.SOCIAL_WORKER},
    ClockKind.HARM_OUTCOME: {Role.SOCIAL_WORKER},
    ClockKind.HARM_NOT_TAKEN: {Role.SOCIAL_WORKER},
    ClockKind.PAUSED: {Role.TEAM_MANAGER},
    ClockKind.HAS_LEFT: {Role.SOCIAL_WORKER},
    ClockKind.NEWER_VERSION: {Role.SOCIAL_WORKER},
    ClockKind.ATTENTION: {Role.OPERATIONS},
}
"""Whose answer or step stops the clock."""


OF_SOCIAL_WORK = {Role.SOCIAL_WORKER, Role.TEAM_MANAGER}


class Reads(NamedTuple):
    """What an audience reads of a transfer."""

    roles: frozenset[Role]
    """What waits for these."""
    overdue: bool = False
    """And whatever is overdue, whoever is waited for."""


READS = {
    Audience.EARLY_HELP_CONTACT: Reads(frozenset({Role.EARLY_HELP_CONTACT, Role.EARLY_HELP_SERVICE})),
    Audience.SOCIAL_WORKER: Reads(frozenset({Role.SOCIAL_WORKER})),
    Audience.TEAM_MANAGER: Reads(frozenset({Role.TEAM_MANAGER}), overdue=True),
    Audience.TARGETED_SERVICES_LEADER: Reads(frozenset(), overdue=True),
    Audience.OPERATIONS: Reads(frozenset({Role.OPERATIONS}), overdue=True),
}
READS_RESTRICTED = {
    **{audience: reads for audience, reads in READS.items() if audience in NAMED},
    Audience.TEAM_MANAGER: Reads(frozenset({Role.TEAM_MANAGER, Role.OPERATIONS}), overdue=True),
}
"""Of a restricted family, its team manager reads what operations would."""
READS_OF_SERVICE = {
    Audience.EARLY_HELP_CONTACT: READS[Audience.EARLY_HELP_CONTACT],
    Audience.EARLY_HELP_MANAGER: Reads(frozenset({Role.EARLY_HELP_CONTACT, Role.EARLY_HELP_SERVICE}), overdue=True),
    Audience.TARGETED_SERVICES_LEADER: Reads(frozenset({Role.TARGETED_SERVICES_LEADER}), overdue=True),
    Audience.OPERATIONS: READS[Audience.OPERATIONS],
}
"""Where no team of social work is responsible, the manager of the service reads all that waits there."""
READS_OF_SERVICE_RESTRICTED = {
    Audience.EARLY_HELP_CONTACT: READS[Audience.EARLY_HELP_CONTACT],
    Audience.EARLY_HELP_MANAGER: Reads(
        frozenset({Role.EARLY_HELP_SERVICE, Role.TARGETED_SERVICES_LEADER, Role.OPERATIONS}), overdue=True
    ),
}
"""Of a restricted family, the manager reads what those above would."""


class Section(StrEnum):
    """The parts of a digest, in the order in which they are read."""

    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    WAITING = "waiting"

    @property
    def words(self) -> str:
        """The section as people say it."""
        return {"overdue": "overdue", "due_today": "due today", "waiting": "waiting for you"}[self.value]


class RunningClock(Frozen):
    """Something that an open transfer waits for now."""

    kind: ClockKind
    since: datetime
    due: datetime | None
    """None while the clock is paused, or its due date is being calculated."""


class RunningTransfer(Frozen):
    """An open transfer, as far as a digest tells of it."""

    id: str
    journey: str
    """Which kind it is, as its workflow id begins."""
    stage_words: str
    """Where it stands, as people read it."""
    service_ref: Ref
    service: str
    """What the service is called."""
    social_work_team: str | None
    """None where the service answers for it."""
    social_worker: Ref | None
    team_manager: Ref | None
    restricted: bool
    waiting_for: tuple[str, ...]
    clocks: tuple[RunningClock, ...] = ()

    @property
    def in_social_work(self) -> bool:
        """A team of social work is responsible for it."""
        return self.social_work_team is not None


class Line(Frozen):
    """One thing of one transfer, for one reader."""

    section: Section
    transfer_id: str
    journey: str
    stage_words: str
    service: str
    social_work_team: str | None
    restricted: bool
    kind: ClockKind | None = None
    """What is waited for; None where no clock counts it, and the transfer itself says what it is."""
    since: datetime | None = None
    due: datetime | None = None


class Recipient(Frozen):
    """A reader: an audience, and which service, person or office of it."""

    audience: Audience
    ref: Ref

    @property
    def id(self) -> str:
        """Unique within a day."""
        return f"{self.audience}/{self.ref}"

    @property
    def words(self) -> str:
        """The reader as people say it, by reference."""
        match self.audience:
            case Audience.TARGETED_SERVICES_LEADER | Audience.OPERATIONS:
                return self.audience.words
            case Audience.EARLY_HELP_CONTACT:
                return f"{self.audience.words} of {self.ref}"
            case _:
                return f"{self.audience.words} {self.ref}"


class Digest(Frozen):
    """What one reader is told on one morning."""

    recipient: Recipient
    lines: tuple[Line, ...]
    omitted: int = 0
    """How many more lines there were."""

    @property
    def people(self) -> tuple[Ref, ...]:
        """Whose addresses may be used, the first that is known; the team's where one team is meant and all may read."""
        teams = {line.social_work_team for line in self.lines if line.social_work_team is not None}
        of_a_team = self.recipient.audience is Audience.SOCIAL_WORKER and len(teams) == 1 and not self.restricted
        return (self.recipient.ref, *(teams if of_a_team else ()))

    @property
    def restricted(self) -> bool:
        """Whether it tells of a restricted family."""
        return any(line.restricted for line in self.lines)


class DigestPlan(Frozen):
    """Who is told something on one day; what it is, is read when it is told, as all of it would be too much."""

    day_off: str | None = None
    """Why nobody works on this day, and so nobody is told anything."""
    readers: tuple[Recipient, ...] = ()


def london_day(moment: datetime) -> date:
    """The day that it is in London."""
    return moment.astimezone(LONDON).date()


def readers(transfers: Iterable[RunningTransfer], now: datetime) -> tuple[Recipient, ...]:
    """Each reader who has something to read."""
    told = (reader for transfer in transfers for reader, reads in _readers(transfer) if _lines(transfer, reads, now))
    found = {reader.id: reader for reader in told}
    return tuple(found[reader] for reader in sorted(found))


def digest_for(reader: Recipient, transfers: Iterable[RunningTransfer], now: datetime) -> Digest:
    """What this reader has to read, the most urgent first; without a line where it is nothing."""
    lines = [
        line
        for transfer in transfers
        for one, reads in _readers(transfer)
        if one == reader
        for line in _lines(transfer, reads, now)
    ]
    lines.sort(key=_urgency)
    return Digest(recipient=reader, lines=tuple(lines[:MOST_LINES]), omitted=max(0, len(lines) - MOST_LINES))


def _urgency(line: Line) -> tuple[int, bool, float, str]:
    """By section, then what is due or has waited longest; what has no date comes last."""
    moment = line.due or line.since
    return (list(Section).index(line.section), moment is None, moment.timestamp() if moment else 0, line.transfer_id)


def _readers(transfer: RunningTransfer) -> Iterator[tuple[Recipient, Reads]]:
    """Who may read of the transfer, and what; a restricted family is told to those who are named alone."""
    refs = {
        **OFFICES,
        Audience.EARLY_HELP_CONTACT: transfer.service_ref,
        Audience.EARLY_HELP_MANAGER: transfer.service_ref,
        Audience.SOCIAL_WORKER: transfer.social_worker,
        Audience.TEAM_MANAGER: transfer.team_manager,
    }
    for audience, reads in _reads(transfer).items():
        if (ref := refs[audience]) is not None:
            yield Recipient(audience=audience, ref=ref), reads


def _reads(transfer: RunningTransfer) -> Mapping[Audience, Reads]:
    if transfer.in_social_work:
        return READS_RESTRICTED if transfer.restricted else READS
    return READS_OF_SERVICE_RESTRICTED if transfer.restricted else READS_OF_SERVICE


def _lines(transfer: RunningTransfer, reads: Reads, now: datetime) -> list[Line]:
    """A line for each thing that is waited for; children of whom the same is due at once share one."""
    lines: dict[tuple[ClockKind, datetime | None], Line] = {}
    for clock in sorted(transfer.clocks, key=lambda clock: clock.since):
        section = _section(clock.due, now)
        if _waits_for(transfer, clock.kind) & reads.roles or (reads.overdue and section is Section.OVERDUE):
            lines.setdefault((clock.kind, clock.due), _line(transfer, section, clock))
    if not lines and reads.roles.intersection(transfer.waiting_for):
        return [_line(transfer, Section.WAITING)]
    return list(lines.values())


def _waits_for(transfer: RunningTransfer, kind: ClockKind) -> set[Role]:
    """Whose step stops the clock; where no team of social work is responsible, what it would bring the service does."""
    who = WAITS_FOR[kind]
    if not transfer.in_social_work and who & OF_SOCIAL_WORK:
        return {*who - OF_SOCIAL_WORK, Role.EARLY_HELP_SERVICE}
    return who


def _section(due: datetime | None, now: datetime) -> Section:
    if due is None:
        return Section.WAITING
    if due <= now:
        return Section.OVERDUE
    return Section.DUE_TODAY if london_day(due) == london_day(now) else Section.WAITING


def _line(transfer: RunningTransfer, section: Section, clock: RunningClock | None = None) -> Line:
    return Line(
        section=section,
        transfer_id=transfer.id,
        journey=transfer.journey,
        stage_words=transfer.stage_words,
        service=transfer.service,
        social_work_team=transfer.social_work_team,
        restricted=transfer.restricted,
        kind=clock.kind if clock else None,
        since=clock.since if clock else None,
        due=clock.due if clock else None,
    )
