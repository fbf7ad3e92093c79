"""How each kind of effect is carried out: by which protocol, at which outside system, and what may need a person.

The one table of this; commands, rules and documents read it, and the matrix of faults holds it.
"""

from enum import StrEnum
from typing import NamedTuple

from models.kinds import NOT_ANSWERING, UNCLEAR, EffectKind


class Protocol(StrEnum):
    """What is known before the act, and what is done where nobody knows whether it happened."""

    LOOKED_UP = "looked_up"
    SENT_ONCE = "sent_once"
    REPEATED = "repeated"
    OWN = "own"
    READ = "read"

    @property
    def words(self) -> str:
        """The protocol, in plain words."""
        return {
            "looked_up": "looked up, and done where it is not there yet",
            "sent_once": "about a person: sent once; where that is unsure, a person looks",
            "repeated": "says nothing about a person: repeated where it is unsure, a mail three times at most",
            "own": "in our own house: repeating it changes nothing",
            "read": "only read: asked as often as needed, and nothing is noted before or after",
        }[self.value]


class System(StrEnum):
    """Where an effect happens."""

    MOSAIC = "mosaic"
    MAIL = "mail"
    CHANNEL = "channel"
    REGISTER = "register"
    TEMPORAL = "temporal"
    OURSELVES = "ourselves"
    """Nobody is asked."""

    @property
    def words(self) -> str:
        """The system, as people say it."""
        return {
            "mosaic": "Mosaic",
            "mail": "the mail server",
            "channel": "an alert channel",
            "register": "our register",
            "temporal": "Temporal",
            "ourselves": "the worker",
        }[self.value]


class Way(NamedTuple):
    """How one kind of effect is carried out."""

    words: str
    """What it does, in plain words."""
    protocol: Protocol
    system: System
    identity: tuple[str, ...]
    """What its key names: fields of an ``Effect``, in this order."""
    own: frozenset[str] = frozenset()
    """Problems that come of this kind alone, by their keys in ``PROBLEMS``."""
    looked_up: str = ""
    """What is looked for before the act and after it."""
    asks_mosaic: bool = False
    """Names or documents are asked of Mosaic when it is written."""
    tells_of_family: bool = False
    """It tells somebody else of the family, or passes it on: only while consent stands, or where it needs none."""
    must_be: bool = False
    """While it is wanted, a person may do it by hand, and nobody may skip it."""
    again: bool = False
    """The same may be wanted another time: from the second on, its key ends with which time it is."""

    @property
    def in_mosaic(self) -> bool:
        """Whether Mosaic is asked for anything."""
        return self.system is System.MOSAIC or self.asks_mosaic

    @property
    def problems(self) -> frozenset[str]:
        """Everything that may need a person, by its key in ``PROBLEMS``."""
        asked = REFUSALS[System.MOSAIC] if self.in_mosaic else frozenset()
        unsure = {UNCLEAR} if self.system is System.MAIL else frozenset()
        return frozenset({NOT_ANSWERING, *REFUSALS[self.system], *asked, *unsure, *self.own})


REFUSALS: dict[System, frozenset[str]] = {
    System.MOSAIC: frozenset(
        {
            "locked",
            "mandatory_missing",
            "restricted_record",
            "unknown_team",
            "early_help_open",
            "not_found",
            "invalid_request",
        }
    ),
    System.MAIL: frozenset({"refused_address", "refused_message", "mail_setup"}),
    System.CHANNEL: frozenset(),
    System.REGISTER: frozenset(),
    System.TEMPORAL: frozenset(),
    System.OURSELVES: frozenset(),
}
"""What a system says no to for good; whatever else it answers may pass."""


LOOKED_UP, SENT_ONCE, REPEATED, OWN, READ = Protocol


MOSAIC, MAIL, CHANNEL, REGISTER, TEMPORAL, OURSELVES = System


