"""Events: what happens in a case file that is no step, so that something goes wrong or is put right."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from cli.documents import Wrong
from client.checked import checked
from client.errors import InputError
from models.census import ClosureReason
from models.mosaic import ChildRecord
from models.people import Person
from models.services import EarlyHelpService
from models.vocabulary import EmailAddress, Frozen, Narrative, Ref
from models.wrong_input import Flaw

When = Literal["before", "after"]
Strikes = Literal["error", "drop", "hang"]
Times = Annotated[int, Field(ge=1, le=1000)]
Skip = Annotated[int, Field(ge=0, le=1000)]
Seconds = Annotated[float, Field(ge=0, le=60)]
Version = Annotated[int, Field(ge=1)]
Answer = Annotated[str, Field(pattern=r"^[45]\d\d [ -~]{1,200}$")]
"""What a mail server says when it does not take something: 4xx for now, 5xx for good."""
MosaicSays = Literal[
    "locked",
    "mandatory_missing",
    "restricted_record",
    "stale_version",
    "unknown_team",
    "early_help_open",
    "not_found",
    "rate_limited",
    "unavailable",
    "already_completed",
    "unknown_next_action",
    "invalid_request",
]
"""The typed errors of Mosaic's contract."""


class Act(Frozen):
    """An event: something that somebody does, or a system, that is no step of the transfer."""

    do: str


class OnRecord(Act):
    """Somebody does something with the record of one child in Mosaic."""

    do: Literal[
        "lock",
        "unlock",
        "empty_part",
        "fill_part",
        "unrestrict",
        "open_early_help",
        "close_early_help",
        "open_closing_step",
        "cancel_closing_step",
    ]
    child: Ref


class Restrict(Act):
    """Only these teams may see the child's record."""

    do: Literal["restrict"]
    child: Ref
    teams: tuple[Ref, ...] = ()


class ChangeRecord(Act):
    """Somebody writes fields of the child's record anew: an order, an enquiry, a plan, a conference."""

    do: Literal["change_record"]
    child: Ref
    record: ChildRecord
    """The fields that are not named stay as they are; null says that Mosaic does not say."""


class NextAction(Frozen):
    """What follows a completed step in Mosaic, and the team that it is assigned to."""

    type: Narrative
    assigned_to: Ref | None = None


class CompleteClosingStep(Act):
    """Somebody completes the child's closing step by hand."""

    do: Literal["complete_closing_step"]
    child: Ref
    next_actions: Annotated[tuple[NextAction, ...], Field(min_length=1)]
    closure_reason: ClosureReason
    """Why, for the census (SD-40)."""


class RemoveTeam(Act):
    """A team goes from Mosaic. Cases of one demo share the teams: a case removes only a team of its own."""

    do: Literal["remove_team"]
    team: Ref


class AddTeam(Act):
    """A team comes into Mosaic."""

    do: Literal["add_team"]
    team: Ref
    name: Narrative


class TakeDocumentAway(Act):
    """A version of a document goes from Mosaic."""

    do: Literal["take_document_away"]
    document: Ref
    version: Version


class PutDocument(Act):
    """A version of a document comes into Mosaic."""

    do: Literal["put_document"]
    document: Ref
    version: Version
    text: Narrative


class Fault(Act):
    """Something that another system will do wrong: refuse, break off or fall silent, before its work or after it."""

    when: When = "before"
    action: Strikes = "error"
    times: Times = 1
    seconds: Seconds | None = None
    """How long it stays silent."""


class FailMosaic(Fault):
    """Mosaic fails at something; at a child or document if one is named, else at whatever comes first."""

    do: Literal["fail_mosaic"]
    operation: Literal["complete_step", "share_document", "read"]
    child: Ref | None = None
    document: Ref | None = None
    error: MosaicSays | None = None
    skip: Skip | None = None
    """So many calls go well before."""

    @model_validator(mode="after")
    def _names_the_error(self) -> "FailMosaic":
        if (self.action == "error") != (self.error is not None):
            raise ValueError("error: which error it is, is said for the action error, and only for it")
        return self

    @model_validator(mode="after")
    def _fails_at_what_is_done(self) -> "FailMosaic":
        if self.child is not None and self.document is not None:
            raise ValueError("child, document: name one of them, or neither")
        if self.document is not None and self.operation == "complete_step":
            raise ValueError("document: a step is completed for a child")
        if self.child is not None and self.operation == "share_document":
            raise ValueError("child: what is shared is a document")
        return self


