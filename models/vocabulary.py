"""The words that every journey shares: references, moments in time, people in their roles."""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, StringConstraints

# Built in a module that the workflow sandbox passes through: a ZoneInfo made inside a workflow breaks astimezone().
LONDON = ZoneInfo("Europe/London")
FIRST_YEAR, LAST_YEAR = 1900, 2200
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")


class Frozen(BaseModel):
    """A value that never changes, refuses unknown fields and keeps what people wrote out of its error texts."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def model_copy(self, **how: Any) -> Self:
        """Another value, of which nothing is calculated yet."""
        copied = super().model_copy(**how)
        # Pydantic copies the answer of a ``cached_property``, too: a changed effect would keep the id that it had.
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Message(Frozen):
    """What another system sends; knows how it came: encrypted, from somebody who had signed in, or who waits."""

    _in_clear: bool = PrivateAttr(default=False)
    _signed_in: bool = PrivateAttr(default=False)
    _waited_for: bool = PrivateAttr(default=False)

    @property
    def came_in_clear(self) -> bool:
        """It was not encrypted on its way."""
        return self._in_clear

    def mark_in_clear(self) -> None:
        """Note that it was not encrypted on its way; no part of what it says."""
        self._in_clear = True

    @property
    def came_signed_in(self) -> bool:
        """The gateway sent it, for somebody who had signed in, as far as the keys of this process tell."""
        return self._signed_in

    def mark_signed_in(self) -> None:
        """Note that the gateway sent it; no part of what it says."""
        self._signed_in = True

    @property
    def is_waited_for(self) -> bool:
        """Whoever sent it waits until the register shows it."""
        return self._waited_for

    def mark_waited_for(self) -> None:
        """Note that somebody waits until the register shows it; no part of what it says."""
        self._waited_for = True

    def as_kept(self) -> Self:
        """The same, but for whether its sender had signed in, as this process can tell, or waits: no part of it."""
        if not (self._signed_in or self._waited_for):
            return self
        kept = self.model_copy()
        kept._signed_in = kept._waited_for = False  # noqa: SLF001 (it is one of its own kind)
        return kept

    @cached_property
    def size(self) -> int:
        """How many bytes it is, written as JSON."""
        return len(self.model_dump_json().encode())

    def says_the_same_as(self, other: "Message") -> bool:
        """Whether both say the same, however they came."""
        return type(self) is type(other) and self.model_dump() == other.model_dump()


def in_london(moment: datetime) -> datetime:
    """Read a moment without an offset as London time; refuse an hour that the change to summer time skips.

    A year at the edge of the calendar is no moment in a child's life, and no other time zone could show it.
    """
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    if moment.tzinfo is not None:
        return moment
    local = moment.replace(tzinfo=LONDON)
    if local.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != moment:
        raise ValueError("lies in an hour that does not exist, as the clocks went forward")
    return local


REF_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
Ref = Annotated[str, StringConstraints(pattern=REF_PATTERN)]
"""An opaque reference: letters, digits, dot, dash and underscore, at most 80."""


LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
"""How other systems end a line."""

NOTHING_TO_SEE = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Where a word may be parted, or not, and which byte comes first: marks that are shown as nothing."""

JOINERS = "\u200c\u200d"
"""They belong to how letters of Persian, and pictures of people, are written."""

MOST_WRITTEN = 8000
CUT_OFF = f" … (cut off here: a text holds {MOST_WRITTEN:,} characters)"


def on_lines(text: object) -> object:
    """A text whose lines end as ours do, without the marks that nobody sees."""
    return NOTHING_TO_SEE.sub("", LINE_ENDS.sub("\n", text)) if isinstance(text, str) else text


def in_one_spelling(text: str) -> str:
    """A text as it is compared: ``ë`` may be written as one character or as two; capitals are none."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def without_control_characters(text: str) -> str:
    """Refuse what a screen or a mail program would obey instead of showing; says which character it is, and where."""
    hidden = ((place, each) for place, each in enumerate(text, 1) if not can_be_shown(each))
    if (found := next(hidden, None)) is not None:
        place, each = found
        raise ValueError(f"holds a control character, which cannot be shown: U+{ord(each):04X}, at place {place}")
    return text


def can_be_shown(character: str) -> bool:
    """Whether a screen shows the character, instead of obeying it."""
    return character in "\n\t" + JOINERS or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def what_can_be_shown(text: object) -> object:
    """As much of a text as can be shown, with a mark for each character that cannot be, and where it was cut off.

    For what is taken rather than refused: who is in danger does not wait for a text to be put right.
    """
    if not isinstance(text, str):
        return text
    said = str(on_lines(text)).strip()
    # Cut first: a signal may bring two million characters, and a workflow task has two seconds.
    kept = said if len(said) <= MOST_WRITTEN else said[: MOST_WRITTEN - len(CUT_OFF)] + CUT_OFF
    return "".join(each if can_be_shown(each) else UNSHOWN for each in kept)


UNSHOWN = "\ufffd"


def not_a_number(value: object) -> object:
    """Refuse a bare number as a moment: it would count seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and NUMBER.fullmatch(value.strip())):
        raise ValueError("is a number; write a date and time, such as 2026-04-02T10:00")
    return value


Narrative = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_WRITTEN),
    BeforeValidator(on_lines),
    AfterValidator(without_control_characters),
]
"""What a person wrote; at most 8,000 characters, none of them a control character."""

