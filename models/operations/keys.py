"""Keys: what is under each, and when one may go. A key whose id is nowhere any more has nothing left to open."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from models.vocabulary import LONDON, Frozen


class What(StrEnum):
    """What is noted of a key."""

    MADE = "key made"
    SEALS = "key seals"
    RETIRED = "key retired"


class Noted(Frozen):
    """Something that was noted of a key."""

    key_id: str
    what: str
    at: datetime


class Story(Frozen):
    """A workflow's history, by the keys that it holds payloads under."""

    workflow_id: str
    keys: frozenset[str]
    closed_at: datetime | None = None
    """None while it runs."""


class KeysOfWorker(Frozen):
    """A worker that runs, and the keys that it has, first the one that it seals with."""

    identity: str
    keys: tuple[str, ...]


class Found(Frozen):
    """What was found of all keys."""

    ring: tuple[str, ...]
    """Those of this command's setting, first the one that seals."""
    rows: dict[str, int]
    """Sealed values of the register."""
    stories: tuple[Story, ...]
    retention: timedelta
    workers: tuple[KeysOfWorker, ...] | None
    """None where Temporal does not tell of them."""
    noted: tuple[Noted, ...] = ()

    def when(self, key_id: str, what: What) -> datetime | None:
        """When that was noted of a key first."""
        return next((one.at for one in self.noted if one.key_id == key_id and one.what == what), None)

    @property
    def known(self) -> tuple[str, ...]:
        """Every key that is in the setting, or that something is under."""
        under = {key_id for story in self.stories for key_id in story.keys} | {one for one, n in self.rows.items() if n}
        return (*self.ring, *sorted(under - set(self.ring)))

    @property
    def unused(self) -> tuple[str, ...]:
        """The keys that were made, and neither sealed anything nor were retired."""
        made = (one.key_id for one in self.noted if one.what == What.MADE)
        return tuple(one for one in made if not self.when(one, What.SEALS) and not self.when(one, What.RETIRED))

    @property
    def spare(self) -> str | None:
        """The one that stands behind the first, to take its place."""
        return next((one for one in self.unused if one in self.ring[1:]), None)

    @property
    def not_here(self) -> tuple[str, ...]:
        """The keys that were made to take over from the one that seals, and are not in the setting."""
        since = self.when(self.ring[0], What.MADE)
        newer = (one for one in self.noted if one.what == What.MADE and (since is None or one.at > since))
        return tuple(one.key_id for one in newer if one.key_id in self.unused and one.key_id not in self.ring)

    @property
    def to_seal_anew(self) -> bool:
        """Something in the register is under an older key that is here; what no key here opens can wait for ever."""
        return any(self.rows.get(key_id) for key_id in self.ring[1:])

    def lacking(self, key_id: str) -> tuple[str, ...]:
        """The workers that do not have this key."""
        return tuple(worker.identity for worker in self.workers or () if key_id not in worker.keys)

    def sealing_otherwise(self) -> tuple[str, ...]:
        """The workers that seal with another key than this setting does."""
        return tuple(worker.identity for worker in self.workers or () if worker.keys[0] != self.ring[0])


class KeyUse(Frozen):
    """How a key stands, as operators read it."""

    id: str
    place: int | None
    """1 seals; None: it is not in the setting."""
    is_next: bool
    """It was made to take over, and has sealed nothing yet."""
    since: datetime | None
    """From when on it sealed; None where that is not known."""
    rows: int
    open: int
    closed: int
    free_at: datetime | None
    """When the last of the histories of ended workflows that hold it will be gone; None while one is open, or none."""
    waits: tuple[str, ...]
    """Why it may not be retired, a sentence each."""

    @property
    def may_go(self) -> bool:
        """Whether it may be retired."""
        return not self.waits


def uses(found: Found) -> tuple[KeyUse, ...]:
    """How each key stands."""
    return tuple(use_of(found, key_id) for key_id in found.known)


def use_of(found: Found, key_id: str) -> KeyUse:
    """How one key stands."""
    held = [story for story in found.stories if key_id in story.keys]
    closed = [story.closed_at for story in held if story.closed_at is not None]
    still_open = len(held) - len(closed)
    free_at = max(closed) + found.retention if closed and not still_open else None
    return KeyUse(
        id=key_id,
        place=found.ring.index(key_id) + 1 if key_id in found.ring else None,
        is_next=_is_next(found, key_id),
        since=found.when(key_id, What.SEALS),
        rows=found.rows.get(key_id, 0),
        open=still_open,
        closed=len(closed),
        free_at=free_at,
        waits=tuple(_waits(found, key_id, still_open, len(closed), free_at)),
    )


def _waits(found: Found, key_id: str, still_open: int, closed: int, free_at: datetime | None) -> Iterator[str]:
    if key_id not in found.ring:
        yield "It is not in TRANSFERS_KEYS here: who has these keys alone cannot read what is under it. Put it back."
        return
    if key_id == found.ring[0]:
        yield "Everything is sealed under it. `transfers keys rotate` puts another one first."
    if _is_next(found, key_id):
        yield "It was made to take over, and may seal elsewhere already. `transfers keys rotate` puts it first."
    if sealing := [worker.identity for worker in found.workers or () if worker.keys[0] == key_id != found.ring[0]]:
        yield f"{some(len(sealing), 'worker still seals', 'workers still seal')} under it: {listed(sealing)}."
    if still_open:
        yield f"{some(still_open, 'open workflow holds', 'open workflows hold')} payloads under it."
    if closed:
        until = f", the last until {free_at.astimezone(LONDON):%d %B %Y %H:%M}" if free_at else ""
        one, many = "ended workflow that Temporal keeps holds", "ended workflows that Temporal keeps hold"
        yield f"{some(closed, one, many)} payloads under it{until}."


def _is_next(found: Found, key_id: str) -> bool:
    return key_id in found.unused and key_id in found.ring[1:]


def some(number: int, one: str, many: str) -> str:
    """A number with its word."""
    return f"{number} {one if number == 1 else many}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
