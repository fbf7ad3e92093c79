"""What a mail about a meeting says, and what of it stands in the calendar."""

from typing import NamedTuple


class CalendarWords(NamedTuple):
    """The words of a mail that brings a meeting."""

    subject: str
    text: str
    note: str
    """The text without what it says of its own attachment: in a calendar there is none."""
