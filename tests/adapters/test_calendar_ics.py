"""Invitations as calendar programs read them: parsed back by icalendar, and line by line as RFC 5545 has them."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from activities.ports import Invitations
from adapters.calendar_ics import IcsInvitations
from models.mail import Calendar, Meeting

LONDON = ZoneInfo("Europe/London")
INVITATIONS: Invitations = IcsInvitations("transfers@council.example")
ORGANISER = 'ORGANIZER;SENT-BY="mailto:transfers@council.example":mailto:team@council.example'

with_each_method = pytest.mark.parametrize(
    "make", [INVITATIONS.invitation, INVITATIONS.cancellation], ids=["invitation", "cancellation"]
)


def meeting(**changes: Any) -> Meeting:
    said = {
        "uid": "meeting-1@early-help-transfers",
        "sequence": 2,
        "starts": datetime(2026, 4, 9, 10, 0, tzinfo=LONDON),
        "ends": datetime(2026, 4, 9, 11, 30, tzinfo=LONDON),
        "summary": "Final meeting",
        "place": "Room 2",
        "text": "Dear colleague,\n\nplease come.\n",
        "organiser": "team@council.example",
        "attendee": "contact@north.example",
        "stamp": datetime(2026, 4, 1, 9, 0, tzinfo=UTC),
    }
    return Meeting(**{**said, **changes})


def event_in(calendar: Calendar) -> icalendar.Event:
    [event] = icalendar.Calendar.from_ical(calendar.text).events
    return event


def lines_of(calendar: Calendar) -> list[str]:
    """The lines as they are meant: what was folded is put together."""
    return calendar.text.replace("\r\n ", "").split("\r\n")


def test_an_invitation_says_what_outlook_and_google_calendar_ask_for() -> None:
    calendar = INVITATIONS.invitation(meeting())
    assert calendar.method == "REQUEST"
    lines = lines_of(calendar)
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert {
        "VERSION:2.0",
        "PRODID:-//Early Help transfers//early-help-transfers//EN",
        "METHOD:REQUEST",
        "UID:meeting-1@early-help-transfers",
        "SEQUENCE:2",
        "DTSTAMP:20260401T090000Z",
        "DTSTART:20260409T090000Z",
        "DTEND:20260409T103000Z",
        "SUMMARY:Final meeting",
        "LOCATION:Room 2",
        ORGANISER,
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
    } <= set(lines)


@with_each_method
def test_who_organises_it_under_our_own_address_needs_nobody_to_send_for_them(make: Any) -> None:
    assert "ORGANIZER:mailto:Transfers@council.example" in lines_of(
        make(meeting(organiser="Transfers@council.example"))
    )


def test_the_one_attendee_is_asked_to_answer() -> None:
    [attendee] = event_in(INVITATIONS.invitation(meeting())).attendees
    assert attendee == "mailto:contact@north.example"
    assert dict(attendee.params) == {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}


def test_an_invitation_reminds_once_a_day_before() -> None:
    [alarm] = event_in(INVITATIONS.invitation(meeting())).alarms.times
    assert alarm.trigger == datetime(2026, 4, 8, 9, 0, tzinfo=UTC)
    lines = lines_of(INVITATIONS.invitation(meeting()))
    reminder = lines[lines.index("BEGIN:VALARM") + 1 : lines.index("END:VALARM")]
    assert set(reminder) == {"ACTION:DISPLAY", "DESCRIPTION:Final meeting", "TRIGGER:-P1D"}


def test_a_cancellation_takes_the_same_meeting_out_and_neither_reminds_nor_asks_for_an_answer() -> None:
    calendar = INVITATIONS.cancellation(meeting(sequence=3))
    assert calendar.method == "CANCEL"
    lines = lines_of(calendar)
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "UID:meeting-1@early-help-transfers", "SEQUENCE:3"} <= set(lines)
    assert {"DTSTART:20260409T090000Z", "TRANSP:TRANSPARENT", ORGANISER} <= set(lines)
    [attendee] = event_in(calendar).attendees
    assert attendee == "mailto:contact@north.example"
    assert "RSVP" not in calendar.text
    assert "VALARM" not in calendar.text


def test_the_organiser_gets_the_same_meeting_published_and_is_asked_for_no_answer() -> None:
    calendar = INVITATIONS.entry(meeting())
    assert calendar.method == "PUBLISH"
    asked, entered = lines_of(INVITATIONS.invitation(meeting())), lines_of(calendar)
    assert set(asked) - set(entered) == {
        "METHOD:REQUEST",
        "ATTENDEE;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:contact@north.example",
    }
    assert {*entered} - {*asked} == {"METHOD:PUBLISH"}


def test_it_is_taken_out_of_the_organisers_calendar_as_what_was_published_is() -> None:
    calendar = INVITATIONS.removal(meeting(sequence=3))
    assert calendar.method == "CANCEL"
    lines = lines_of(calendar)
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "UID:meeting-1@early-help-transfers", "SEQUENCE:3"} <= set(lines)
    assert "ATTENDEE" not in calendar.text
    assert "VALARM" not in calendar.text


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ((2026, 3, 28, 10, 0), "20260328T100000Z"),
        ((2026, 3, 29, 0, 30), "20260329T003000Z"),
        ((2026, 3, 29, 10, 0), "20260329T090000Z"),
        ((2026, 10, 24, 10, 0), "20261024T090000Z"),
        ((2026, 10, 25, 10, 0), "20261025T100000Z"),
    ],
    ids=["before summer", "the night before the change", "summer", "last day of summer", "winter"],
)
@with_each_method
def test_a_time_is_told_in_utc_on_both_sides_of_the_change_to_summer_time(
    make: Any, moment: tuple[int, int, int, int, int], told: str
) -> None:
    starts = datetime(*moment, tzinfo=LONDON)
    calendar = make(meeting(starts=starts, ends=starts + timedelta(hours=5)))
    assert f"DTSTART:{told}" in lines_of(calendar)
    assert event_in(calendar).start == starts


def test_each_of_the_two_hours_that_have_the_same_name_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    ends = datetime(2026, 10, 25, 3, 0, tzinfo=LONDON)
    for starts, told in ((first, "20261025T003000Z"), (first.replace(fold=1), "20261025T013000Z")):
        assert f"DTSTART:{told}" in lines_of(INVITATIONS.invitation(meeting(starts=starts, ends=ends)))


@with_each_method
def test_a_meeting_that_ends_before_it_starts_is_no_meeting(make: Any) -> None:
    with pytest.raises(ValueError, match="end must be after start"):
        make(meeting(ends=datetime(2026, 4, 9, 9, 0, tzinfo=LONDON)))


def test_the_same_moments_are_the_same_text_whatever_zone_they_are_given_in() -> None:
    told = INVITATIONS.invitation(meeting())
    for zone in (UTC, timezone(timedelta(hours=-7)), ZoneInfo("Asia/Tokyo")):
        moments = {name: getattr(meeting(), name).astimezone(zone) for name in ("starts", "ends", "stamp")}
        assert INVITATIONS.invitation(meeting(**moments)) == told


@with_each_method
def test_the_same_meeting_is_the_same_bytes_however_often_it_is_told(make: Any) -> None:
    assert make(meeting()).text.encode() == make(meeting()).text.encode()
    assert make(meeting()) != make(meeting(sequence=9))


@with_each_method
def test_a_place_and_a_text_beyond_ascii_arrive_whole(make: Any) -> None:
    said = {"place": "Café Zoë, Straße 5", "text": "Grüße 👨‍👩‍👧, bis dann", "summary": "Ymweliad â tŷ"}
    event = event_in(make(meeting(**said)))
    assert (event.location, event.description, event.summary) == tuple(said.values())


@with_each_method
def test_no_line_is_longer_than_75_bytes_and_every_line_ends_as_the_standard_says(make: Any) -> None:
    text = "Ein längerer Satz über Zoë, 👨‍👩‍👧, und; \\ mehr. " * 40
    calendar = make(meeting(text=text, place="ü" * 200, summary="x" * 500))
    content = calendar.text.encode()
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    event = event_in(calendar)
    assert (event.description, event.location, event.summary) == (text, "ü" * 200, "x" * 500)


@with_each_method
def test_commas_semicolons_backslashes_and_line_ends_are_escaped(make: Any) -> None:
    calendar = make(meeting(place="Room 2, Hall; left\\right", text="one\ntwo\r\nthree"))
    lines = lines_of(calendar)
    assert r"LOCATION:Room 2\, Hall\; left\\right" in lines
    assert r"DESCRIPTION:one\ntwo\nthree" in lines
    assert event_in(calendar).location == "Room 2, Hall; left\\right"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\x0c"])
@pytest.mark.parametrize("field", ["uid", "summary", "place", "text"])
def test_no_text_can_smuggle_a_line(field: str, end: str) -> None:
    calendar = INVITATIONS.invitation(meeting(**{field: f"here{end}ATTENDEE:mailto:other@home.example"}))
    [attendee] = event_in(calendar).attendees
    assert attendee == "mailto:contact@north.example"


def test_an_address_cannot_smuggle_a_line() -> None:
    with pytest.raises(ValueError, match="CR or LF"):
        INVITATIONS.invitation(meeting(attendee="a@home.example\r\nATTENDEE:mailto:other@home.example"))


def test_what_no_calendar_text_may_hold_becomes_a_blank() -> None:
    event = event_in(INVITATIONS.invitation(meeting(place="Room 2\x0bHall\x00\x7f", text="a\tb\x1fc")))
    assert (event.location, event.description) == ("Room 2 Hall  ", "a\tb c")


@pytest.mark.parametrize("place", [None, ""])
@with_each_method
def test_a_meeting_without_a_place_names_none(make: Any, place: str | None) -> None:
    assert "LOCATION" not in make(meeting(place=place)).text


@with_each_method
def test_it_says_nothing_that_the_meeting_does_not(make: Any) -> None:
    """Neither of this computer, nor of when it was made; a name of any kind comes from the caller."""
    properties = {re.split("[;:]", line)[0] for line in lines_of(make(meeting())) if line}
    assert properties <= {
        *("BEGIN", "END", "VERSION", "PRODID", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"),
        *("DESCRIPTION", "LOCATION", "ORGANIZER", "ATTENDEE", "STATUS", "TRANSP", "ACTION", "TRIGGER"),
    }
    assert "CN=" not in make(meeting()).text


@with_each_method
def test_what_it_says_shows_in_no_representation(make: Any) -> None:
    told = repr(make(meeting())) + repr(meeting())
    for said in ("please come", "Room 2"):
        assert said not in told
