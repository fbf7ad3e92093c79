"""Invitations to meetings as iCalendar files (RFC 5545, RFC 5546), which Outlook and Google Calendar read."""

import re
from dataclasses import dataclass
from datetime import UTC, timedelta

import icalendar
from icalendar import PARTSTAT, ROLE, STATUS, TRANSP, vCalAddress

from models.mail import Calendar, Meeting

PRODUCT = "-//Early Help transfers//early-help-transfers//EN"
DAY_BEFORE = timedelta(days=-1)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What no text of iCalendar may hold; a text pasted from a word processor does."""


@dataclass(frozen=True)
class IcsInvitations:
    """Invitations, as ``activities.ports.Invitations`` needs them; the same meeting is always the same text.

    Times are told in UTC: every calendar program shows them in its reader's own time, and no rule of a time zone
    has to travel along.
    """

    sender: str
    """The address that our mails come from: it says that it sends for the organiser."""

    def invitation(self, meeting: Meeting) -> Calendar:
        """See ``Invitations``."""
        event = self._event(meeting, STATUS.CONFIRMED, TRANSP.OPAQUE)
        event.attendees = [_attendee(meeting, rsvp=True)]
        event.add_component(_reminder(meeting))
        return _calendar("REQUEST", event)

    def cancellation(self, meeting: Meeting) -> Calendar:
        """See ``Invitations``."""
        event = self._event(meeting, STATUS.CANCELLED, TRANSP.TRANSPARENT)
        event.attendees = [_attendee(meeting)]
        return _calendar("CANCEL", event)

    def entry(self, meeting: Meeting) -> Calendar:
        """See ``Invitations``: published, as programs ask no organiser to come, and enter no such request."""
        event = self._event(meeting, STATUS.CONFIRMED, TRANSP.OPAQUE)
        event.add_component(_reminder(meeting))
        return _calendar("PUBLISH", event)

    def removal(self, meeting: Meeting) -> Calendar:
        """See ``Invitations``."""
        return _calendar("CANCEL", self._event(meeting, STATUS.CANCELLED, TRANSP.TRANSPARENT))

    def _event(self, meeting: Meeting, status: STATUS, transparency: TRANSP) -> icalendar.Event:
        return icalendar.Event.new(
            uid=meeting.uid,
            sequence=meeting.sequence,
            stamp=meeting.stamp,
            start=meeting.starts.astimezone(UTC),
            end=meeting.ends.astimezone(UTC),
            summary=_text(meeting.summary),
            location=_text(meeting.place) if meeting.place else None,
            description=_text(meeting.text),
            organizer=self._organiser(meeting),
            status=status,
            transparency=transparency,
        )

    def _organiser(self, meeting: Meeting) -> vCalAddress:
        theirs = meeting.organiser.casefold() == self.sender.casefold()
        return vCalAddress.new(meeting.organiser, sent_by=None if theirs else self.sender)


def _attendee(meeting: Meeting, *, rsvp: bool | None = None) -> vCalAddress:
    return vCalAddress.new(meeting.attendee, role=ROLE.REQ_PARTICIPANT, partstat=PARTSTAT.NEEDS_ACTION, rsvp=rsvp)


def _reminder(meeting: Meeting) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", DAY_BEFORE)
    alarm.add("description", _text(meeting.summary))
    return alarm


def _calendar(method: str, event: icalendar.Event) -> Calendar:
    # Not Calendar.new, which would give the calendar an identifier of its own, new at every call.
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", method)
    calendar.add_component(event)
    return Calendar(method, calendar.to_ical().decode())


def _text(text: str) -> str:
    return CONTROL.sub(" ", text)
