"""How a transfer stands, written into its rows: by the transfer itself, and by the comparison."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from adapters.register.clocks import note_hours
from adapters.register.store import Store, audit
from models.journey.recorded import Alert
from models.journey.status import AGREED_FOR, Status
from models.kinds import JourneyKind
from models.register.tables import HOLDS_CHILD, AlertRow, ChildRow, ClockRow, How, SeenByRow, TransferRow


def show(store: Store, session: Session, row: TransferRow, status: Status, version: int) -> None:
    """Write the status into the transfer's row, its clocks, its alerts and its children."""
    if row.stage != status.stage:
        session.add(audit(status.id, "system", "stage", old=row.stage, new=status.stage))
    row.version = version
    row.stage, row.stage_words, row.outcome = status.stage, status.stage_words, status.outcome
    row.service_ref, row.social_work_team, row.harm = (
        status.service_ref,
        status.social_work_team,
        status.harm_state or "",
    )
    row.social_worker, row.team_manager = status.social_worker, status.team_manager
    row.response, row.response_due = status.response, status.response_due
    show_items(store, row, status)
    _show_time(store, session, status)
    _show_let_go(session, row, status)
    show_who_finds_it(session, row, status)
    if status.outcome is None and row.closed_at is not None:
        _open_again(session, row)
    if status.outcome is not None and row.closed_at is None:
        _close(session, row)


def new_row(status: Status, *, opened_at: datetime, duplicate_of: str | None = None) -> TransferRow:
    """The row of a journey that the register does not have, open, and never shown."""
    return TransferRow(
        id=status.id,
        journey=status.journey,
        family_ref=status.family_ref,
        version=0,
        route=status.route,
        stage=status.stage,
        stage_words=status.stage_words,
        service_ref=status.service_ref,
        social_work_team=status.social_work_team,
        social_worker=status.social_worker,
        team_manager=status.team_manager,
        waiting_for=",".join(status.waiting_for),
        restricted=status.restricted,
        opened_at=opened_at,
        duplicate_of=duplicate_of,
    )


def show_items(store: Store, row: TransferRow, status: Status) -> None:
    """Write what waits for a person."""
    row.waiting_for, row.attention = ",".join(status.waiting_for), ",".join(status.problems)
    row.status = store.seal(row.id, status)


def show_who_finds_it(session: Session, row: TransferRow, status: Status) -> None:
    """Write who finds it, and of which children a service may see how it stands with them."""
    agreed = {child.ref: str(child.value(AGREED_FOR) or "") for child in status.children}
    found = [(ref, How.NAMED) for ref in status.named_people] + [(ref, How.OWN) for ref in status.belongs_to]
    wanted = {*found, *((ref, How.AGREED) for ref in agreed.values() if ref)}
    before = {(one.ref, How(one.how)): one for one in session.exec(_seen_by(row.id))}
    for found_so, one in before.items():
        one.in_hand = row.in_hand
        if found_so not in wanted:
            session.delete(one)
    for ref, how in sorted(wanted - before.keys()):
        key = {"transfer_id": row.id, "ref": ref, "how": how}
        session.add(SeenByRow(**key, journey=row.journey, opened_at=row.opened_at, in_hand=row.in_hand))
    if any(how is How.AGREED for _, how in wanted | before.keys()):
        for child in session.exec(select(ChildRow).where(ChildRow.transfer_id == row.id)):
            child.agreed_for = agreed.get(child.child_ref, "")


def show_whether_in_hand(session: Session, row: TransferRow) -> None:
    """Write whether it is found among those that are open, or wait for a person."""
    for one in session.exec(_seen_by(row.id)):
        one.in_hand = row.in_hand


def _seen_by(transfer_id: str) -> SelectOfScalar[SeenByRow]:
    return select(SeenByRow).where(SeenByRow.transfer_id == transfer_id)


def status_of(store: Store, row: TransferRow) -> Status | None:
    """The status as it was last shown, or None where it never was."""
    return Status.model_validate_json(store.unseal(row.id, row.status)) if row.status is not None else None


def reserve(session: Session, row: TransferRow) -> None:
    """The transfer holds its children, but for those whom another one holds by now."""
    for child in session.exec(select(ChildRow).where(ChildRow.transfer_id == row.id)):
        held = (ChildRow.child_ref == child.child_ref, ChildRow.journey == child.journey, HOLDS_CHILD)
        elsewhere = select(ChildRow).where(*held)
        child.open = session.exec(elsewhere).first() is None


def _show_let_go(session: Session, row: TransferRow, status: Status) -> None:
    """The children whom social work has let go, to which response, and since when."""
    responses = {child.ref: str(child.value("let_go_to") or "") for child in status.children}
    before, row.let_go = row.let_go, ",".join(sorted({*responses.values()} - {""}))
    if not before and not row.let_go:
        return
    for child in session.exec(select(ChildRow).where(ChildRow.transfer_id == status.id)):
        response = responses.get(child.child_ref, "")
        if bool(response) is not bool(child.response):
            child.let_go_at = datetime.now(UTC) if response else None
        child.response = response


def _close(session: Session, row: TransferRow) -> None:
    row.closed_at = datetime.now(UTC)
    for child in session.exec(select(ChildRow).where(ChildRow.transfer_id == row.id)):
        child.open = False


def _open_again(session: Session, row: TransferRow) -> None:
    """A closed transfer runs again."""
    row.closed_at = None
    session.add(audit(row.id, "system", f"{JourneyKind(row.journey).noun} open again"))
    if row.duplicate_of is None:
        reserve(session, row)


def _show_time(store: Store, session: Session, status: Status) -> None:
    """The clocks as they stand, and the alerts; an alert is recorded once."""
    for clock in status.clocks:
        row = session.get(ClockRow, (status.id, clock.id))
        stands = (clock.state, clock.answered, clock.recorded)
        if row is not None and (row.state, row.answered_at, row.recorded_at) != stands:
            row.state, row.answered_at, row.recorded_at = stands
            note_hours(store, session, row)
    for alert in status.alerts:
        if session.get(AlertRow, (status.id, alert.number)) is None:
            session.add(_alert(status.id, alert))


def _alert(transfer_id: str, alert: Alert) -> AlertRow:
    return AlertRow(
        transfer_id=transfer_id,
        number=alert.number,
        kind=alert.kind,
        what=alert.what,
        audiences=",".join(alert.audiences),
        due=alert.due,
        at=alert.at,
        raised_at=alert.raised_at,
        late_ms=round(max(alert.raised_at - alert.at, timedelta()) / timedelta(milliseconds=1)),
    )
