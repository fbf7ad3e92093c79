"""Due dates that are counted where the transfer is, on the calendar that it knows; a worker is asked about the rest."""

from datetime import datetime
from typing import TypeVar

from models.calendar import CalendarEndsError, KnownDays
from models.certificate import Certificate, calculate
from models.effects import Effect, EffectResult, Ended
from models.held_once import held_once
from models.journey.due_dates import calculations, count
from models.journey.facts import Facts
from models.journey.projection import News

F = TypeVar("F", bound=Facts)


def counted(facts: F, now: datetime) -> F:
    """The facts with every due date that can be counted here; these very facts, where none can."""
    for due in _not_begun(facts):
        if (found := _certificate(facts, due)) is not None:
            result = EffectResult(effect=due, ended=Ended.DONE, evidence=found.words, at=now, certificate=found)
            facts = facts.having(begun=(*facts.begun, due), effects=(*facts.effects, result))
    return facts


def to_ask(facts: Facts) -> tuple[Effect, ...]:
    """The due dates that only a worker can find, and of which none was asked."""
    return tuple(due for due in _not_begun(facts) if _certificate(facts, due) is None)


def told_of(facts: F, news: News, shown_before: int) -> F:
    """The facts with what the register told: other holders of children, addresses of services, another calendar."""
    facts = facts if news.elsewhere is None else facts.having(elsewhere_now=news.elsewhere)
    others = (one for one in facts.newer_services if one.ref not in {newer.ref for newer in news.services})
    facts = facts.having(newer_services=(*others, *news.services)) if news.services else facts
    return facts if news.calendar is None else _on_another_calendar(facts, news.calendar, shown_before)


def _on_another_calendar(facts: F, newer: KnownDays, shown_before: int) -> F:
    """The facts with another calendar; what was counted on the one before and not shown long ago is counted anew.

    ``shown_before`` is how many results had been shown until then.
    """
    again = {effect.clock for effect in facts.begun if effect.number != 1}
    since = [one for one in facts.effects[shown_before:] if one.effect.clock not in again]
    void = {one.effect for one in since if one.certificate and one.certificate.calendar != newer.version}
    shown = sum(one.effect in void for one in facts.effects[: facts.results_shown])
    return facts.having(
        newer_calendar=held_once(newer),
        begun=tuple(effect for effect in facts.begun if effect not in void),
        effects=tuple(one for one in facts.effects if one.effect not in void),
        results_shown=facts.results_shown - shown,
    )


def _not_begun(facts: Facts) -> list[Effect]:
    return [due for due in calculations(facts) if due not in facts.begun]


def _certificate(facts: Facts, due: Effect) -> Certificate | None:
    # What people changed is counted by whoever has the newest calendar: that is what a recalculation is asked for.
    if facts.calendar is None or due.number != 1:
        return None
    try:
        return calculate(count(facts, due), facts.calendar)
    except CalendarEndsError:
        return None
