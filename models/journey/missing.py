"""What is still missing, and so where a journey stands; what the machine is to do, and what of it may begin now.

Workflow, commands and the Temporal UI all read these answers; nothing else decides.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from models.effects import Effect
from models.journey.answers import About, NextStep, Said, Way
from models.journey.facts import Facts
from models.journey.recorded import RecordedStep
from models.journey.remembered import remembered, still_so
from models.journey.rows import Doing, Journey, Need
from models.journey.steps import Step, step_name
from models.kinds import ClockKind
from models.vocabulary import Role, local_time

F = TypeVar("F", bound=Facts)


class Missing(NamedTuple):
    """Something that a stage still lacks."""

    stage: Said
    clause: str | None
    step: type[Step] | None
    who: Role | None
    ask: str
    clock: ClockKind | None = None
    of: tuple[str, ...] = ()
    """The steps that wait for it, by ``step_id``."""
    ways: tuple[Way, ...] = ()


@remembered
def _missing(facts: F, journey: Journey[F]) -> tuple[Missing, ...]:
    if facts.is_duplicate:
        return ()
    unmet: list[Missing] = []
    for stage, row in journey.missing:
        everywhere = isinstance(row, Need) and row.everywhere
        if (everywhere or not unmet or unmet[0].stage is stage) and (lacks := _lacks(facts, stage, row)):
            unmet.append(lacks)
    return (*unmet, *_time_is_up(journey, facts, unmet))


def _lacks(facts: F, stage: Said, row: Need[F] | Doing[F]) -> Missing | None:
    if row.met(facts) or not row.applies(facts):
        return None
    if isinstance(row, Doing):
        return Missing(stage, row.clause, None, None, _waits(facts, row.wanted(facts)) or row.words or "")
    of = dict.fromkeys(step.step_id for step in row.of(facts) if step is not None)
    return Missing(stage, row.clause, row.step, row.who, row.ask, row.clock, tuple(of), tuple(row.ways(facts)))


def _waits(facts: Facts, wanted: tuple[Effect, ...]) -> str | None:
    """That everything of it that is still to leave waits for office hours, and until when."""
    until = [facts.held_until(effect) for effect in wanted if not facts.ended(effect)]
    moments = [at for at in until if at is not None]
    if not moments or len(moments) < len(until):
        return None
    return f"What is to be sent waits for office hours; it leaves on {local_time(min(moments))}."


def _time_is_up(journey: Journey[F], facts: F, unmet: list[Missing]) -> Iterator[Missing]:
    """What a team manager is asked about the waits that have come to their end."""
    kinds = dict.fromkeys(one.clock for one in unmet if one.clock is not None and facts.time_is_up(one.clock))
    for up in (journey.time_is_up[kind] for kind in kinds if kind in journey.time_is_up):
        yield Missing(unmet[0].stage, up.clause, up.step, facts.side.manager, up.ask)


def missing_as_before(journey: Journey[F], before: F, facts: F) -> F:
    """The facts, in which only changed what no rule reads: what is missing is not asked again."""
    return still_so(_missing, before, facts, journey)


def missing(journey: Journey[F], facts: F) -> tuple[Missing, ...]:
    """What the stage still lacks, in the order of the guidance; last, what a manager is asked when time is up."""
    return _missing(facts, journey)


def stage(journey: Journey[F], facts: F) -> Said:
    """Where the journey stands."""
    return next((lacks.stage for lacks in missing(journey, facts)), journey.closed)


def is_closed(journey: Journey[F], facts: F) -> bool:
    """Whether nothing is missing any more."""
    return not missing(journey, facts)


def next_steps(journey: Journey[F], facts: F) -> tuple[NextStep, ...]:
    """What is still missing, as people and systems read it."""
    return tuple(
        NextStep(
            step=step_name(lacks.step) if lacks.step else None,
            who=lacks.who,
            ask=lacks.ask,
            clause=lacks.clause,
            by=facts.due(lacks.clock) if lacks.clock else None,
            of=tuple(_about(facts, lacks, entry) for of in lacks.of if (entry := facts.entry(of)) is not None),
            ways=lacks.ways,
        )
        for lacks in missing(journey, facts)
    )


def asked_by_name(journey: Journey[F], facts: F) -> tuple[str, ...]:
    """The chairs who are to confirm what was recorded of their meeting, and so read it; as the directory has them."""
    entries = (facts.entry(of) for lacks in missing(journey, facts) if lacks.who is Role.CHAIR for of in lacks.of)
    asked = {entry.step.chaired_by for entry in entries if entry is not None}
    return tuple(one.ref for one in facts.people if one.ref in asked and Role.CHAIR in one.roles)


def _about(facts: Facts, lacks: Missing, entry: RecordedStep) -> About:
    """What waits for an act; where the chair of a meeting is asked for it, with who that is."""
    chair = entry.step.chaired_by if lacks.who is Role.CHAIR else None
    asked = f"; the chair is {facts.called(chair)}" if chair is not None else ""
    told, children = f"{entry.told}{asked}", entry.step.children_named()
    return About(step_id=entry.step.step_id, told=told, children=children)


def waiting_for(journey: Journey[F], facts: F) -> tuple[str, ...]:
    """Whom the journey waits for: roles, or ``nobody``."""
    roles = [lacks.who for lacks in missing(journey, facts) if lacks.who is not None]
    roles += [item.who for item in facts.open_attention]
    return tuple(dict.fromkeys(roles)) or ("nobody",)


def wanted(journey: Journey[F], facts: F) -> tuple[Effect, ...]:
    """Every effect of the journey itself that what is recorded now asks for, whatever the stage."""
    return _wanted(facts, journey)


@remembered
def _wanted(facts: F, journey: Journey[F]) -> tuple[Effect, ...]:
    rows = journey.doings if _may_act(facts) else ()
    return tuple(dict.fromkeys(effect for row in rows for effect in row.wanted(facts)))


def due(journey: Journey[F], facts: F) -> tuple[Effect, ...]:
    """What of it may begin now: in this stage, and beside all stages."""
    return _due(facts, journey)


@remembered
def _due(facts: F, journey: Journey[F]) -> tuple[Effect, ...]:
    rows = journey.rows_in(stage(journey, facts)) if _may_act(facts) else ()
    begin = (row for row in rows if isinstance(row, Doing) and row.may_begin(facts))
    return tuple(dict.fromkeys(effect for row in begin for effect in row.wanted(facts)))


def waits_for_evidence(journey: Journey[F], facts: F) -> bool:
    """Whether something would begin now, if everything that was recorded were kept as evidence."""
    return not facts.evidence_is_kept and _waits_for_evidence(facts, journey)


@remembered
def _waits_for_evidence(facts: F, journey: Journey[F]) -> bool:
    rows = journey.rows_in(stage(journey, facts)) if _may_act(facts) else ()
    return any(isinstance(row, Doing) and row.waits_for_evidence(facts) for row in rows)


def _may_act(facts: Facts) -> bool:
    return facts.opening is not None and not facts.is_duplicate
