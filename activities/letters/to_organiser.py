"""What the organiser of a final meeting reads: what goes into their own calendar, and what is taken out of it."""

from activities.letters.in_calendars import CalendarWords
from models.services import EarlyHelpService
from models.step_down.steps.final_meeting import ScheduleFinalMeeting
from models.vocabulary import local_time

ENTRY = """Dear colleague,

{service} is invited to the final meeting about a family's plan:

{date}

You organise it, so the answer of the service comes to you. {file}The transfer number is {transfer}.
"""
FILE = """Please open the attached file with your calendar: the
answer finds the meeting there, and a date that you had before is changed. """

REMOVAL = """Dear colleague,

{service} is no longer expected at the final meeting on {when}. Please take it out of your calendar; the attached file
does that. The transfer number is {transfer}.
"""


def entry(service: EarlyHelpService, scheduled: ScheduleFinalMeeting, transfer: str) -> CalendarWords:
    """Says nothing about a person (SD-18)."""
    date = f"{_when(scheduled)}\n{scheduled.place}"
    text, note = (ENTRY.format(service=service.name, date=date, file=file, transfer=transfer) for file in (FILE, ""))
    return CalendarWords("For your calendar: final meeting", text, note)


def removal(service: EarlyHelpService, scheduled: ScheduleFinalMeeting, transfer: str) -> CalendarWords:
    """Says nothing about a person (SD-18)."""
    text = REMOVAL.format(service=service.name, when=_when(scheduled), transfer=transfer)
    return CalendarWords("Out of your calendar: final meeting", text, text)


def _when(scheduled: ScheduleFinalMeeting) -> str:
    if scheduled.meeting_at is None:
        raise AssertionError("nobody has a meeting without a date in their calendar")
    return local_time(scheduled.meeting_at)
