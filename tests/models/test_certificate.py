"""Due dates and their certificates: each can be calculated again, and by hand."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import CalendarEndsError, DayOff
from models.certificate import (
    Certificate,
    Count,
    Pause,
    PauseReason,
    Recalculation,
    agrees,
    calculate,
    working_time,
)
from models.kinds import RESPONSES, Audience, ClockKind, RungKind
from models.policy import DEFAULT_CLOCKS, RESPONSE, ClockPolicy, Rung
from models.vocabulary import LONDON
from tests.builders import calendar, england, london

GOLDEN = london(2026, 4, 2, 10)
BETWEEN_THE_YEARS = tuple(
    DayOff(day=date(2026, 12, day), name="closed between Christmas and New Year") for day in (29, 30, 31)
)


def count(
    received: datetime = GOLDEN, *pauses: Pause, kind: ClockKind = ClockKind.CONVERSATION, **policy: Any
) -> Count:
    of_kind = DEFAULT_CLOCKS[kind]
    return Count(
        kind=kind,
        received=received,
        policy_version="test",
        policy=ClockPolicy.model_validate({**dict(of_kind), **policy}),
        pauses=pauses,
    )


def rung(working_days: int, at: str, kind: RungKind = RungKind.REMINDER) -> Rung:
    said = {"kind": kind, "working_days": working_days, "at": at, "audiences": (Audience.SOCIAL_WORKER,)}
    return Rung.model_validate(said)


def paused(since: datetime, until: datetime) -> Pause:
    return Pause(since=since, until=until, reason=PauseReason.FAMILY_UNAVAILABLE, by="team manager tm-1")


def hours_until(received: datetime, due: datetime) -> float:
    return (due.astimezone(UTC) - received.astimezone(UTC)) / timedelta(hours=1)


@pytest.mark.clause("SD-34")
@pytest.mark.clause("SD-35")
@pytest.mark.parametrize("kind", [ClockKind.CONVERSATION, ClockKind.ACKNOWLEDGEMENT])
def test_received_on_maundy_thursday_is_due_a_week_later_as_easter_does_not_count(kind: ClockKind) -> None:
    calculated = calculate(count(GOLDEN, kind=kind), england())
    assert calculated.due == london(2026, 4, 9, 17)
    assert calculated.counts_from == GOLDEN
    assert [(day.day.day, day.number, day.why_not) for day in calculated.days] == [
        (2, 0, None),
        (3, None, "Good Friday"),
        (4, None, "Saturday"),
        (5, None, "Sunday"),
        (6, None, "Easter Monday"),
        (7, 1, None),
        (8, 2, None),
        (9, 3, None),
    ]
    assert (calculated.calendar, calculated.policy_version) == (england().version, "test")


DUE: dict[str, tuple[Count, datetime]] = {
    "before opening": (count(london(2026, 3, 2, 6)), london(2026, 3, 5, 17)),
    "exactly at close": (count(london(2026, 3, 2, 17)), london(2026, 3, 5, 17)),
    "a second after close": (count(london(2026, 3, 2, 17) + timedelta(seconds=1)), london(2026, 3, 6, 17)),
    "after the cut-off": (count(london(2026, 3, 2, 16), cut_off=time(15)), london(2026, 3, 6, 17)),
    "at the cut-off": (count(london(2026, 3, 2, 15), cut_off=time(15)), london(2026, 3, 5, 17)),
    "on a Saturday": (count(london(2026, 3, 7, 11)), london(2026, 3, 12, 17)),
    "on a bank holiday": (count(london(2026, 5, 4, 11)), london(2026, 5, 8, 17)),
    "with the day of receipt as day 1": (count(london(2026, 3, 2, 10), day_of_receipt=1), london(2026, 3, 4, 17)),
    "on the day of receipt itself": (
        count(london(2026, 3, 2, 10), day_of_receipt=1, working_days=1),
        london(2026, 3, 2, 17),
    ),
    "no working day at all": (count(london(2026, 3, 2, 10), working_days=0), london(2026, 3, 2, 17)),
    "from Christmas Eve to New Year": (count(london(2026, 12, 24, 10)), london(2026, 12, 31, 17)),
    "over the leap day": (count(london(2028, 2, 28, 10)), london(2028, 3, 2, 17)),
    "not over a leap day": (count(london(2027, 2, 26, 10)), london(2027, 3, 3, 17)),
}


@pytest.mark.clause("SD-34")
@pytest.mark.parametrize(("what", "due"), DUE.values(), ids=DUE)
def test_it_is_due_at_close_of_business_on_the_last_day_of_the_count(what: Count, due: datetime) -> None:
    assert calculate(what, england()).due == due


def test_a_closure_day_of_the_council_does_not_count() -> None:
    closed = calendar(closure_days=(DayOff(day=date(2026, 3, 4), name="training for everybody"),))
    calculated = calculate(count(london(2026, 3, 2, 10)), closed)
    assert calculated.due == london(2026, 3, 6, 17)
    assert calculated.days[2].why_not == "training for everybody"


def test_a_council_that_closes_from_christmas_to_new_year_answers_in_january() -> None:
    calculated = calculate(count(london(2026, 12, 24, 10)), calendar(closure_days=BETWEEN_THE_YEARS))
    assert calculated.due == london(2027, 1, 6, 17)
    assert [day.why_not for day in calculated.days if day.number is None] == [
        "Christmas Day",
        "Boxing Day",
        "Sunday",
        "Boxing Day (observed)",
        *["closed between Christmas and New Year"] * 3,
        "New Year's Day",
        "Saturday",
        "Sunday",
    ]


@pytest.mark.parametrize(
    ("received", "due", "hours"),
    [
        (london(2026, 3, 26, 10), london(2026, 3, 31, 17), 5 * 24 + 7 - 1),
        (london(2026, 10, 22, 10), london(2026, 10, 27, 17), 5 * 24 + 7 + 1),
        (london(2026, 6, 11, 10), london(2026, 6, 16, 17), 5 * 24 + 7),
    ],
    ids=["the clocks go forward", "the clocks go back", "in between"],
)
def test_it_is_due_at_17_o_clock_in_london_whatever_the_clocks_did(
    received: datetime, due: datetime, hours: int
) -> None:
    calculated = calculate(count(received), england())
    assert (calculated.due, calculated.due.astimezone(LONDON).time()) == (due, time(17))
    assert hours_until(received, calculated.due) == hours


def test_days_before_the_receipt_counts_are_listed_with_the_reason() -> None:
    calculated = calculate(count(london(2026, 3, 6, 18)), england())
    assert [(day.day.day, day.number, day.why_not) for day in calculated.days[:4]] == [
        (6, None, "came too late in the day"),
        (7, None, "Saturday"),
        (8, None, "Sunday"),
        (9, 0, None),
    ]
    assert calculated.counts_from == london(2026, 3, 9, 9)


@pytest.mark.clause("SD-34")
@pytest.mark.parametrize(
    ("pause", "due"),
    [
        (paused(london(2026, 3, 3, 16, 59), london(2026, 3, 3, 18)), london(2026, 3, 6, 17)),
        (paused(london(2026, 3, 2, 12), london(2026, 3, 2, 16)), london(2026, 3, 5, 17)),
        (paused(london(2026, 3, 3, 17), london(2026, 3, 4, 9)), london(2026, 3, 5, 17)),
        (paused(london(2026, 3, 2, 12), london(2026, 3, 9, 10)), london(2026, 3, 12, 17)),
        (paused(london(2026, 3, 7, 10), london(2026, 3, 8, 10)), london(2026, 3, 5, 17)),
        (paused(london(2026, 3, 4, 11), london(2026, 3, 4, 11)), london(2026, 3, 5, 17)),
    ],
    ids=[
        "a minute of a working day",
        "only on day 0",
        "only overnight",
        "a week",
        "on a weekend after it",
        "for no time",
    ],
)
def test_a_day_on_which_the_clock_was_paused_in_working_hours_does_not_count(pause: Pause, due: datetime) -> None:
    assert calculate(count(london(2026, 3, 2, 10), pause), england()).due == due


def test_a_day_that_does_not_count_as_the_clock_was_paused_says_so() -> None:
    pause = paused(london(2026, 3, 3, 10), london(2026, 3, 3, 11))
    day = calculate(count(london(2026, 3, 2, 10), pause), england()).days[1]
    assert (day.number, day.why_not) == (None, "the clock was paused: the family cannot be reached")


def test_day_1_does_not_count_either_where_the_clock_was_paused_on_the_day_of_receipt() -> None:
    pause = paused(london(2026, 3, 2, 11), london(2026, 3, 2, 16))
    calculated = calculate(count(london(2026, 3, 2, 10), pause, day_of_receipt=1), england())
    assert calculated.due == london(2026, 3, 5, 17)
    assert [day.number for day in calculated.days] == [None, 1, 2, 3]


def test_two_pauses_take_out_the_days_of_both() -> None:
    first = paused(london(2026, 3, 3, 10), london(2026, 3, 3, 11))
    second = paused(london(2026, 3, 4, 10), london(2026, 3, 5, 11))
    assert calculate(count(london(2026, 3, 2, 10), first, second), england()).due == london(2026, 3, 10, 17)


@pytest.mark.clause("SD-34")
def test_the_ladder_hangs_on_the_due_day_and_counts_working_days() -> None:
    rungs = [(rung.kind, rung.at) for rung in calculate(count(GOLDEN), england()).rungs]
    assert rungs == [
        (RungKind.REMINDER, london(2026, 4, 8, 17)),
        (RungKind.REMINDER, london(2026, 4, 9, 9)),
        (RungKind.BREACH, london(2026, 4, 9, 17)),
        (RungKind.ESCALATION, london(2026, 4, 10, 9)),
        (RungKind.ESCALATION, london(2026, 4, 13, 9)),
        (RungKind.ESCALATION, london(2026, 4, 14, 9)),
    ]


def test_a_rung_that_would_have_come_before_the_receipt_falls_away() -> None:
    same_day = count(london(2026, 3, 2, 10), day_of_receipt=1, working_days=1)
    assert [rung.kind for rung in calculate(same_day, england()).rungs] == [RungKind.BREACH, *[RungKind.ESCALATION] * 3]


@pytest.mark.clause("SD-16")
@pytest.mark.clause("SD-18")
def test_what_counts_from_a_date_to_come_reminds_before_that_date() -> None:
    monday = london(2026, 3, 16, 10)
    near, meeting = (
        calculate(Count(kind=kind, received=monday, policy_version="1", policy=DEFAULT_CLOCKS[kind]), england())
        for kind in (ClockKind.MEETING_NEAR, ClockKind.FINAL_MEETING)
    )
    assert (near.due, meeting.due) == (london(2026, 3, 16, 17), london(2026, 3, 19, 17))
    assert [rung.at for rung in near.rungs] == [london(2026, 3, 9, 9), london(2026, 3, 12, 9), near.due]
    assert [rung.at for rung in meeting.rungs] == [london(2026, 3, 13, 9), london(2026, 3, 18, 9), meeting.due]


FROM_THE_RECEIPT = [kind for kind, policy in DEFAULT_CLOCKS.items() if not policy.warns_ahead]


@pytest.mark.parametrize("kind", FROM_THE_RECEIPT)
def test_a_count_of_no_days_that_came_at_the_last_moment_still_tells_that_its_time_is_over(kind: ClockKind) -> None:
    calculated = calculate(count(london(2026, 3, 2, 17), kind=kind, working_days=0), england())
    assert calculated.due == calculated.counts_from == london(2026, 3, 2, 17)
    first = next(rung for rung in calculated.rungs if rung.kind is not RungKind.NEWS)
    assert first.kind is (RungKind.BREACH if kind in RESPONSES else RungKind.END)
    assert first.at == calculated.due


def test_the_last_rung_of_a_ladder_never_falls_away() -> None:
    only_reminders = (rung(-3, "opening"), rung(-2, "opening"))
    calculated = calculate(count(london(2026, 3, 2, 10), working_days=1, ladder=only_reminders), england())
    assert [step.at for step in calculated.rungs] == [london(2026, 2, 27, 9)]


@pytest.mark.parametrize(
    ("until", "policy"),
    [
        (date(2026, 3, 4), {}),
        (date(2026, 3, 5), {"ladder": (rung(2, "opening", RungKind.BREACH),)}),
        (date(2026, 3, 6), {"ladder": (rung(1, "opening", RungKind.ESCALATION), rung(2, "closing", RungKind.END))}),
    ],
    ids=["the count", "its breach", "its end"],
)
def test_a_due_date_breach_or_end_past_the_end_of_the_calendar_is_not_guessed(
    until: date, policy: dict[str, Any]
) -> None:
    with pytest.raises(CalendarEndsError):
        calculate(count(london(2026, 3, 2, 10), **policy), calendar(known_until=until))


@pytest.mark.clause("SD-34")
@pytest.mark.parametrize(("until", "known"), [(5, 3), (6, 4), (8, 4), (9, 5), (10, 6)])
def test_where_the_calendar_ends_after_the_due_date_it_is_told_as_far_as_the_days_are_known(
    until: int, known: int
) -> None:
    days, whole = calendar(known_until=date(2026, 3, until)), calculate(count(london(2026, 3, 2, 10)), england())
    calculated = calculate(count(london(2026, 3, 2, 10)), days)
    assert (calculated.due, calculated.days) == (whole.due, whole.days)
    assert calculated.rungs == whole.rungs[:known]
    assert agrees(calculated, days)


def test_what_comes_in_the_last_days_of_the_published_calendar_has_its_due_date() -> None:
    council = calendar(known_until=date(2027, 12, 31))
    calculated = calculate(count(london(2027, 12, 23, 10)), council)
    assert calculated.due == london(2027, 12, 30, 17)
    assert [step.kind for step in calculated.rungs][-2:] == [RungKind.BREACH, RungKind.ESCALATION]


@pytest.mark.parametrize(
    "ladder",
    [
        (rung(0, "closing"), rung(0, "opening")),
        (rung(1, "opening"), rung(0, "closing")),
        (rung(0, "closing"), rung(0, "closing")),
    ],
    ids=["the wrong way round on a day", "the wrong way round", "twice the same"],
)
def test_a_ladder_whose_rungs_do_not_follow_each_other_is_refused(ladder: tuple[Rung, ...]) -> None:
    with pytest.raises(ValidationError, match="ladder: its rungs come one after the other in time"):
        ClockPolicy(working_days=3, ladder=ladder)


@pytest.mark.parametrize("kind", [RungKind.BREACH, RungKind.END])
@pytest.mark.parametrize(("working_days", "at"), [(0, "opening"), (-1, "closing"), (-3, "opening")])
def test_that_the_time_is_over_is_never_said_before_it_is_due(kind: RungKind, working_days: int, at: str) -> None:
    with pytest.raises(ValidationError, match="working_days: what is due at close of business"):
        rung(working_days, at, kind)
    for right in ((0, "closing"), (1, "opening"), (2, "closing")):
        assert rung(*right, kind).kind is kind


@pytest.mark.parametrize("over", [RungKind.BREACH, RungKind.END])
def test_nobody_is_reminded_of_what_is_over(over: RungKind) -> None:
    for between in ((), (rung(1, "opening", RungKind.ESCALATION),)):
        ladder = (rung(0, "closing", over), *between, rung(1, "closing"))
        with pytest.raises(ValidationError, match=f"ladder: nobody is reminded after the {over}"):
            ClockPolicy(working_days=3, ladder=ladder)


def test_a_count_may_have_no_ladder_at_all() -> None:
    assert calculate(count(london(2026, 3, 2, 10), ladder=()), england()).rungs == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"working_days": 0, "day_of_receipt": 1}, "working_days: at least one day"),
        ({"working_days": -1}, "working_days"),
        ({"day_of_receipt": 2}, "day_of_receipt"),
        ({"ladder": ({**dict(rung(0, "closing")), "audiences": ()},)}, "audiences"),
    ],
)
def test_a_policy_that_nobody_can_keep_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ClockPolicy.model_validate({**dict(RESPONSE), **wrong})


def recalculated() -> Certificate:
    before = Recalculation(at=GOLDEN, by="operations ops-1", calendar_before="england-1", due_before=GOLDEN)
    pause = paused(london(2026, 4, 7, 10), london(2026, 4, 7, 11))
    return calculate(count(GOLDEN, pause).model_copy(update={"recalculations": (before,)}), england())


def altered() -> dict[str, Certificate]:
    """The certificate with one thing in its result changed, each by its name."""
    right = recalculated()
    hour = timedelta(hours=1)
    return {
        "due": right.model_copy(update={"due": right.due + hour}),
        "counts_from": right.model_copy(update={"counts_from": right.counts_from - hour}),
        "calendar": right.model_copy(update={"calendar": "england-00000000"}),
        "a day is omitted": right.model_copy(update={"days": right.days[:-1]}),
        "a pause is omitted": right.model_copy(update={"pauses": ()}),
        **{
            f"day {place} {name}": _with_item(right, "days", place, {name: value})
            for place, day in enumerate(right.days)
            for name, value in {"day": day.day + timedelta(days=1), "number": 9, "why_not": "a whim"}.items()
        },
        **{
            f"rung {place} {name}": _with_item(right, "rungs", place, {name: value})
            for place, step in enumerate(right.rungs)
            for name, value in {
                "kind": RungKind.END,
                "at": step.at + hour,
                "audiences": (*step.audiences, Audience.OPERATIONS),
            }.items()
        },
        "a rung is omitted": right.model_copy(update={"rungs": right.rungs[1:]}),
    }


def _with_item(certificate: Certificate, field: str, place: int, changes: dict[str, Any]) -> Certificate:
    items = list(getattr(certificate, field))
    items[place] = items[place].model_copy(update=changes)
    return certificate.model_copy(update={field: tuple(items)})


@pytest.mark.clause("SD-34")
@pytest.mark.parametrize("wrong", altered().values(), ids=altered())
def test_a_certificate_whose_result_was_altered_does_not_agree(wrong: Certificate) -> None:
    assert agrees(recalculated(), england())
    assert not agrees(wrong, england())
    assert not agrees(Certificate.model_validate_json(wrong.model_dump_json()), england())


def test_a_certificate_does_not_agree_with_another_calendar() -> None:
    assert not agrees(recalculated(), calendar(closes=time(16)))
    assert not agrees(recalculated(), calendar(known_until=date(2059, 12, 31))), "the same days, another version"


moments = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2030, 12, 31)).map(  # noqa: DTZ001 - is given a zone
    lambda moment: moment.replace(tzinfo=UTC)
)
policies = st.tuples(st.integers(1, 12), st.integers(0, 1), st.sampled_from([None, time(12), time(16, 30)])).map(
    lambda said: {"working_days": said[0], "day_of_receipt": said[1], "cut_off": said[2]}
)
lengths = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=12))
kinds = st.sampled_from([ClockKind.CONVERSATION, ClockKind.CONSENT])


@st.composite
def counts(draw: st.DrawFn) -> Count:
    received = draw(moments)
    starts = [received + draw(lengths) for _ in range(draw(st.integers(0, 2)))]
    return count(
        received, *(paused(start, start + draw(lengths)) for start in starts), kind=draw(kinds), **draw(policies)
    )


def numbers(certificate: Certificate) -> list[int]:
    return [day.number for day in certificate.days if day.number is not None]


@pytest.mark.clause("SD-34")
@settings(max_examples=150)
@given(counts())
def test_whatever_came_it_is_due_at_close_of_a_day_that_counts_after_just_so_many_of_them(what: Count) -> None:
    calculated, days = calculate(what, england()), england()
    last, policy = calculated.days[-1], what.policy
    assert calculated.due == days.closing(last.day)
    assert (last.number, last.why_not, days.day_off(last.day)) == (policy.working_days, None, None)
    counted = numbers(calculated)
    assert counted == list(range(counted[0], policy.working_days + 1))
    assert counted[0] <= 1
    assert all((day.number is None) is (day.why_not is not None) for day in calculated.days)
    listed = [day.day for day in calculated.days]
    assert listed == [listed[0] + timedelta(days=place) for place in range(len(listed))], "no day is passed over"
    assert listed[0] == what.received.astimezone(LONDON).date()


@settings(max_examples=150)
@given(counts())
def test_whatever_came_its_ladder_lies_in_working_time_after_the_receipt_and_in_order(what: Count) -> None:
    calculated, days = calculate(what, england()), england()
    at = [step.at for step in calculated.rungs]
    assert at == sorted(set(at))
    assert all(moment >= calculated.counts_from for moment in at)
    for moment in at:
        local = moment.astimezone(LONDON)
        assert days.day_off(local.date()) is None
        assert local.time() in {days.opens, days.closes}


@settings(max_examples=150)
@given(counts())
def test_every_certificate_can_be_calculated_again_also_after_it_was_kept(what: Count) -> None:
    calculated = calculate(what, england())
    kept = Certificate.model_validate_json(calculated.model_dump_json())
    assert kept == calculated
    assert agrees(calculated, england())
    assert agrees(kept, england())


@settings(max_examples=150)
@given(moments, lengths, policies)
def test_what_comes_later_is_never_due_earlier(received: datetime, later: timedelta, policy: dict[str, Any]) -> None:
    first, second = (calculate(count(moment, **policy), england()) for moment in (received, received + later))
    assert first.due <= second.due
    assert first.counts_from <= second.counts_from


@settings(max_examples=100)
@given(counts())
def test_a_day_more_is_due_later(what: Count) -> None:
    longer = what.model_copy(
        update={"policy": what.policy.model_copy(update={"working_days": what.policy.working_days + 1})}
    )
    assert calculate(what, england()).due < calculate(longer, england()).due


@settings(max_examples=100)
@given(counts(), lengths, lengths)
def test_another_pause_never_makes_it_due_earlier(what: Count, after: timedelta, long: timedelta) -> None:
    since = what.received + after
    with_a_pause = what.model_copy(update={"pauses": (*what.pauses, paused(since, since + long))})
    assert calculate(with_a_pause, england()).due >= calculate(what, england()).due


@settings(max_examples=50)
@given(counts(), st.lists(st.integers(0, 20), min_size=1, max_size=5, unique=True))
def test_more_days_off_never_make_it_due_earlier_and_the_calendar_has_another_version(
    what: Count, places: list[int]
) -> None:
    start = what.received.astimezone(LONDON).date()
    off = tuple(DayOff(day=start + timedelta(days=place), name="closed") for place in places)
    fewer = england().model_copy(update={"closure_days": off})
    assume(what.received.year < 2030)
    assert calculate(what, fewer).due >= calculate(what, england()).due
    assert fewer.version != england().version


def worked(received: datetime, hours: float, *pauses: Pause) -> timedelta | None:
    """Between what was received and an answer so many hours later."""
    return working_time(calculate(count(received, *pauses), england()), england(), received + timedelta(hours=hours))


def test_the_time_until_an_answer_is_working_time_without_the_pauses() -> None:
    assert worked(london(2026, 4, 2, 16), 24 * 4 + 18) == timedelta(hours=2), "Thursday 16:00 to Tuesday 10:00"
    assert worked(GOLDEN, 6, paused(GOLDEN, london(2026, 4, 2, 14))) == timedelta(hours=2)
    assert worked(london(2026, 4, 2, 7), 3) == timedelta(hours=1), "an hour before opening is none"


def test_how_long_an_answer_took_is_not_known_where_the_calendar_ends_before_it() -> None:
    assert worked(GOLDEN, 24 * 366 * 200) is None


def test_time_in_which_a_clock_was_paused_twice_over_is_taken_off_once() -> None:
    first = paused(london(2026, 4, 2, 11), london(2026, 4, 2, 14))
    within = paused(london(2026, 4, 2, 12), london(2026, 4, 2, 13))
    across = paused(london(2026, 4, 2, 13), london(2026, 4, 2, 15))
    assert worked(GOLDEN, 6, across, first, within) == timedelta(hours=2)


@settings(max_examples=150)
@given(counts(), st.integers(0, 400))
def test_no_answer_took_less_than_no_time(what: Count, hours: int) -> None:
    took = working_time(calculate(what, england()), england(), what.received + timedelta(hours=hours))
    assert took is None or took >= timedelta()
