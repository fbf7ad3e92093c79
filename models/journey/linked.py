"""Journeys that are opened out of others, and told of them: which, under which ids, and for which harm (SU-01)."""

from collections.abc import Callable, Iterator
from uuid import UUID, uuid5

from models.effects import Effect, Ended
from models.journey.facts import Facts
from models.journey.reports import FROM_ANOTHER, came_from_another, covers, replaced_by, versions
from models.journey.start import Linked, Start
from models.journey.steps import ReportsHarm, ReportSignificantHarm, SpokenTo, Step
from models.kinds import EffectKind, JourneyKind

NAMES = UUID("3f0d9c52-7a35-4c06-9a8e-6d1b20c4e7a1")
"""Of all ids that follow from another journey's: whoever chooses an id of their own never meets them."""


def id_of(journey_id: str, effect: Effect) -> str:
    """The id of what an effect of this journey opens: the same at every attempt, opaque, and nobody else's."""
    return str(uuid5(NAMES, f"{journey_id}/{effect.id}"))


def opener(start: Start) -> Linked | None:
    """The journey that opened this one by itself, for a step of its own; None where a person only says out of which.

    By its id: who types a start gives it one of their own.
    """
    origin = start.out_of
    if origin is None or origin.opened_for is None:
        return None
    effect = Effect(kind=EffectKind.OPEN_JOURNEY, journey=start.kind, step=origin.opened_for)
    return origin if start.id == id_of(origin.id, effect) else None


def step_id_of(journey_id: str, effect: Effect) -> str:
    """The id of the step that an effect of this journey hands to another one."""
    return f"{FROM_ANOTHER}{id_of(journey_id, effect)}"


def opened(facts: Facts) -> tuple[Linked, ...]:
    """What was opened out of this journey, oldest first; what a person opened by hand has an id of its own."""
    return tuple(linked for _, linked in _opened(facts))


def _opened(facts: Facts) -> Iterator[tuple[Effect, Linked]]:
    for result in facts.effects:
        effect = result.effect
        if effect.kind is EffectKind.OPEN_JOURNEY and effect.journey and result.ended in {Ended.DONE, Ended.FOUND_DONE}:
            yield effect, Linked(kind=effect.journey, id=id_of(facts.request.id, effect), step=effect.step)


def opened_for(facts: Facts, journey_id: str | None) -> ReportsHarm:
    """The report of harm for which the journey of this id was opened."""
    return report_of(facts, next(linked.step for linked in opened(facts) if linked.id == journey_id))


def report_of(facts: Facts, step_id: str | None) -> ReportsHarm:
    """The report of harm of this id, because of which a journey is opened."""
    entry = facts.entry(step_id or "")
    if entry is None or not isinstance(entry.step, ReportsHarm):
        raise AssertionError("a journey is opened for a report of harm")
    return entry.step


def opening(journey: JourneyKind, step: Step) -> Effect:
    """The effect that opens a journey of this kind because of this step."""
    return Effect(kind=EffectKind.OPEN_JOURNEY, journey=journey, step=step.step_id)


def telling(to: Linked, step: Step) -> Effect:
    """The effect that tells that journey what follows for it from this step."""
    return Effect(kind=EffectKind.TELL_JOURNEY, journey=to.kind, to=to.id, step=step.step_id)


def new_reports(facts: Facts) -> Iterator[ReportsHarm]:
    """SU-01: each report that names a child of whom the one that it corrects or repeats did not; oldest first."""
    for report in facts.harm_reports:
        said = [one for one in versions(facts, report) if not (came_from_another(one) or _answers_another(facts, one))]
        yield from (one for one in reversed(said) if newly_named(facts, one))


def _answers_another(facts: Facts, report: ReportsHarm) -> bool:
    """It is the first to say who was spoken to about harm that was said in a step of another kind, as no other can."""
    before = [entry.step for entry in facts.steps[: facts.places[report.step_id]]]
    reports = [step for step in before if isinstance(step, ReportsHarm) and step.at_risk]
    others = (one for one in reports if not isinstance(one, ReportSignificantHarm))
    return isinstance(report, ReportSignificantHarm) and any(
        {*report.at_risk} <= {*other.at_risk}
        and covers(report, other)
        and other.spoken_to is None
        and not any(covers(one, other) for one in reports)
        for other in others
    )


def newly_named(facts: Facts, report: ReportsHarm) -> tuple[str, ...]:
    """The children of whom the report it corrects or repeats, if there is one, did not say it."""
    before = replaced_by(facts, report)
    known = before.at_risk if before is not None else ()
    return tuple(child for child in report.at_risk if child not in known)


def opened_for_harm(
    facts: Facts, journey: JourneyKind, of_whom: Callable[[ReportsHarm], tuple[str, ...]]
) -> tuple[Effect, ...]:
    """SU-01: each new report of harm opens a journey of this kind, where there is a child of whom it does."""
    opens = ((opening(journey, report), report) for report in new_reports(facts))
    return tuple(effect for effect, report in opens if effect in facts.begun or of_whom(report))


def newest(facts: Facts, report: ReportsHarm) -> ReportsHarm:
    """The report as it was said last."""
    return next((one for one in facts.harm_reports if report in versions(facts, one)), report)


def told_who_was_spoken_to(facts: Facts, of_whom: Callable[[ReportsHarm], tuple[str, ...]]) -> tuple[Effect, ...]:
    """SU-01: what was opened for a report of harm is told who was spoken to about it, where that is said later."""
    return tuple(_words_for_what_was_opened(facts, of_whom))


def _words_for_what_was_opened(facts: Facts, of_whom: Callable[[ReportsHarm], tuple[str, ...]]) -> Iterator[Effect]:
    for effect, linked in _opened(facts):
        entry = facts.entry(effect.step or "")
        if entry is None or not isinstance(entry.step, ReportsHarm):
            continue
        there = of_whom(entry.step) or newly_named(facts, entry.step)
        said = said_in(facts, facts.spoken_to(newest(facts, entry.step)), there)
        if said is not None and said is not entry.step and not came_from_another(said):
            yield telling(linked, said)


def said_in(facts: Facts, spoken_to: SpokenTo | None, children: tuple[str, ...]) -> Step | None:
    """The first step that says that this person was spoken to about these children; else about one of them.

    One call may be written down twice, with more children the second time.
    """
    said = (entry.step for entry in facts.steps if spoken_to is not None)
    same = (step for step in said if getattr(step, "spoken_to", None) == spoken_to)
    about = [(step, {*step.children_named()}) for step in same]
    of_all = (step for step, named in about if {*children} <= named)
    of_one = (step for step, named in about if {*children} & named)
    return next(of_all, None) or next(of_one, None)