class FailMail(Fault):
    """The mail server fails at our sender's address, at a recipient, or at the message itself."""

    do: Literal["fail_mail"]
    to: EmailAddress | None = None
    stage: Literal["sender", "recipient", "message"] = "message"
    code: Answer | None = None

    @model_validator(mode="after")
    def _names_the_answer(self) -> "FailMail":
        if (self.action == "error") != (self.code is not None):
            raise ValueError("code: what the mail server says is said for the action error, and only for it")
        if self.stage == "sender" and self.to is not None:
            raise ValueError("to: at the stage sender, the recipient is not known yet")
        return self


class FailRoom(Fault):
    """The rooms in which alerts are told fail."""

    do: Literal["fail_room"]


class Mend(Act):
    """Mosaic, the mail server and the rooms do nothing wrong any more."""

    do: Literal["mend"]


class PutPerson(Person, Act):
    """A person, team or office comes into the directory of people, or is changed."""

    do: Literal["put_person"]


class PutService(Act):
    """A service comes into the directory of services, or is changed."""

    do: Literal["put_service"]
    service: EarlyHelpService


class Compare(Act):
    """The register, Mosaic and Temporal are compared, as on every morning."""

    do: Literal["reconcile"]


class Signal(Act):
    """Another system sends a message that should be a step, and waits for no answer."""

    do: Literal["signal", "signal_in_clear"]
    content: dict[str, Any]


AnyAct = Annotated[
    OnRecord
    | Restrict
    | ChangeRecord
    | CompleteClosingStep
    | RemoveTeam
    | AddTeam
    | TakeDocumentAway
    | PutDocument
    | FailMosaic
    | FailMail
    | FailRoom
    | Mend
    | PutPerson
    | PutService
    | Compare
    | Signal,
    Field(discriminator="do"),
]

KINDS: dict[str, type[Act]] = {
    name: kind for kind in get_args(get_args(AnyAct)[0]) for name in get_args(kind.model_fields["do"].annotation)
}
"""Each act by the name that a case file calls it."""


def read_acts(said: Any, where: str, at: datetime) -> tuple[Act, ...]:
    """A list of acts; what is sent in one gets an id and happens at this moment, unless it says otherwise.

    Raises:
        InputError: a line for everything that is wrong, naming the act, the field and its rule.
    """
    if not isinstance(said, list):
        raise InputError(Flaw.of(where, "This is not a list of acts."))
    acts, wrong = [], Wrong()
    for place, content in enumerate(said):
        with wrong.gathered():
            acts.append(_read_act(content, f"{where}.{place}", at))
    if wrong.flaws:
        raise wrong.error()
    return tuple(acts)


def _read_act(content: Any, where: str, at: datetime) -> Act:
    if not isinstance(content, dict):
        raise InputError(Flaw.of(where, "This is not an act with its fields."))
    kind = KINDS.get(str(content.get("do")))
    if kind is None:
        raise InputError(Flaw.of(f"{where}.do", f"There is no such act; the acts are {', '.join(KINDS)}."))
    act = checked(kind, content, where)
    return _ready_to_send(act, where, at) if isinstance(act, Signal) else act


def _ready_to_send(act: Signal, where: str, at: datetime) -> Signal:
    """The message as another system would write it; only a step gets what every step has."""
    usual = {"step_id": where.replace(".", "-"), "occurred_at": at} if "step" in act.content else {}
    content = json.loads(json.dumps({**usual, **act.content}, default=lambda value: value.isoformat()))
    return act.model_copy(update={"content": content})


def plans_faults(acts: Sequence[Act]) -> bool:
    """Whether something is planned that would strike later cases, too, if this one does not meet it."""
    return any(isinstance(act, Fault) for act in acts)
