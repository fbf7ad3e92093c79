"""A family's journeys as one timeline: in the order of time, page by page, and nothing of what is for named people."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from models.journey.start import Linked
from models.journey.status import Status
from models.journey.timeline import TimelineEntry
from models.kinds import JourneyKind
from models.operations.family import NAMED_PEOPLE_ONLY, FamilyTimeline, KeptJourney, family_timeline
from tests import help_requests, step_down, step_ups
from tests.builders import NOW, THEN, consent, facts, facts_after, harm_report, request

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def entry(what: str, at: datetime, recorded_at: datetime | None = None, note: str | None = None) -> TimelineEntry:
    return TimelineEntry(at=at, recorded_at=recorded_at or at, who="social worker sw-7", what=what, note=note)


def journey(name: str, *entries: TimelineEntry) -> KeptJourney:
    now = step_down.status(facts(request=request(id=name)))
    return KeptJourney(now.model_copy(update={"timeline": entries}), THEN, None)


def shown(*kept: KeptJourney, hidden: Sequence[str] = (), page: int = 1, number: int = 50) -> FamilyTimeline:
    return family_timeline("family-1", kept, frozenset(hidden), page, number)


def kept(status: Status, opened_at: datetime, closed_at: datetime | None = None) -> KeptJourney:
    return KeptJourney(status, opened_at, closed_at)


def test_a_family_with_journeys_of_all_three_kinds_reads_as_one_timeline() -> None:
    referral = step_ups.status(step_ups.facts(id="up-1"))
    transfer = step_down.status(facts_after(consent(), before=facts(request=request(id="down-1"))))
    asked = help_requests.status(help_requests.facts(id="ask-1"))
    found = shown(kept(referral, THEN - DAY), kept(transfer, THEN), kept(asked, NOW))
    assert [(one.number, one.journey, one.id) for one in found.journeys] == [
        (1, "step-up", "up-1"),
        (2, "step-down", "down-1"),
        (3, "help-request", "ask-1"),
    ]
    assert [one.stands for one in found.journeys] == [now.stage_words for now in (referral, transfer, asked)]
    assert [(one.at, one.recorded_at) for one in found.entries] == sorted((o.at, o.recorded_at) for o in found.entries)
    assert {one.number for one in found.entries} == {1, 2, 3}
    said = {(one.number, one.who, one.what, one.note) for one in found.entries}
    for number, now in enumerate((referral, transfer, asked), 1):
        assert {(number, told.who, told.what, told.note) for told in now.timeline} <= said
    assert found.all == len(found.entries) == sum(len(now.timeline) for now in (referral, transfer, asked))


def test_what_happened_stands_in_the_order_in_which_it_happened_with_when_it_was_recorded() -> None:
    late = entry("a visit", NOW, NOW + DAY)
    found = shown(journey("t-1", late), journey("t-2", entry("a decision", NOW + HOUR)))
    assert [(one.what, one.number, one.recorded_at) for one in found.entries] == [
        ("a visit", 1, NOW + DAY),
        ("a decision", 2, NOW + HOUR),
    ]


def test_what_happened_at_one_moment_stands_in_the_order_of_the_journey() -> None:
    found = shown(journey("t-1", *(entry(f"{number}", NOW) for number in range(12))))
    assert [one.what for one in found.entries] == [f"{number}" for number in range(12)]


def test_a_page_has_the_newest_and_the_next_page_those_before_them() -> None:
    moments = [NOW + number * HOUR for number in range(7)]
    shuffled = random.Random(1).sample(moments, len(moments))
    both = (
        journey("t-1", *(entry("one", at) for at in shuffled[:4])),
        journey("t-2", *(entry("two", at) for at in shuffled[4:])),
    )
    pages = [shown(*both, page=page, number=3) for page in (1, 2, 3, 4)]
    assert [[one.at for one in page.entries] for page in pages] == [moments[4:], moments[1:4], moments[:1], []]
    assert {page.all for page in pages} == {7}


def test_of_thousands_of_entries_no_more_is_held_than_the_page() -> None:
    read: list[int] = []

    def many() -> Iterator[KeptJourney]:
        for number in range(100):
            read.append(number)
            yield journey(f"t-{number}", *(entry("x", NOW + number * DAY + minute * HOUR / 60) for minute in range(60)))

    found = family_timeline("family-1", many(), frozenset(), 1, 50)
    assert (len(read), len(found.entries), found.all) == (100, 50, 6000)
    assert {one.number for one in found.entries} == {100}


def linked(name: str, origin: str, *entries: TimelineEntry) -> KeptJourney:
    """One that was opened out of that one."""
    opened = journey(name, *entries)
    out_of = Linked(kind=JourneyKind.STEP_UP, id=origin)
    return opened._replace(status=opened.status.model_copy(update={"out_of": out_of}))


def test_a_journey_says_out_of_which_one_it_was_opened_also_where_that_one_is_read_later() -> None:
    found = shown(linked("t-1", "t-3"), linked("t-2", "t-1"), journey("t-3"))
    assert [one.out_of for one in found.journeys] == [3, 1, None]


def test_what_was_opened_out_of_a_journey_for_named_people_does_not_say_so() -> None:
    found = shown(linked("t-1", "t-9", entry("The referral t-9 led to it", NOW)), hidden=("t-9",))
    assert found.journeys[0].out_of is None
    assert "t-9" not in found.model_dump_json()


@pytest.mark.parametrize("said", ["It is t-9.", "(t-9)", "see t-9/run"])
def test_the_id_of_a_journey_for_named_people_stands_nowhere(said: str) -> None:
    found = shown(journey("t-1", entry(said, NOW, note=said)), hidden=("t-9",))
    assert found.named_people_only == NAMED_PEOPLE_ONLY
    assert "t-9" not in found.model_dump_json()
    assert NAMED_PEOPLE_ONLY in found.entries[0].what


def test_another_journey_whose_id_begins_alike_keeps_its_own() -> None:
    found = shown(journey("t-1", entry("opened t-90 and at-9", NOW)), hidden=("t-9",))
    assert found.entries[0].what == "opened t-90 and at-9"


@pytest.mark.clause("SU-01")
def test_a_journey_that_harm_stops_says_so() -> None:
    stopped = step_down.status(facts_after(harm_report()))
    found = shown(kept(stopped, THEN), journey("t-2"))
    assert [one.stopped_by_harm for one in found.journeys] == [True, False]
