"""A family's journeys as one timeline: what happened, in the order of time, who recorded it, when, in which journey.

What is for named people only is left out whole: neither its entries are here nor its id in those of the others.
"""

import heapq
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from models.journey.status import Status
from models.journey.timeline import TimelineEntry
from models.vocabulary import Frozen

NAMED_PEOPLE_ONLY = "a journey for named people only; ask operations"


class KeptJourney(NamedTuple):
    """A journey as the register keeps it."""

    status: Status
    opened_at: datetime
    closed_at: datetime | None


class FamilyJourney(Frozen):
    """One journey of the family: from when to when, and where it stands or how it ended."""

    number: int
    """As it is called beside what happened in it; the first that was opened has 1."""
    id: str
    journey: str
    """Which kind it is, as its workflow id begins."""
    stands: str
    ended: bool
    stopped_by_harm: bool
    opened_at: datetime
    closed_at: datetime | None
    out_of: int | None = None
    """The number of the journey out of which it was opened; None where it was not, or where that one is not here."""


class FamilyEntry(Frozen):
    """Something that happened: when, when it was recorded, by whom, and in which journey."""

    at: datetime
    recorded_at: datetime
    number: int
    """That of the journey."""
    journey_id: str
    who: str
    what: str
    note: str | None = None
    """What a person added in their own words."""


class FamilyTimeline(Frozen):
    """The journeys that may be shown among others, and a page of what happened in them."""

    family_ref: str
    journeys: tuple[FamilyJourney, ...]
    """In the order in which they were opened."""
    named_people_only: str | None = None
    """That there is another journey, and whom to ask; None where there is none."""
    entries: tuple[FamilyEntry, ...]
    """In the order in which it happened."""
    all: int
    """How many entries there are on all pages."""


def family_timeline(
    family_ref: str, kept: Iterable[KeptJourney], hidden: Collection[str], page: int, number: int
) -> FamilyTimeline:
    """The page of this number, from 1 with the newest, of so many entries.

    ``kept`` comes in the order in which the journeys were opened, and is read one at a time; ``hidden`` has the ids
    of those for named people only. No more is held than the entries up to this page.
    """
    journeys: list[FamilyJourney] = []
    origins: dict[int, str] = {}
    counted = 0

    def entries() -> Iterator[tuple[tuple[datetime, datetime, int, int], FamilyEntry]]:
        nonlocal counted
        for one in kept:
            journeys.append(_journey(one, len(journeys) + 1))
            if (origin := one.status.out_of) is not None:
                origins[len(journeys)] = origin.id
            for place, entry in enumerate(one.status.timeline):
                counted += 1
                told = _entry(entry, journeys[-1], hidden)
                yield (told.at, told.recorded_at, told.number, place), told

    newest = heapq.nlargest(page * number, entries(), key=lambda told: told[0])
    of_page = newest[(page - 1) * number :]
    return FamilyTimeline(
        family_ref=family_ref,
        journeys=_with_origins(journeys, origins),
        named_people_only=NAMED_PEOPLE_ONLY if hidden else None,
        entries=tuple(entry for _, entry in reversed(of_page)),
        all=counted,
    )


def _journey(kept: KeptJourney, number: int) -> FamilyJourney:
    now = kept.status
    return FamilyJourney(
        number=number,
        id=now.id,
        journey=now.journey,
        stands=now.ended or now.stage_words,
        ended=now.ended is not None,
        stopped_by_harm=now.stopped_by_harm,
        opened_at=kept.opened_at,
        closed_at=kept.closed_at,
    )


def _with_origins(journeys: Sequence[FamilyJourney], origins: Mapping[int, str]) -> tuple[FamilyJourney, ...]:
    """Each with the number of the journey out of which it was opened, as all of them are known now."""
    numbers = {one.id: one.number for one in journeys}
    found = ((one, numbers.get(origins.get(one.number, ""))) for one in journeys)
    return tuple(one.model_copy(update={"out_of": number}) for one, number in found)


def _entry(entry: TimelineEntry, journey: FamilyJourney, hidden: Collection[str]) -> FamilyEntry:
    return FamilyEntry(
        at=entry.at,
        recorded_at=entry.recorded_at,
        number=journey.number,
        journey_id=journey.id,
        who=_without(hidden, entry.who),
        what=_without(hidden, entry.what),
        note=_without(hidden, entry.note) if entry.note else None,
    )


def _without(hidden: Collection[str], said: str) -> str:
    """The text without the id of a journey for named people only."""
    for journey_id in hidden:
        if journey_id in said:
            said = re.sub(rf"(?<![\w-]){re.escape(journey_id)}(?![\w-])", NAMED_PEOPLE_ONLY, said)
    return said
