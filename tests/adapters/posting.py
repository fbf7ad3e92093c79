"""Mails to send, our adapter to send them with, and a mail server that answers as told."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from adapters.smtp import LONGEST_ATTEMPT, Encryption, PostSettings, SmtpPost
from models.mail import Mail
from tests.builders import NOW
from tests.pace import A_MOMENT, patient

NUMBERS = count(1)
SENDER = "transfers@council.example"
GOOD = {
    "GREETING": b"220 ready\r\n",
    "EHLO": b"250 ok\r\n",
    "HELO": b"250 ok\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go\r\n",
    "TEXT": b"250 ok\r\n",
}


def post_at(port: int, **changes: Any) -> SmtpPost:
    said = {"host": "127.0.0.1", "port": port, "encryption": Encryption.NONE, "sender": SENDER}
    return SmtpPost(PostSettings(**{**said, "timeout": min(patient(30), LONGEST_ATTEMPT), **changes}))


def mail(**changes: Any) -> Mail:
    number = next(NUMBERS)
    said = {
        "key": f"transfer-{number}/send_letter/letter-1",
        "transfer_id": f"transfer-{number}",
        "to": "family@home.example",
        "subject": f"What happens next {number}",
        "text": "Dear Ms Example,\n\nAda Example moves on.\n",
    }
    return Mail(**{**said, **changes})


def send(post: SmtpPost, sent: Mail) -> str:
    return post.send(sent, NOW)


Answer = bytes | tuple[bytes, ...] | None
"""What a server says: at once, in pieces with a pause after each, or that it hangs up."""
PAUSE = 0.3


class Conversation:
    """What a server that answers as told has heard."""

    def __init__(self, answer: Callable[[str], Answer]) -> None:
        self.heard: list[bytes] = []
        self.text = b""
        self.hangs_up_in_the_text = False
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rb") as said:
            going = self._says(connection, "GREETING")
            while going and (line := said.readline()):
                self.heard.append(line)
                word = line.split()[0].decode().upper() if line.strip() else ""
                going = self._says(connection, word)
                if word == "DATA" and self.hangs_up_in_the_text:
                    return
                if going and word == "DATA" and str(self._answer("DATA")).startswith("b'354"):
                    self.text = b"".join(iter(lambda: _until_the_end(said), b""))
                    going = self._says(connection, "TEXT")

    def _says(self, connection: socket.socket, word: str) -> bool:
        told = self._answer(word)
        try:
            for piece in (told,) if isinstance(told, bytes) else told or ():
                connection.sendall(piece)
                if isinstance(told, tuple):
                    # Until the other side hangs up, or for a while.
                    select.select([connection], [], [], PAUSE)
        except OSError:
            return False
        return told is not None

    def end(self) -> None:
        self._listener.close()
        self._thread.join(timeout=patient(A_MOMENT))


def _until_the_end(said: Any) -> bytes:
    line: bytes = said.readline()
    return b"" if line == b".\r\n" else line


@contextmanager
def server_that(answer: Callable[[str], Answer]) -> Iterator[Conversation]:
    """A mail server that answers each command as told; ``GREETING`` comes first, ``TEXT`` is the message itself."""
    server = Conversation(answer)
    try:
        yield server
    finally:
        server.end()