WAYS: dict[EffectKind, Way] = {
    EffectKind.LOOK_AT_CHILDREN: Way(
        "look at what Mosaic holds of the children",
        READ,
        MOSAIC,
        ("number",),
        must_be=True,
        again=True,
    ),
    EffectKind.SHARE_DOCUMENT: Way(
        "share a document with the service in Mosaic",
        LOOKED_UP,
        MOSAIC,
        ("document", "version", "service"),
        looked_up="whether this version is shared with the team of the service",
        tells_of_family=True,
        must_be=True,
    ),
    EffectKind.MAIL_DOCUMENT: Way(
        "send a document to the service by e-mail",
        SENT_ONCE,
        MAIL,
        ("document", "version", "service"),
        asks_mosaic=True,
        tells_of_family=True,
        must_be=True,
    ),
    EffectKind.REQUEST_CONVERSATION: Way(
        "ask the contact for the conversation by e-mail", REPEATED, MAIL, ("service",), tells_of_family=True, again=True
    ),
    EffectKind.INVITE_TO_MEETING: Way(
        "invite the service to the final meeting",
        REPEATED,
        MAIL,
        ("service", "step"),
        frozenset({"no_address"}),
        tells_of_family=True,
        again=True,
    ),
    EffectKind.CANCEL_INVITATION: Way(
        "cancel the invitation to the final meeting",
        REPEATED,
        MAIL,
        ("service", "step"),
        frozenset({"no_address"}),
        again=True,
    ),
    EffectKind.ENTER_MEETING: Way(
        "send the final meeting to whoever organises it, for their calendar",
        REPEATED,
        MAIL,
        ("service", "step"),
        frozenset({"no_address"}),
        again=True,
    ),
    EffectKind.REMOVE_MEETING: Way(
        "take the final meeting out of the calendar of whoever organises it",
        REPEATED,
        MAIL,
        ("service", "step"),
        frozenset({"no_address"}),
        again=True,
    ),
    EffectKind.SEND_MEETING_OUTCOME: Way(
        "send the service what the final meeting said",
        SENT_ONCE,
        MAIL,
        ("service", "step"),
        asks_mosaic=True,
        tells_of_family=True,
    ),
    EffectKind.SEND_PACK: Way(
        "send the service the papers of the children who pass to it",
        SENT_ONCE,
        MAIL,
        ("service", "step"),
        asks_mosaic=True,
        tells_of_family=True,
        must_be=True,
    ),
    EffectKind.CLOSE_CHILD: Way(
        "close a child's case in Mosaic",
        LOOKED_UP,
        MOSAIC,
        ("child",),
        frozenset({"no_open_step", "already_completed", "step_cancelled"}),
        "whether the newest closing step of the child is completed with the next actions that were decided",
        tells_of_family=True,
        must_be=True,
        again=True,
    ),
    EffectKind.REOPEN_CHILD: Way(
        "see that a child's case is open again in Mosaic",
        LOOKED_UP,
        MOSAIC,
        ("child",),
        frozenset({"reopen_by_hand", "step_cancelled"}),
        "whether a closing step of the child is open, or was completed by others since the child's case was reopened",
        must_be=True,
        again=True,
    ),
    EffectKind.WRITE_CONTACT: Way(
        "write into the Early Help Contact in Mosaic",
        LOOKED_UP,
        MOSAIC,
        ("child", "step"),
        frozenset({"contact_elsewhere", "contact_closed"}),
        "whether an Early Help workflow of the child holds the entry",
        tells_of_family=True,
    ),
    EffectKind.SEND_ADVICE_SUMMARY: Way(
        "send the summary of advice to the practitioner",
        SENT_ONCE,
        MAIL,
        ("practitioner",),
        asks_mosaic=True,
        tells_of_family=True,
        again=True,
    ),
    EffectKind.TELL_SAFETY: Way(
        "tell the practitioner what keeps people safe",
        SENT_ONCE,
        MAIL,
        ("practitioner",),
        asks_mosaic=True,
        tells_of_family=True,
        must_be=True,
        again=True,
    ),
    EffectKind.TELL_PRACTITIONER: Way(
        "tell the practitioner that something changed", REPEATED, MAIL, ("practitioner", "step")
    ),
    EffectKind.RECOMMEND_FAMILIES_FIRST: Way(
        "recommend to tell Families First", REPEATED, MAIL, ("practitioner", "service"), tells_of_family=True
    ),
    EffectKind.SEND_LETTER: Way("send a letter", SENT_ONCE, MAIL, ("letter",), asks_mosaic=True, tells_of_family=True),
    EffectKind.TELL_SERVICE: Way("tell the service that something changed", REPEATED, MAIL, ("service", "step")),
    EffectKind.OPEN_JOURNEY: Way(
        "open what follows for the children",
        LOOKED_UP,
        TEMPORAL,
        ("journey", "step"),
        looked_up="whether Temporal or our register knows what was opened",
        must_be=True,
    ),
    EffectKind.TELL_JOURNEY: Way("tell what belongs to it", OWN, TEMPORAL, ("journey", "to", "step")),
    EffectKind.LOOK_UP_SERVICE: Way(
        "look the service up in the directory",
        OWN,
        REGISTER,
        ("service", "step"),
        frozenset({"unknown_service"}),
        must_be=True,
    ),
    EffectKind.LOOK_UP_PEOPLE: Way(
        "look up in the directory who may act for social work",
        OWN,
        REGISTER,
        ("number",),
        frozenset({"unknown_manager"}),
    ),
    EffectKind.RESERVE_CHILD: Way(
        "reserve the added child for this transfer", OWN, REGISTER, ("child",), frozenset({"child_elsewhere"})
    ),
    EffectKind.CALCULATE_DUE_DATE: Way(
        "calculate a due date", OWN, OURSELVES, ("clock", "number"), frozenset({"calendar_ends"})
    ),
    EffectKind.MAIL_ALERT: Way(
        "send alert by e-mail", REPEATED, MAIL, ("number", "audience"), frozenset({"no_address"})
    ),
    EffectKind.POST_ALERT: Way(
        "send alert over a channel", REPEATED, CHANNEL, ("number", "channel"), frozenset({"unknown_channel"})
    ),
    EffectKind.MAIL_DIGEST: Way(
        "send the morning digest by e-mail", REPEATED, MAIL, ("audience", "reader"), frozenset({"no_address"})
    ),
}
"""Every kind of effect."""


def by_machine_alone(kind: EffectKind) -> bool:
    """Whether it happens in our own house, so that nobody can do it by hand."""
    return WAYS[kind].protocol is Protocol.OWN
