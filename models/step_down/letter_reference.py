"""The reference of a letter: whoever rings gives it, and no two letters can be linked by it (SD-33a)."""

import re
from collections.abc import Iterable
from hashlib import sha256

WRITTEN = re.compile(r"[^0-9A-F]")
IN_SUBJECT = re.compile(r", reference ([0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4})$")
SIZE = 12


def reference(transfer: str, letter_id: str) -> str:
    """As people read it out: ``7F3A-91C2-0B4D``; the first part belongs to the letter, the rest to both."""
    return _parted(transfer, _hashed(letter_id)[:4])


def in_subject(subject: str, reference: str) -> str:
    """The subject of a letter that is mailed."""
    return f"{subject}, reference {reference}"


def from_subject(subject: str) -> tuple[str, str | None]:
    """What a subject says beside the reference, and the reference; None where it bears none."""
    found = IN_SUBJECT.search(subject)
    return (subject[: found.start()], found[1]) if found else (subject, None)


def transfer_of(said: str, transfers: Iterable[str]) -> str | None:
    """The transfer whose letter bears this reference, of these; None where none does."""
    plain = WRITTEN.sub("", said.upper())
    return next((one for one in transfers if WRITTEN.sub("", _parted(one, plain[:4])) == plain), None)


def _parted(transfer: str, first: str) -> str:
    whole = f"{first}{_hashed(f'{transfer}/{first}')}"[:SIZE]
    return "-".join(whole[place : place + 4] for place in range(0, SIZE, 4))


def _hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest().upper()
