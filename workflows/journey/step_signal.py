"""Steps that come as a signal: read from raw payloads, so that whatever comes can neither vanish nor do harm."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any, NamedTuple, Union

from pydantic import Field, TypeAdapter, ValidationError
from temporalio.common import RawValue
from temporalio.converter import PayloadConverter

from models.journey.answers import Refusal, Rejected
from models.journey.harm import HARM_REPORT
from models.journey.steps import NEW_HARM, ReportsHarm, Step, step_name
from models.vocabulary import REF_PATTERN, Actor, Narrative
from models.wrong_input import Flaw, first_flaw

SIGNAL = "step"
"""The one signal: a step, from a system that waits for no answer."""

READABLE = b"json/plain"
UNREADABLE = Flaw.of("", "It is encrypted under a key that is not here, or written in a way nobody knows.")
NO_VALUE = Flaw.of("", "It holds something that is no value.")
_REF = re.compile(REF_PATTERN)
_NARRATIVE: TypeAdapter[str] = TypeAdapter(Narrative)


NEW_RISK = "A new risk of significant harm."


class Known(NamedTuple):
    """What could be read of a message."""

    step: str | None = None
    step_id: str | None = None
    sender: str | None = None
    said: str | None = None


NOTHING_KNOWN = Known()


class UnreadableMessageError(Exception):
    """A message is not a step; says why, and whatever could be read of it."""

    def __init__(self, flaw: Flaw, known: Known = NOTHING_KNOWN) -> None:
        """Take what is wrong, and what is known of the step."""
        super().__init__(flaw.words)
        self.flaw, self.known = flaw, known

    def rejected(self, at: datetime, digest: str) -> Rejected:
        """The message as it is kept."""
        field = self.flaw.field or None
        return Rejected(at=at, reason=self.flaw.words, field=field, digest=digest, **self.known._asdict())


def read_step(
    steps: tuple[type[Step], ...], signal: str, values: Sequence[RawValue], converter: PayloadConverter
) -> Step:
    """The step that a signal brings, of those of the journey.

    Raises:
        UnreadableMessageError: the signal has another name, brings no step, or cannot be read.
    """
    if signal != SIGNAL:
        raise UnreadableMessageError(
            Flaw.of("", f"A signal came under a name that nobody knows; steps come as '{SIGNAL}'.")
        )
    if len(values) != 1:
        raise UnreadableMessageError(Flaw.of("", f"A step comes as one value; {len(values)} came."))
    payload = values[0].payload
    if payload.metadata.get("encoding") != READABLE:
        raise UnreadableMessageError(UNREADABLE)
    content: object = None
    try:
        content = converter.from_payload(payload)
        step: Step = converter.from_payload(payload, _one_of(steps))
    except ValidationError as error:
        flaw = first_flaw(error, content, names_unknown=False)
        raise UnreadableMessageError(flaw, _known_of(steps, content)) from None
    except (ValueError, ArithmeticError):
        raise UnreadableMessageError(NO_VALUE, _known_of(steps, content)) from None
    return step


@cache
def _one_of(steps: tuple[type[Step], ...]) -> Any:
    """One of these steps, read by its name."""
    return Annotated[Union[steps], Field(discriminator="step")]  # noqa: UP007 (made of a tuple)


def digest(values: Sequence[RawValue]) -> str:
    """Tells a message from another one."""
    sha = hashlib.sha256()
    for value in values:
        sha.update(value.payload.data + b"\n")
    return sha.hexdigest()


def refused_message(step: Step, refused: Refusal, at: datetime, digest: str) -> Rejected:
    """A step that the rules refused, as it is kept."""
    return Rejected(
        at=at,
        step=step.step,
        step_id=step.step_id,
        sender=step.actor.words,
        reason=refused.words,
        field=refused.field,
        digest=digest,
        said=step.own_words if isinstance(step, ReportsHarm) and step.at_risk else None,
    )


def _known_of(steps: tuple[type[Step], ...], content: object) -> Known:
    """Name, id and sender of the step, as far as they are what they should be; of a report of harm, the concern."""
    said = content if isinstance(content, dict) else {}
    name, step_id = said.get("step"), said.get("step_id")
    return Known(
        name if isinstance(name, str) and name in map(step_name, steps) else None,
        step_id if isinstance(step_id, str) and _REF.match(step_id) else None,
        _sender(said.get("actor")),
        _text(said.get("concern")) if name == HARM_REPORT else _harm_in(said.get("children")),
    )


def _harm_in(children: object) -> str | None:
    """What was said of a child for whom a new risk of harm is the reason; None where it is for none."""
    named = [child for child in children if isinstance(child, dict)] if isinstance(children, list) else []
    said = [_text(child.get("because")) or NEW_RISK for child in named if child.get("reason") == NEW_HARM]
    return "; ".join(said) or None


def _sender(said: object) -> str | None:
    """Who recorded it, if it says so as every step does."""
    try:
        return Actor.model_validate(said).words
    except ValidationError:
        return None


def _text(said: object) -> str | None:
    """What a person wrote, if it is that."""
    try:
        return _NARRATIVE.validate_python(said)
    except ValidationError:
        return None
