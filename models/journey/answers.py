"""What a journey answers: where it stands, what is missing, why a step was not taken."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from models.vocabulary import Frozen, Role, local_time

CLOSED = "closed"
"""The stage in which every journey ends."""
NOT_ASKED_FOR = "-"
"""What is said of a child where there is nothing to be known."""


class Said(StrEnum):
    """Where a journey stands, or how it ended: each journey names its own."""

    @property
    def words(self) -> str:
        """As people read it."""
        raise NotImplementedError

    @property
    def words_after_harm(self) -> str:
        """As people read it where a risk of significant harm was reported."""
        return self.words


def about_words(told: str, children: tuple[str, ...]) -> str:
    """What was recorded, and of which children."""
    return f"{told}: {', '.join(children)}" if children else told


class About(Frozen):
    """What was recorded, and waits for somebody's act."""

    step_id: str
    told: str
    """Who recorded it, and when."""
    children: tuple[str, ...] = ()
    """The children whom it names, by reference."""

    def command(self, transfer_id: str) -> str:
        """What is copied to act on it; the file says who acts, and how."""
        return f"transfers step {transfer_id} FILE --of {self.step_id}"

    def line(self, *, naming: bool = True) -> str:
        """What it is, with its children; of a restricted family without them."""
        return about_words(self.told, self.children if naming else ())


class Way(Frozen):
    """One way in which it may go on now, as it can be recorded."""

    words: str
    step: str
    """The step that says so."""
    child: str | None = None
    corrects: str | None = None
    """The ``step_id`` of what it replaces."""

    def command(self, transfer_id: str) -> str:
        """What is copied to go this way; the file holds the step."""
        corrects = f" --corrects {self.corrects}" if self.corrects else ""
        return f"transfers step {transfer_id} FILE{corrects}"

    def line(self, *, naming: bool = True) -> str:
        """The way in words; of a restricted family without its child."""
        return f"{self.child}: {self.words}" if naming and self.child else self.words


class NextStep(Frozen):
    """Something that is still missing: what, who gives it, by which clause."""

    step: str | None
    """The step to record; None where the machine is at work, where people talk before the next step, or to a service
    that reads only that others act."""
    who: Role | None
    ask: str
    clause: str | None
    by: datetime | None = None
    """Until when it is to come."""
    of: tuple[About, ...] = ()
    """What was recorded and waits for it, where it is an act on that."""
    ways: tuple[Way, ...] = ()
    """The ways that are open, where there are several."""

    @property
    def words(self) -> str:
        """What is asked, with its clause, and until when."""
        asked = f"{self.ask} ({self.clause})" if self.clause else self.ask
        return f"{asked} By {local_time(self.by)}." if self.by else asked


class Today(Frozen):
    """Where the transfer stands today, and what it waits for."""

    stage: str
    stage_words: str
    next_steps: tuple[NextStep, ...]


class ReceiptAsked(Frozen):
    """Which step is asked for, as it would be sent again."""

    privacy: ClassVar[str] = "restricted"
    step_id: str
    said: dict[str, Any]


class Receipt(Frozen):
    """The answer to a step: taken, and where the transfer stands now."""

    step_id: str
    step: str
    accepted_at: datetime
    stage: str
    stage_words: str
    next_steps: tuple[NextStep, ...]
    recorded_for: str | None = None
    """The social worker for whom it was typed, as people say it."""
    note: str | None = None
    """What the sender should know beyond that."""
    note_first: bool = False
    """It comes before everything else: whom to ring (SU-01)."""
    today: Today | None = None
    """Where the transfer stands today, if the step was recorded before; what is said above was so then."""


class Rejected(Frozen):
    """A message that came without asking for an answer, and was not taken; or a report of harm that was refused."""

    privacy: ClassVar[str] = "narrative"
    at: datetime
    step: str | None
    """The step that it was to be, where that could be read."""
    step_id: str | None
    sender: str | None
    """Who recorded it, where that could be read."""
    reason: str
    field: str | None = None
    """The field that was wrong, as machines name it."""
    digest: str = ""
    """Tells the same message from another; nothing can be read from it."""
    asked_in: str | None = None
    """The attention item that asks a person about it."""
    times: int = 1
    """How often the very same came."""
    said: str | None = None
    """What a report of significant harm said, as far as it could be read (SU-01)."""

    @property
    def words(self) -> str:
        """What came, in a few words."""
        return f"The step “{self.step.replace('_', ' ')}”" if self.step else "A message that is no step"


class Refusal(Frozen):
    """Why a step was not taken: the field for machines, the reason for people, the clause."""

    field: str
    """As machines name it: ``children.0.decision``; ``step`` where it is the step itself."""
    reason: str
    """A sentence, without the names of fields."""
    clause: str | None = None
    note: str | None = None
    """What the sender has to do all the same."""
    child: str | None = None
    """The child that is meant, where it is one of several."""
    may_correct: str | None = None
    """The ``step_id`` of what was recorded before, where the step is taken once it corrects that."""

    @property
    def words(self) -> str:
        """The refusal in one line."""
        about = f"Child {self.child}: " if self.child else ""
        source = f" ({self.clause})" if self.clause else ""
        return f"{about}{self.reason}{source}{f' {self.note}' if self.note else ''}"


class ChildState(Frozen):
    """One thing that is known of a child on its way, or not yet."""

    name: str
    """As systems know it."""
    title: str
    """As people read it over its column."""
    value: bool | str | None
    """None where it is not yet known."""
    words: str
    """The value as people read it."""
    for_service: bool = False
    """The service that may see how it stands with the child reads this, too."""
