"""What the organiser of a final meeting reads: what goes into their own calendar, and what is taken out of it."""

from models.services import EarlyHelpService
from models.step_down.steps.final_meeting import ScheduleFinalMeeting
from models.vocabulary import local_time

ENTRY = """Dear colleague,

{service} is invited to the final meeting about a family's plan:

{date}

You organise it, so the answer of the service comes to you. Please open the attached file with your calendar: the answer
finds the meeting there, and a date that you had before is changed. The transfer number is {transfer}.
"""

REMOVAL = """Dear colleague,

{service} is no longer expected at the final meeting on {when}. Please take it out of your calendar; the attached file
does that. The transfer number is {transfer}.
"""


def entry(service: EarlyHelpService, scheduled: ScheduleFinalMeeting, transfer: str) -> tuple[str, str]:
    """Subject and text; says nothing about a person (SD-18)."""
    text = ENTRY.format(service=service.name, date=f"{_when(scheduled)}\n{scheduled.place}", transfer=transfer)
    return "For your calendar: final meeting", text


def removal(service: EarlyHelpService, scheduled: ScheduleFinalMeeting, transfer: str) -> tuple[str, str]:
    """Subject and text; says nothing about a person (SD-18)."""
    text = REMOVAL.format(service=service.name, when=_when(scheduled), transfer=transfer)
    return "Out of your calendar: final meeting", text


def _when(scheduled: ScheduleFinalMeeting) -> str:
    if scheduled.meeting_at is None:
        raise AssertionError("nobody has a meeting without a date in their calendar")
    return local_time(scheduled.meeting_at)
