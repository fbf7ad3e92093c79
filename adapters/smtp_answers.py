"""What a mail server's answer means: it puts off, or it says no to us, to an address or to a message (RFC 3463)."""

import re
from enum import StrEnum
from typing import NoReturn

from models.attention import MAIL_SETUP
from models.errors import LastingError, NothingHappenedError

ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")
PROTOCOL = frozenset({500, 502, 503, 504, 530})
"""Refusals of how we speak, or that we have not signed in, where the server gives no enhanced code."""
OF_US = re.compile(rb"\b(relay|sender|helo|ehlo|authenticat)", re.IGNORECASE)
"""What servers without enhanced codes, as Exim, say where they mean us and not the address."""
ADDRESS = re.compile(rb"\S+@\S+")


class Stage(StrEnum):
    """Where in the conversation the server answers."""

    GREETING = "greeting"
    ENCRYPTION = "encryption"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"

    @property
    def words(self) -> str:
        """To what it answers."""
        return {
            "greeting": "when we connected",
            "encryption": "when we asked for encryption",
            "login": "to our login",
            "sender": "to our sender",
            "recipient": "to the recipient's address",
            "message": "to the message",
        }[self.value]


def refuse(stage: Stage, code: int, said: bytes) -> NoReturn:
    """Raise what the answer means.

    Raises:
        LastingError: a person has to put something right.
        NothingHappenedError: it may pass.
    """
    enhanced = _enhanced(said)
    answer = f"{code} {enhanced}" if enhanced else str(code)
    known = f"The mail server answered {answer} {stage.words}."
    if 500 <= code < 600:
        raise LastingError(_problem(stage, code, enhanced, said), f"the mail server refused ({answer})", known)
    raise NothingHappenedError(f"the mail server put the message off ({answer})", known=known)


def _enhanced(said: bytes) -> str:
    found = ENHANCED.match(said)
    return found[1].decode() if found else ""


def _problem(stage: Stage, code: int, enhanced: str, said: bytes) -> str:
    if _is_of_the_message(stage, code, enhanced):
        return "refused_message"
    if stage is Stage.RECIPIENT and not _is_of_us(enhanced) and not (not enhanced and _means_us(code, said)):
        return "refused_address"
    return MAIL_SETUP


def _is_of_the_message(stage: Stage, code: int, enhanced: str) -> bool:
    """It is too large, or cannot be passed on as it is; after the text, filters say 5.7.1 of what they do not like."""
    if stage is Stage.MESSAGE and (not _is_of_us(enhanced) or _is_of_its_content(enhanced)):
        return True
    return enhanced.startswith("5.6.") or enhanced in {"5.2.3", "5.3.4"} or (stage is Stage.SENDER and code == 552)


def _is_of_us(enhanced: str) -> bool:
    """Relaying is denied, our sender or login refused, or our words not understood."""
    return enhanced.startswith(("5.5.", "5.7.")) or enhanced in {"5.1.0", "5.1.7", "5.1.8"}


def _is_of_its_content(enhanced: str) -> bool:
    """Everything of security but what is said of a sender's DKIM, SPF and name in reverse (5.7.20 to 5.7.27)."""
    return enhanced.startswith("5.7.") and not 20 <= int(enhanced.rpartition(".")[2]) <= 27


def _means_us(code: int, said: bytes) -> bool:
    return code in PROTOCOL or OF_US.search(ADDRESS.sub(b"", said)) is not None
