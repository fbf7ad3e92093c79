"""Clocks: how each due date came about, with the calendar that it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from adapters.register.store import Store, UnreadableError, audit
from models.calendar import WorkingCalendar
from models.certificate import Certificate, working_time
from models.journey.clocks import JUDGED
from models.journey.projection import DueDate
from models.kinds import RESPONSES, ClockKind
from models.register.tables import AuditRow, CalendarRow, ClockRow


class KeptClock(NamedTuple):
    """A clock as the register holds it."""

    clock_id: str
    state: str
    answered_at: datetime | None
    recorded_at: datetime | None
    certificate: Certificate
    calendar: WorkingCalendar
    """The calendar that the certificate rests on."""


@dataclass(frozen=True)
class SqlClocks:
    """How the due dates came about, as the commands read it."""

    store: Store

    def clocks(self, transfer_id: str) -> Sequence[KeptClock]:
        """How each due date of the transfer came about, the oldest first."""
        with self.store.reading() as session:
            found = select(ClockRow, CalendarRow).join(CalendarRow).where(ClockRow.transfer_id == transfer_id)
            rows = session.exec(found.order_by(col(ClockRow.received), col(ClockRow.clock_id)))
            return [self._kept(clock, calendar) for clock, calendar in rows]

    def _kept(self, row: ClockRow, calendar: CalendarRow) -> KeptClock:
        return KeptClock(
            clock_id=row.clock_id,
            state=row.state,
            answered_at=row.answered_at,
            recorded_at=row.recorded_at,
            certificate=certificate_of(self.store, row),
            calendar=calendar_of(calendar),
        )


def keep_calendar(session: Session, calendar: WorkingCalendar) -> None:
    """Keep a calendar that due dates rest on."""
    if session.get(CalendarRow, calendar.version) is None:
        session.add(CalendarRow(version=calendar.version, content=calendar.model_dump_json()))
        session.flush()


def keep_due_date(store: Store, session: Session, transfer_id: str, due_date: DueDate, *, newest: bool = True) -> None:
    """Keep how a due date came about; the newest of a clock replaces the one before, and one that comes late none.

    Where the register has lost the calendar that it rests on, only its audit row tells of it.
    """
    certificate = due_date.certificate
    if session.get(CalendarRow, certificate.calendar) is None:
        lost, due = f"its calendar is lost: {certificate.calendar}", certificate.due.isoformat()
        said = audit(transfer_id, "system", "due date not kept", new=due, why=f"{due_date.clock}: {lost}")
        # The same may be told again, where the answer to it was lost.
        alike = (col(getattr(AuditRow, name)) == getattr(said, name) for name in ("transfer_id", "what", "new", "why"))
        if session.exec(select(AuditRow.id).where(*alike)).first() is None:
            session.add(said)
        return
    row = session.get(ClockRow, (transfer_id, due_date.clock), with_for_update=True)
    if row is not None and (not newest or _is_kept(store, row, certificate)):
        return
    before = row.due.isoformat() if row else None
    kept = ClockRow(
        transfer_id=transfer_id,
        clock_id=due_date.clock,
        kind=certificate.kind,
        service_ref=due_date.service_ref,
        received=certificate.received,
        due=certificate.due,
        calendar=certificate.calendar,
        certificate=store.seal(transfer_id, certificate),
        was_paused=bool(certificate.pauses),
        state="on_track",
    )
    if row is not None:
        kept.state, kept.answered_at, kept.recorded_at = row.state, row.answered_at, row.recorded_at
    note_hours(store, session, session.merge(kept))
    what, due = "due date calculated", certificate.due.isoformat()
    session.add(audit(transfer_id, "system", what, old=before, new=due, why=due_date.clock))


def _is_kept(store: Store, row: ClockRow, certificate: Certificate) -> bool:
    """The row has this certificate; one whose key is gone is replaced."""
    try:
        return certificate_of(store, row) == certificate
    except UnreadableError:
        return False


def note_hours(store: Store, session: Session, row: ClockRow) -> None:
    """Keep how long a service's answer took, so that no report opens a certificate for it."""
    row.hours = None
    if row.kind == ClockKind.FIRST_CONTACT and row.state in JUDGED and row.answered_at is not None:
        row.hours = _since_closed(session, row, row.answered_at)
    elif row.kind in RESPONSES and row.state in JUDGED and row.answered_at is not None:
        try:
            certificate = certificate_of(store, row)
        except UnreadableError:
            # Its key is gone: nothing is known of the hours, and the transfer is shown all the same.
            return
        calendar = calendar_of(session.get_one(CalendarRow, row.calendar))
        worked = working_time(certificate, calendar, row.answered_at)
        row.hours = None if worked is None else round(worked / timedelta(hours=1), 1)


def _since_closed(session: Session, row: ClockRow, seen_at: datetime) -> float | None:
    """All hours from the closing of a child, from which the service had to answer, until somebody saw it (SD-37)."""
    answer = row.clock_id.replace(ClockKind.FIRST_CONTACT, ClockKind.ACKNOWLEDGEMENT, 1)
    again = and_(col(ClockRow.clock_id) > f"{answer}/", col(ClockRow.clock_id) < f"{answer}0")
    of_child = (col(ClockRow.transfer_id) == row.transfer_id, or_(col(ClockRow.clock_id) == answer, again))
    closed = session.exec(select(func.max(col(ClockRow.received))).where(*of_child)).one()
    return None if closed is None else max(0.0, round((seen_at - closed) / timedelta(hours=1), 1))


def certificate_of(store: Store, row: ClockRow) -> Certificate:
    """The certificate of the clock, opened."""
    return Certificate.model_validate_json(store.unseal(row.transfer_id, row.certificate))


def calendar_of(row: CalendarRow) -> WorkingCalendar:
    """The calendar as it was kept."""
    return _read(row.content)


@lru_cache(maxsize=16)
def _read(content: str) -> WorkingCalendar:
    """Read once in a process: most clocks rest on the same few calendars, which never change."""
    return WorkingCalendar.model_validate_json(content)
