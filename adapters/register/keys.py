"""Which keys the sealed columns of the register are under, their sealing anew, and what is noted of keys."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, select

from adapters.keyring import KEY_ID
from adapters.register.store import Store, UnreadableError, audit, select_plain
from models.operations.keys import Noted
from models.register.tables import IS_OPEN, AuditRow, ClockRow, EvidenceRow, TransferRow

SEALED: tuple[tuple[Any, Any, tuple[Any, ...]], ...] = (
    (TransferRow.status, TransferRow.id, (TransferRow.id,)),
    (EvidenceRow.record, EvidenceRow.transfer_id, (EvidenceRow.transfer_id, EvidenceRow.step_id)),
    (ClockRow.certificate, ClockRow.transfer_id, (ClockRow.transfer_id, ClockRow.clock_id)),
)
"""Every sealed column, with the transfer to which it is bound, and the columns that name its row."""

AT_ONCE = 200
"""Rows that are sealed anew in one transaction: workers wait for it, and it takes some hundredths of a second."""
OF_NO_TRANSFER = ""
LONGEST_ID = 100
NO_ID = "unreadable"


@dataclass(frozen=True)
class SqlKeys:
    """The keys of the register."""

    store: Store
    at_once: int = AT_ONCE

    def sealed_under(self) -> Mapping[str, int]:
        """How many sealed values there are under each key; every one of them is looked at."""
        found = dict.fromkeys(self.store.cipher.ids, 0)
        # What is no sealed value at all has no id, and is found again and again.
        while (other := self._under_none_of(found)) is not None and other not in found:
            found[other] = 0
        with self.store.reading() as session:
            for sealed, _, _ in SEALED:
                counts = [func.count().filter(_under(sealed, key_id)) for key_id in found]
                [row] = session.exec(select_plain(*counts))
                found = {key_id: found[key_id] + count for key_id, count in zip(found, row, strict=True)}
        return found

    def reseal(self) -> Iterator[int]:
        """Seal anew, under the first key, what is under another one; yields after each batch how many it were.

        A batch is one transaction. What a worker writes meanwhile is left as it wrote it. Whoever stops it loses
        nothing, and begins again where it was stopped. What no key here opens is passed over.
        """
        for sealed, transfer_id, key in SEALED:
            after: Sequence[Any] | None = None
            while rows := self.others(sealed, transfer_id, key, after):
                after = rows[-1][2:]
                yield self.seal_anew(sealed, key, rows)

    def others(self, sealed: Any, transfer_id: Any, key: Sequence[Any], after: Sequence[Any] | None) -> Sequence[Any]:
        """The next rows under other keys, in the order of their names."""
        found = select_plain(col(sealed), col(transfer_id), *map(col, key))
        found = found.where(col(sealed).is_not(None), ~_under(sealed, self.store.cipher.ids[0]))
        if after is not None:
            found = found.where(_later(key, after))
        with self.store.reading() as session:
            rows: Sequence[Any] = session.exec(found.order_by(*map(col, key)).limit(self.at_once)).all()
            return rows

    def seal_anew(self, sealed: Any, key: Sequence[Any], rows: Sequence[Any]) -> int:
        """Seal these rows anew, together, as far as they stand as they were read; returns how many it were."""
        done = 0
        with self.store.transaction() as session:
            for before, transfer_id, *names in rows:
                try:
                    clear = self.store.unseal(transfer_id, before)
                except UnreadableError:
                    continue
                where = [col(one) == name for one, name in zip(key, names, strict=True)]
                # As it was read: a worker may have written it meanwhile, and newer.
                changed = update(sealed.class_).where(*where, col(sealed) == before)
                result = session.exec(changed.values({col(sealed): self.store.seal_json(transfer_id, clear)}))
                done += result.rowcount
        return done

    def open_transfers(self) -> Sequence[tuple[str, str]]:
        """The open journeys, each by its kind and its id."""
        with self.store.reading() as session:
            return session.exec(select(TransferRow.journey, TransferRow.id).where(IS_OPEN)).all()

    def noted(self) -> Sequence[Noted]:
        """What was noted of keys, the oldest first."""
        with self.store.reading() as session:
            rows = session.exec(select(AuditRow).where(AuditRow.transfer_id == OF_NO_TRANSFER).order_by("id"))
            return [Noted(key_id=row.new or "", what=row.what, at=row.at) for row in rows]

    def note(self, key_id: str, what: str, who: str) -> datetime:
        """Note what became of a key; once is enough. Returns when it was noted first."""
        with self.store.transaction() as session:
            known = select(AuditRow).where(AuditRow.transfer_id == OF_NO_TRANSFER, AuditRow.what == what)
            row = session.exec(known.where(AuditRow.new == key_id)).first()
            if row is None:
                session.add(row := audit(OF_NO_TRANSFER, who, what, new=key_id))
            return row.at

    def _under_none_of(self, known: Mapping[str, int]) -> str | None:
        """A key of which nobody knew yet."""
        with self.store.reading() as session:
            for sealed, _, _ in SEALED:
                begins = func.substr(col(sealed), 1, LONGEST_ID)
                found = select_plain(begins).where(col(sealed).is_not(None), *(~_under(sealed, one) for one in known))
                row = session.exec(found.limit(1)).first()
                if row is not None:
                    key_id = bytes(row[0]).partition(b"\n")[0].decode(errors="replace")
                    return key_id if KEY_ID.fullmatch(key_id) else NO_ID
        return None


def _under(sealed: Any, key_id: str) -> Any:
    begins = f"{key_id}\n".encode()
    return func.substr(col(sealed), 1, len(begins)) == begins


def _later(key: Sequence[Any], after: Sequence[Any]) -> Any:
    """Behind these names, in their order."""
    *before, (column, value) = zip(map(col, key), after, strict=True)
    later = column > value
    for column, value in reversed(before):
        later = (column > value) | ((column == value) & later)
    return later
