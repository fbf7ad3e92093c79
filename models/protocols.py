"""How each effect is carried out: by which protocol, at which outside system, and what may need a person.

The one table of this; commands, rules and documents read it, and the matrix of faults holds it.
"""

from enum import StrEnum
from typing import NamedTuple

from models.attention import NOT_ANSWERING
from models.effects import EffectKind


class Protocol(StrEnum):
    """What is known before the act, and what is done where nobody knows whether it happened."""

    LOOKED_UP = "looked_up"
    SENT_ONCE = "sent_once"
    REPEATED = "repeated"
    OWN = "own"

    @property
    def words(self) -> str:
        """The protocol, in plain words."""
        return {
            "looked_up": "looked up, and done where it is not there yet",
            "sent_once": "about a person: sent once; where that is unsure, a person looks",
            "repeated": "says nothing about a person: repeated where it is unsure",
            "own": "in our own register: repeating it changes nothing",
        }[self.value]


class System(StrEnum):
    """Where an effect happens."""

    MOSAIC = "mosaic"
    MAIL = "mail"
    CHANNEL = "channel"
    REGISTER = "register"

    @property
    def words(self) -> str:
        """The system, as people say it."""
        return {
            "mosaic": "Mosaic",
            "mail": "the mail server",
            "channel": "an alert channel",
            "register": "our register",
        }[self.value]


class Way(NamedTuple):
    """How one kind of effect is carried out."""

    protocol: Protocol
    system: System
    subject: str
    """What its key names, by reference; ``[...]`` stands only where the same is done again."""
    own: frozenset[str] = frozenset()
    """Problems that come of this kind alone, by their keys in ``PROBLEMS``."""
    looked_up: str = ""
    """What is looked for before the act and after it."""
    asks_mosaic: bool = False
    """Names or documents are asked of Mosaic when it is written."""

    @property
    def in_mosaic(self) -> bool:
        """Whether Mosaic is asked for anything."""
        return self.system is System.MOSAIC or self.asks_mosaic

    @property
    def problems(self) -> frozenset[str]:
        """Everything that may need a person, by its key in ``PROBLEMS``."""
        asked = REFUSALS[System.MOSAIC] if self.in_mosaic else frozenset()
        unsure = {"unclear"} if self.protocol is Protocol.SENT_ONCE else frozenset()
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
}
"""What a system says no to for good; whatever else it answers may pass."""

LOOKED_UP, SENT_ONCE, REPEATED, OWN = Protocol
MOSAIC, MAIL, CHANNEL, REGISTER = System

WAYS: dict[EffectKind, Way] = {
    EffectKind.SHARE_DOCUMENT: Way(
        LOOKED_UP,
        MOSAIC,
        "<document>/v<version>/<service>",
        looked_up="whether this version is shared with the team of the service",
    ),
    EffectKind.MAIL_DOCUMENT: Way(SENT_ONCE, MAIL, "<document>/v<version>/<service>", asks_mosaic=True),
    EffectKind.REQUEST_CONVERSATION: Way(REPEATED, MAIL, "<service>[/<number>]"),
    EffectKind.INVITE_TO_MEETING: Way(REPEATED, MAIL, "<service>/<date>[/<number>]", frozenset({"no_address"})),
    EffectKind.CANCEL_INVITATION: Way(REPEATED, MAIL, "<service>/<date>[/<number>]", frozenset({"no_address"})),
    EffectKind.SEND_MEETING_OUTCOME: Way(SENT_ONCE, MAIL, "<service>/<meeting>", asks_mosaic=True),
    EffectKind.SEND_PACK: Way(SENT_ONCE, MAIL, "<service>/<decision>", asks_mosaic=True),
    EffectKind.CLOSE_CHILD: Way(
        LOOKED_UP,
        MOSAIC,
        "<child>[/<number>]",
        frozenset({"no_open_step", "already_completed", "step_cancelled"}),
        "whether the newest closing step of the child is completed with the next actions that were decided",
    ),
    EffectKind.REOPEN_CHILD: Way(
        LOOKED_UP,
        MOSAIC,
        "<child>[/<number>]",
        frozenset({"reopen_by_hand", "step_cancelled"}),
        "whether a closing step of the child is open, or was completed by others since the child's case was reopened",
    ),
    EffectKind.SEND_ADVICE_SUMMARY: Way(SENT_ONCE, MAIL, "<practitioner>[/<number>]", asks_mosaic=True),
    EffectKind.RECOMMEND_FAMILIES_FIRST: Way(REPEATED, MAIL, "<practitioner>/<service>"),
    EffectKind.SEND_LETTER: Way(SENT_ONCE, MAIL, "<letter>", asks_mosaic=True),
    EffectKind.TELL_SERVICE: Way(REPEATED, MAIL, "<service>/<step>"),
    EffectKind.LOOK_UP_SERVICE: Way(OWN, REGISTER, "<service>/<step>", frozenset({"unknown_service"})),
    EffectKind.RESERVE_CHILD: Way(OWN, REGISTER, "<child>", frozenset({"child_elsewhere"})),
    EffectKind.RECKON_CLOCK: Way(OWN, REGISTER, "<wait>[/<about>]/<number>", frozenset({"calendar_ends"})),
    EffectKind.MAIL_ALERT: Way(REPEATED, MAIL, "<alert>/<audience>", frozenset({"no_address"})),
    EffectKind.POST_ALERT: Way(REPEATED, CHANNEL, "<alert>/<channel>", frozenset({"unknown_channel"})),
    EffectKind.MAIL_DIGEST: Way(REPEATED, MAIL, "<audience>/<reader>", frozenset({"no_address"})),
}
"""Every kind of effect."""


def by_machine_alone(kind: EffectKind) -> bool:
    """Whether it happens in our own register, so that nobody can do it by hand."""
    return WAYS[kind].protocol is Protocol.OWN
