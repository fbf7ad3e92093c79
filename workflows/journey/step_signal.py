"""Steps that come as a signal: read from raw payloads, so that whatever comes can neither vanish nor do harm."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any, NamedTuple, Union

from pydantic import Field, ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.converter import PayloadConverter

from models.journey.answers import Refusal, Rejected
from models.journey.harm import HARM_REPORT
from models.journey.steps import FOR_HARM, NEW_HARM, ReportsHarm, Step, step_name
from models.vocabulary import REF_PATTERN, Actor, what_can_be_shown
from models.wrong_input import Flaw, first_flaw

SIGNAL = "step"
"""The one signal: a step, from a system that waits for no answer."""

READABLE, SEALED = b"json/plain", b"binary/encrypted"
UNREADABLE = Flaw.of("", "It is encrypted under a key that is not here, or written in a way nobody knows.")
UNKNOWN_NAME = Flaw.of("", f"A signal came under a name that nobody knows; steps come as '{SIGNAL}'.")
NO_VALUE = Flaw.of("", "It holds something that is no value.")
_REF = re.compile(REF_PATTERN)
_NO_LETTERS = re.compile("[^a-z]")
NO_WORDS = frozenset(Step.model_fields) | {"step", "children"}
"""What every step says of itself, and no person wrote."""

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


def is_sealed(values: Sequence[RawValue]) -> bool:
    """Whether some of it came under a key that is not here, or was changed on its way."""
    return any(value.payload.metadata.get("encoding") == SEALED for value in values)


def sealed_message(steps: tuple[type[Step], ...], signal: str, values: Sequence[RawValue]) -> UnreadableMessageError:
    """What is said of one that came sealed, also where its key is here by now; of harm, what stands there in clear."""
    payloads = [value.payload for value in values]
    beside = next(one.metadata for one in payloads if _was_sealed(one))
    in_clear = (_known_in(steps, signal, one) for one in payloads if not _was_sealed(one))
    known = next((one for one in in_clear if one.step == HARM_REPORT or one.said is not None), _known_by(signal))
    key_id = (beside.get("key-id") or beside.get("opened-with", b"")).decode(errors="replace")
    if _REF.fullmatch(key_id) is None:
        return UnreadableMessageError(UNREADABLE, known)
    why = f"It is encrypted under the key {key_id}, which is not here, or was changed on its way."
    ask = "It may be a report of harm: ask who sent it at once."
    return UnreadableMessageError(Flaw.of("", f"{why} {ask}"), known)


def _was_sealed(payload: Payload) -> bool:
    return payload.metadata.get("encoding") == SEALED or "opened-with" in payload.metadata


def read_step(
    steps: tuple[type[Step], ...], signal: str, values: Sequence[RawValue], converter: PayloadConverter
) -> Step:
    """The step that a signal brings, of those of the journey.

    Raises:
        UnreadableMessageError: the signal has another name, brings no step, or cannot be read.
    """
    flaw = None if signal == SIGNAL else UNKNOWN_NAME
    if len(values) != 1:
        flaw = flaw or Flaw.of("", f"A step comes as one value; {len(values)} came.")
    payloads = [value.payload for value in values if value.payload.metadata.get("encoding") == READABLE]
    if not payloads:
        raise UnreadableMessageError(flaw or UNREADABLE, _known_by(signal))
    payload = payloads[0]
    content, known = _content(payload.data), _known_in(steps, signal, payload)
    if flaw is not None:
        raise UnreadableMessageError(flaw, known)
    try:
        # Who is in danger does not wait for a program to be put right that sends half a character.
        step: Step = converter.from_payload(
            _repaired(payload, content) if known.said is not None else payload, _one_of(steps)
        )
    except ValidationError as error:
        raise UnreadableMessageError(first_flaw(error, content, names_unknown=False), known) from None
    except (ValueError, ArithmeticError, RecursionError):
        raise UnreadableMessageError(NO_VALUE, known) from None
    return step


def _content(data: bytes) -> object:
    """What the JSON says, also where some of its characters are none; None where it is no JSON."""
    try:
        return json.loads(data.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _repaired(payload: Payload, content: object) -> Payload:
    """The same with a mark in the place of each character that is none."""
    said = json.dumps(content, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Payload(metadata=payload.metadata, data=said.encode())


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


def digest_of(step: Step) -> str:
    """The same of a step that was refused, and is told of."""
    return hashlib.sha256(step.model_dump_json().encode()).hexdigest()


def digest_as_sealed(values: Sequence[RawValue]) -> str:
    """The same of one that came sealed: what was sealed twice is two messages, also where its key is here by now."""
    sha = hashlib.sha256()
    for value in values:
        sha.update(value.payload.metadata.get("sealed-as") or hashlib.sha256(value.payload.data).digest())
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


def _known_in(steps: tuple[type[Step], ...], signal: str, payload: Payload) -> Known:
    try:
        return _known_of(steps, signal, _content(payload.data), payload.data)
    except RecursionError:  # What could just be read is too deep to be written again.
        return _known_of(steps, signal, None, payload.data)


def _known_of(steps: tuple[type[Step], ...], signal: str, content: object, data: bytes) -> Known:
    """Name, id and sender of the step, as far as they are what they should be; of a report of harm, the concern."""
    said = content if isinstance(content, dict) else {}
    name, step_id = said.get("step"), said.get("step_id")
    known = Known(
        name if isinstance(name, str) and name in map(step_name, steps) else None,
        step_id if isinstance(step_id, str) and _REF.match(step_id) else None,
        _sender(said.get("actor")),
        words_of(said) if name == HARM_REPORT or said.get("outcome") == FOR_HARM else _harm_in(said.get("children")),
    )
    if known.step is not None or not (_names_harm(signal) or _names_harm(data.decode(errors="replace"))):
        return known
    return known._replace(step=HARM_REPORT, said=words_of(said) if said else _text(data.decode(errors="replace")))


def _known_by(signal: str) -> Known:
    """Of a message that cannot be read: its name alone may say that somebody is in danger."""
    return NOTHING_KNOWN._replace(step=HARM_REPORT) if _names_harm(signal) else NOTHING_KNOWN


def _names_harm(text: str) -> bool:
    """It was to be a report of significant harm, however it is written."""
    return _NO_LETTERS.sub("", HARM_REPORT) in _NO_LETTERS.sub("", text.casefold())


def words_of(said: dict[str, Any]) -> str | None:
    """What a report of harm says of it; where that is no text, or stands elsewhere, all that it says."""
    concern = said.get("concern")
    if isinstance(concern, str):
        return _text(concern)
    words = concern or {name: value for name, value in said.items() if name not in NO_WORDS and value}
    return _text(json.dumps(words, ensure_ascii=False)) if words else None


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
    """What a person wrote, as far as it can be shown."""
    shown = what_can_be_shown(said)
    return shown or None if isinstance(shown, str) else None
