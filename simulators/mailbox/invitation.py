"""The invitation in a message, read as Outlook and Gmail read it: from the part that stands beside the text."""

from email.message import EmailMessage, MIMEPart
from typing import Self, cast

import icalendar
from pydantic import AwareDatetime, BaseModel


class Meeting(BaseModel):
    """When and where the meeting is."""

    starts: AwareDatetime
    ends: AwareDatetime
    place: str | None


class Invitation(BaseModel):
    """An invitation, or its cancellation; `method` as the message's headers say it, which is what mail programs ask."""

    method: str | None
    text: str
    meeting: Meeting | None
    """None where the text names no two moments."""

    @classmethod
    def of(cls, message: EmailMessage) -> Self | None:
        """The invitation in this message, or None."""
        part = next((part for part in message.walk() if _stands_beside_the_text(part)), None)
        if part is None:
            return None
        # As bytes, as what becomes of the line ends matters to calendar programs.
        text = cast(bytes, part.get_payload(decode=True) or b"").decode("utf-8", "replace")
        method = part.get_param("method")
        return cls(method=str(method).upper() if method else None, text=text, meeting=_meeting(text))


def _stands_beside_the_text(part: MIMEPart) -> bool:
    return part.get_content_type() == "text/calendar" and not part.is_attachment()


def _meeting(text: str) -> Meeting | None:
    try:
        event = icalendar.Calendar.from_ical(text).events[0]
        # Validated, not constructed: each of the three is whatever the sender made of it.
        return Meeting.model_validate({"starts": event.DTSTART, "ends": event.DTEND, "place": event.get("LOCATION")})
    except (ValueError, LookupError, AttributeError):  # a sender may write anything
        return None