Concern = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), BeforeValidator(what_can_be_shown)]
"""What a person wrote of a danger (SU-01): taken as far as it can be shown, and cut off where it is too long."""

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\n\t]*$"),
    AfterValidator(without_control_characters),
]
"""What somebody or something is called, in a directory of ours: one line of at most 200 characters."""


def on_one_line(text: object) -> object:
    """What another system calls something, as it can be shown: one line, nothing that a screen would obey."""
    if not isinstance(text, str):
        return text
    shown = "".join(" " if character.isspace() else character for character in text.strip()[:MOST_SHOWN])
    return "".join(each if can_be_shown(each) else UNSHOWN for each in shown)


MOST_SHOWN = 200
Shown = Annotated[str, BeforeValidator(on_one_line)]
"""What another system calls something, where it cannot be refused: made fit to be shown as it comes in."""

MOST_ENTRIES = 40
"""A list in a message holds at most so many: a workflow task has two seconds for all that follows from it."""

T = TypeVar("T")
Listed = Annotated[tuple[T, ...], Field(max_length=MOST_ENTRIES)]
"""A list that may be empty; at most 40 entries."""

NonEmpty = Annotated[tuple[T, ...], Field(min_length=1, max_length=MOST_ENTRIES)]
"""A list of 1 to 40 entries."""

EMAIL_PATTERN = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z]+$"
EmailAddress = Annotated[str, StringConstraints(pattern=EMAIL_PATTERN, max_length=254)]

TO_RING_PATTERN = r"^\+?[0-9][0-9 ()-]{1,24}$"
TELEPHONE_PATTERN = r"^[0-9+()][0-9+() ]{2,28}[0-9]( ext\.? ?[0-9]{1,6})?$"
Telephone = Annotated[str, StringConstraints(pattern=TELEPHONE_PATTERN)]
"""As people write it: ``0113 496 0003 ext 12``."""

Moment = Annotated[datetime, BeforeValidator(not_a_number), AfterValidator(in_london)]
"""An instant; without an offset it is London time."""


def not_a_day(value: object) -> object:
    """Refuse a day as the moment of an appointment: it would be midnight."""
    if isinstance(value, str):
        value_is_day = DAY.fullmatch(value.strip()) is not None
    else:
        value_is_day = isinstance(value, date) and not isinstance(value, datetime)
    if value_is_day:
        raise ValueError("is a day; write the time of day, too, such as 2026-04-02T10:00")
    return value


Appointment = Annotated[Moment, BeforeValidator(not_a_day)]
"""A moment that people are asked to come to."""


def not_minutes(value: object) -> object:
    """Refuse a bare number as a time of day: YAML reads 17:00 without quotes as 1020."""
    if isinstance(value, int | float):
        raise ValueError('is a number; write the time of day in quotes, such as "09:00"')  # noqa: TRY004 (pydantic's way)
    return value


TimeOfDay = Annotated[time, BeforeValidator(not_minutes)]
"""A time of day in London."""


class ChildRef(Frozen):
    """A child, by the number that Mosaic gave it."""

    ref: Ref


class Role(StrEnum):
    """Who acts in a journey, or is waited for."""

    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    EARLY_HELP_CONTACT = "early_help_contact"
    EARLY_HELP_SERVICE = "early_help_service"
    TARGETED_SERVICES_LEADER = "targeted_services_leader"
    CHAIR = "chair"
    """Of the final meeting."""
    CONFERENCE_MANAGER = "conference_manager"
    """Answers for the ends of Child Protection plans."""
    OPERATIONS = "operations"
    DUTY_SOCIAL_WORKER = "duty_social_worker"
    BUSINESS_SUPPORT = "business_support"
    """Types for a social worker."""
    HEAD_OF_SERVICE = "head_of_service"
    EMERGENCY_DUTY_TEAM = "emergency_duty_team"
    DUTY_AND_ADVICE = "duty_and_advice"
    REFERRER = "referrer"
    FAMILY = "family"
    YOUNG_PERSON = "young_person"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    RECEIVING_AUTHORITY = "receiving_authority"

    @property
    def words(self) -> str:
        """The role as people say it."""
        return {
            "early_help_contact": "Early Help contact",
            "early_help_service": "Early Help service",
            "targeted_services_leader": "Targeted Services Leader",
            "chair": "chair of the meeting",
            "duty_and_advice": "Duty and Advice",
        }.get(self.value, self.value.replace("_", " "))


OUTSIDE = frozenset({Role.REFERRER, Role.FAMILY, Role.YOUNG_PERSON})
"""They may be somebody who must not know what others said, or what is done (ER-14)."""


OF_A_SERVICE = frozenset({Role.EARLY_HELP_CONTACT, Role.EARLY_HELP_SERVICE})
"""They act for an Early Help service."""


class Actor(Frozen):
    """Who did a step, in which role."""

    id: Ref
    role: Role
    team: Ref | None = None

    @property
    def words(self) -> str:
        """The actor as people say it: ``social worker sw-17``; by the role alone where nobody is named."""
        return self.role.words if self.id == self.role.value else f"{self.role.words} {self.id}"


def day_words(day: date) -> str:
    """A day as people read it: ``Thursday 9 April 2026``."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def local_time(moment: datetime) -> str:
    """A moment as people read it: ``Thursday 9 April 2026 17:00``, London time."""
    at = moment.astimezone(LONDON)
    return f"{at:%A} {at.day} {at:%B %Y %H:%M}"
