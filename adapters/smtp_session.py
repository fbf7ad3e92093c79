"""A conversation with a mail server that ends at one deadline, however the server answers."""

import io
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from adapters.smtp_answers import Stage, refuse
from models.attention import MAIL_SETUP
from models.errors import LastingError, NothingHappenedError

CONNECT_SECONDS = 10.0
"""How long an address of the server may take to be reached, before the next one is tried."""
SHORTEST = 0.001
"""Seconds; zero would mean not to wait at all, which is another mode of sockets."""
BROKE_OFF = (ssl.SSLEOFError, ssl.SSLSyscallError, ssl.SSLZeroReturnError)
"""What encryption says of a connection that is gone, and not of what was agreed."""


class Session(smtplib.SMTP):
    """A conversation in which whatever is waited for takes what is left until ``until``."""

    def __init__(self, host: str, port: int, until: float, **how: Any) -> None:
        """Connect and read the greeting; ``until`` is a moment of the monotonic clock, in seconds."""
        self.until = until
        super().__init__(host, port, timeout=min(CONNECT_SECONDS, self.left), **how)

    @property
    def left(self) -> float:
        """Seconds."""
        return max(self.until - monotonic(), SHORTEST)

    def send(self, s: Any) -> None:
        """Send it in the time that is left."""
        if self.sock is not None:
            self.sock.settimeout(self.left)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Wait for an answer for the time that is left; smtplib's own would wait that long for each piece of it."""
        if self.file is None:
            self.file = io.BufferedReader(_Answers(self))
        return super().getreply()


class EncryptedSession(Session, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte, as on port 465."""


class _Answers(io.RawIOBase):
    def __init__(self, session: Session) -> None:
        self._session = session

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        sock = self._session.sock
        if sock is None:
            return 0
        sock.settimeout(self._session.left)
        return sock.recv_into(buffer)


@contextmanager
def nothing_left(stage: Stage) -> Iterator[None]:
    """Turn what may go wrong before the text into our errors: whatever it is, no message has left."""
    try:
        yield
    except UnicodeError as error:
        raise LastingError(
            MAIL_SETUP,
            "our settings hold what cannot be told to a mail server",
            "The sender, user or password in our settings holds a character that mail servers do not take.",
        ) from error
    except smtplib.SMTPServerDisconnected as error:
        raise NothingHappenedError("the mail server broke off before the message") from error
    except smtplib.SMTPResponseException as error:
        refuse(stage, error.smtp_code, _bytes(error.smtp_error))
    except smtplib.SMTPException as error:
        raise LastingError(
            MAIL_SETUP,
            "the mail server offers no encryption, or no login that we know",
            "The mail server does not offer what our settings ask for: encryption, or a login by password.",
        ) from error
    except ssl.SSLError as error:
        if isinstance(error, BROKE_OFF):
            raise NothingHappenedError("the mail server broke off before the message") from error
        raise LastingError(
            MAIL_SETUP,
            "the mail server's certificate is not to be trusted, or no encryption is common",
            "Its certificate is none that this machine trusts, or is another server's; or its encryption is too old.",
        ) from error
    except OSError as error:
        raise NothingHappenedError("the mail server cannot be reached") from error


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode(errors="replace")
