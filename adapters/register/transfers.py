"""Transfers: opened with their children reserved, and shown as they stand."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from adapters.register.clocks import keep_calendar, keep_due_date
from adapters.register.directory import people_of, service_of
from adapters.register.evidence import keep_evidence
from adapters.register.shown import new_row, show, show_who_finds_it, status_of
from adapters.register.store import Store, audit, select_plain
from models.calendar import WorkingCalendar
from models.errors import LastingError, PassingError, StartRefusedError
from models.journey.projection import Projection
from models.journey.recorded import Elsewhere, Opening, RecordedStep
from models.journey.start import Start
from models.journey.status import Status
from models.office_hours import office_hours
from models.people import Colleague
from models.policy import Policy
from models.register.tables import HOLDS_CHILD, IS_OPEN, ChildRow, ServiceRow, TransferRow, columns
from models.services import EarlyHelpService

TRANSFERS = SQLModel.metadata.tables[str(TransferRow.__tablename__)]
VERSIONS = select_plain(TRANSFERS.c.id, TRANSFERS.c.version).where(TRANSFERS.c.id.in_(bindparam("ids", expanding=True)))
"""Put together once: that took longer than to run it, which whoever waits does again and again."""
HOLDER = columns(ChildRow.child_ref, ChildRow.transfer_id, ChildRow.journey, TransferRow.restricted)


@dataclass(frozen=True)
class SqlTransfers:
    """Fits ``TransferRegister``, and is read by the commands."""

    store: Store
    policy: Policy = field(default_factory=Policy)
    """What a transfer that starts now is given."""

    def open_transfer(
        self, request: Start, at: datetime, calendar: WorkingCalendar, begun: Callable[[Opening], Status]
    ) -> Opening:
        """See ``TransferRegister``."""
        try:
            return self._open(request, at, calendar, begun)
        except IntegrityError:
            # Another start took a child, or kept the calendar, between our look and our write; the second look sees it.
            return self._open(request, at, calendar, begun)

    def _open(
        self, request: Start, at: datetime, calendar: WorkingCalendar, begun: Callable[[Opening], Status]
    ) -> Opening:
        with self.store.transaction() as session:
            service = session.get(ServiceRow, request.service_ref)
            if service is None and not request.says_harm and request.out_of is None:
                raise StartRefusedError("service_ref", "The service directory does not know this service.")
            known = session.get(TransferRow, request.id)
            if known is not None and known.journey != request.kind:
                raise StartRefusedError("id", "Something else was started under this id before.")
            own = (request.id, request.frees) if request.frees is not None else (request.id,)
            held = _elsewhere(session, own, [child.ref for child in request.children], request.held_by)
            holder = held[0].holder if held and not request.begins_anyhow else None
            holder = known.duplicate_of if known else holder
            keep_calendar(session, calendar)
            opening = Opening(
                policy=self.policy,
                service=service_of(service) if service is not None else None,
                people=people_of(session, request.team, request.colleagues) if request.team else (),
                duplicate_of=holder,
                elsewhere=held if request.begins_anyhow else (),
                calendar=calendar.known_days(at),
                letter_hours=office_hours(self.policy.letter_hours, calendar, at),
            )
            if known is None:
                self._add(session, request, begun(opening), at, opening)
            return opening

    def _add(self, session: Session, request: Start, status: Status, at: datetime, opening: Opening) -> None:
        """The row of a journey that begins, with its children; those whom another one holds are not taken."""
        row = new_row(status, opened_at=at, duplicate_of=opening.duplicate_of)
        row.status = self.store.seal(request.id, status)
        session.add(row)
        session.flush()
        begins, taken = opening.duplicate_of is None, {one.child for one in opening.elsewhere}
        session.add_all(
            ChildRow(
                transfer_id=request.id,
                child_ref=child.ref,
                journey=request.kind,
                open=begins and child.ref not in taken,
            )
            for child in request.children
        )
        show_who_finds_it(session, row, status)
        what = "opened" if begins else "not opened: a child is in another"
        session.add(audit(request.id, request.opened_by, f"{request.kind.noun} {what}", why=request.rests_on))

    def look_up_service(self, ref: str) -> EarlyHelpService:
        """See ``TransferRegister``."""
        with self.store.reading() as session:
            row = session.get(ServiceRow, ref)
            if row is None:
                raise LastingError("unknown_service", f"the directory does not know this service: {ref}")
            return service_of(row)

    def look_up_people(self, team: str, named: Sequence[str]) -> tuple[Colleague, ...]:
        """See ``TransferRegister``."""
        with self.store.reading() as session:
            return people_of(session, team, named)

    def knows(self, kind: str, journey_id: str) -> bool:
        """See ``TransferRegister``."""
        return self._kind_of(journey_id) == kind

    def take_free_children(
        self, transfer_id: str, among: Collection[str], out_of: str | None = None
    ) -> tuple[Elsewhere, ...] | None:
        """See ``TransferRegister``."""
        own = (transfer_id, out_of) if out_of is not None else (transfer_id,)
        try:
            return self._take_free_children(own, among)
        except IntegrityError:
            # Another journey took a child between our look and our write; the second look sees it.
            return self._take_free_children(own, among)

    def _take_free_children(self, own: Sequence[str], among: Collection[str]) -> tuple[Elsewhere, ...] | None:
        transfer_id = own[0]
        with self.store.transaction() as session:
            row = session.get(TransferRow, transfer_id)
            if row is None or row.closed_at is not None:
                return None
            children = session.exec(select(ChildRow).where(ChildRow.transfer_id == transfer_id)).all()
            held = _elsewhere(session, own, [child.child_ref for child in children], among)
            elsewhere = {one.child for one in held}
            for child in children:
                if not child.open and child.child_ref not in elsewhere:
                    child.open = True
                    session.add(audit(transfer_id, "system", "child taken, as no other holds it", new=child.child_ref))
            return held

    def lacking(self, transfer_id: str) -> Sequence[tuple[str, str]]:
        """See ``TransferRegister``."""
        own = select(ChildRow.child_ref).where(ChildRow.transfer_id == transfer_id)
        without = (col(ChildRow.child_ref).in_(own), ~HOLDS_CHILD, ChildRow.transfer_id != transfer_id, IS_OPEN)
        with self.store.reading() as session:
            found = select(ChildRow.journey, ChildRow.transfer_id).join(TransferRow).where(*without).distinct()
            return session.exec(found).all()

    def reserve_child(self, transfer_id: str, child: str, who: str, among: Collection[str]) -> None:
        """See ``TransferRegister``."""
        journey = self._kind_of(transfer_id)
        kinds = {journey, *among}
        try:
            with self.store.transaction() as session:
                if session.get(ChildRow, (transfer_id, child)) is None:
                    _refuse_held(_elsewhere(session, (transfer_id,), [child], kinds))
                    session.add(ChildRow(transfer_id=transfer_id, child_ref=child, journey=journey, open=True))
                    session.add(audit(transfer_id, who, "child added", new=child))
        except IntegrityError:
            # Another one took it between our look and our write; or it has ended meanwhile, or this one was lost here.
            with self.store.reading() as session:
                _refuse_held(_elsewhere(session, (transfer_id,), [child], kinds))
            raise

    def project(self, projection: Projection, calendar: WorkingCalendar, evidence: Sequence[RecordedStep] = ()) -> None:
        """See ``TransferRegister``."""
        try:
            self._project(projection, calendar, evidence)
        except IntegrityError:
            # Somebody kept the same calendar, or evidence, between our look and our write; the second look sees it.
            self._project(projection, calendar, evidence)

    def _project(self, projection: Projection, calendar: WorkingCalendar, evidence: Sequence[RecordedStep]) -> None:
        status, version = projection.status, projection.version
        with self.store.transaction() as session:
            row = session.get(TransferRow, status.id, with_for_update=True)
            if row is None and (projection.due_dates or evidence):
                raise PassingError("the register has lost the transfer")
            if row is None:
                return
            for entry in evidence:
                keep_evidence(self.store, session, status.id, entry)
            if projection.due_dates or calendar.version != projection.calendar:
                for kept in (calendar, *projection.calendars):
                    keep_calendar(session, kept)
            # A try that was given up may come after a newer version was shown.
            newest = row.version < version
            for due_date in projection.due_dates:
                keep_due_date(self.store, session, status.id, due_date, newest=newest)
            # The comparison may have shown this very version before its due dates were kept.
            if newest or (row.version == version and projection.due_dates):
                show(self.store, session, row, status, version)

    def status(self, transfer_id: str) -> Status | None:
        """The transfer as it was last shown in the register, or None where it is unknown."""
        with self.store.reading() as session:
            row = session.get(TransferRow, transfer_id)
            return status_of(self.store, row) if row else None

    def version(self, transfer_id: str) -> int | None:
        """How often it was shown anew; None where it is unknown."""
        with self.store.reading() as session:
            return session.exec(select(TransferRow.version).where(TransferRow.id == transfer_id)).first()

    def versions(self, transfer_ids: Collection[str]) -> Mapping[str, int]:
        """The same of each of these that is known."""
        with self.store.reading() as session:
            found = session.connection().execute(VERSIONS, {"ids": [*transfer_ids]})
            return dict(found.all())

    def _kind_of(self, transfer_id: str) -> str:
        """Which kind of journey it is; where it was lost here, none, and the database refuses what belongs to it."""
        with self.store.reading() as session:
            row = session.get(TransferRow, transfer_id)
            return row.journey if row is not None else ""

    def open_transfer_of(self, child_ref: str, among: Collection[str] | None = None) -> str | None:
        """The id of the open journey that holds the child, or None; of these kinds, where they are given."""
        with self.store.reading() as session:
            found = select(ChildRow.transfer_id).where(ChildRow.child_ref == child_ref, HOLDS_CHILD)
            of_kind = found if among is None else found.where(col(ChildRow.journey).in_(among))
            return session.exec(of_kind).first()


def _elsewhere(
    session: Session, own: Collection[str], refs: Sequence[str], kinds: Collection[str]
) -> tuple[Elsewhere, ...]:
    """Who of these children another open journey of these kinds holds; of several, the step-down before a request.

    What is one's own: the journey itself, and that out of which it was opened.
    """
    held = (col(ChildRow.child_ref).in_(refs), col(ChildRow.journey).in_(kinds), HOLDS_CHILD)
    others = select_plain(*HOLDER).join(TransferRow).where(*held, col(ChildRow.transfer_id).not_in(own))
    found = {
        child: Elsewhere(child=child, holder=holder, kind=kind, restricted=restricted)
        for child, holder, kind, restricted in session.exec(others.order_by(col(ChildRow.journey)))
    }
    return tuple(found[child] for child in sorted(found))


def _refuse_held(held: Sequence[Elsewhere]) -> None:
    for one in held:
        there = f"It is transfer {one.holder}."
        raise LastingError("child_elsewhere", f"{one.child} is in another open transfer", there)
