"""Lists of transfers, for people who look what is open."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_
from sqlmodel import Session, col, select

from adapters.register.store import Store, select_plain
from models.attention import HARM_NOT_TAKEN
from models.journey.status import HarmState, ResponseState
from models.register.tables import IN_HAND, IS_OPEN, SAYS_HARM, EvidenceRow, TransferRow, columns

NOT_ANSWERED = (ResponseState.ON_TRACK, ResponseState.DUE_SOON)
SHOWN = columns(
    TransferRow.id,
    TransferRow.journey,
    TransferRow.stage,
    TransferRow.stage_words,
    TransferRow.outcome,
    TransferRow.service_ref,
    TransferRow.social_work_team,
    TransferRow.waiting_for,
    TransferRow.attention,
    TransferRow.restricted,
    TransferRow.response,
    TransferRow.response_due,
    TransferRow.opened_at,
    TransferRow.harm,
)
"""What a line of the list is made of; the sealed status is none of it, as it is by far the largest."""
NEWEST_FIRST = (col(TransferRow.opened_at).desc(), col(TransferRow.id).desc())


@dataclass(frozen=True)
class TransferLine:
    """One line of the list of transfers."""

    id: str
    journey: str
    """Which kind it is, as its workflow id begins."""
    stage: str
    stage_words: str
    """The stage as people read it."""
    outcome: str | None
    service_ref: str
    social_work_team: str | None
    waiting_for: tuple[str, ...]
    needs_attention: bool
    attention: tuple[str, ...]
    """What is wrong, of each item that waits for a person."""
    restricted: bool
    response: str
    response_due: datetime | None
    opened_at: datetime
    harm_reported: bool = False
    """A risk of significant harm was reported (SU-01)."""


@dataclass(frozen=True)
class DueBefore:
    """Answers that are not overdue yet, and are due before this."""

    moment: datetime
    of_these: Mapping[str, datetime] = field(default_factory=dict)
    """In the rehearsal: transfers whose time was skipped, and so end their day at another moment."""


@dataclass(frozen=True)
class Wanted:
    """Which transfers are asked for: those for which all of this holds."""

    ended: bool = False
    """Those that have ended, too; without it, of them only those that need attention."""
    journey: str | None = None
    """Of one kind, as its workflow ids begin."""
    stage: str | None = None
    service: str | None = None
    """No restricted family is found by its service or team."""
    team: str | None = None
    attention: bool = False
    overdue: bool = False
    due_before: DueBefore | None = None
    only: str | None = None
    """By its id."""


@dataclass(frozen=True)
class Page:
    """Some lines of a longer list."""

    lines: Sequence[TransferLine]
    all: int
    """How many lines the whole list has."""


@dataclass(frozen=True)
class SqlLists:
    """Read by the commands."""

    store: Store

    def page(self, wanted: Wanted, number: int, most: int) -> Page:
        """The page of this number, from 1, of at most so many transfers; the newest first."""
        with self.store.reading() as session:
            rules = tuple(_rules(wanted))
            newest = select_plain(*SHOWN).where(*rules).order_by(*NEWEST_FIRST).offset((number - 1) * most).limit(most)
            found = session.exec(newest).all()
            counted = session.exec(select(func.count()).select_from(TransferRow).where(*rules)).one()
            harm = _harm_reported(session, [row.id for row in found])
            stands = {row.id for row in found if row.harm != HarmState.LIFTED and (row.id in harm or _shown(row))}
            return Page([_line(row, harm_reported=row.id in stands) for row in found], counted)

    def ids(self) -> Sequence[str]:
        """The ids of all transfers."""
        with self.store.reading() as session:
            return session.exec(select(TransferRow.id)).all()

    def open_between(self) -> Sequence[tuple[str, str | None]]:
        """The service and the team of open transfers, each pair once; those of restricted families are omitted."""
        with self.store.reading() as session:
            found = select(TransferRow.service_ref, TransferRow.social_work_team).distinct()
            return session.exec(found.where(IS_OPEN, ~col(TransferRow.restricted))).all()


def parted(joined: str) -> tuple[str, ...]:
    """What stands in one column with commas between."""
    return tuple(filter(None, joined.split(",")))


def _rules(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if not wanted.ended:
        yield IN_HAND
    if wanted.journey is not None:
        yield col(TransferRow.journey) == wanted.journey
    if wanted.stage is not None:
        yield col(TransferRow.stage) == wanted.stage
    if wanted.service is not None:
        yield and_(col(TransferRow.service_ref) == wanted.service, ~col(TransferRow.restricted))
    if wanted.team is not None:
        yield and_(col(TransferRow.social_work_team) == wanted.team, ~col(TransferRow.restricted))
    if wanted.attention:
        stopped = col(TransferRow.harm).not_in(["", HarmState.LIFTED])
        yield or_(col(TransferRow.attention) != "", and_(IS_OPEN, stopped))
    if wanted.overdue:
        nobody = and_(IS_OPEN, col(TransferRow.harm) == HarmState.NOBODY_SPOKEN_TO)
        yield or_(col(TransferRow.response) == ResponseState.BREACHED, nobody)
    if wanted.only is not None:
        yield col(TransferRow.id) == wanted.only
    if wanted.due_before is not None:
        yield _is_due(wanted.due_before)


def _is_due(before: DueBefore) -> ColumnElement[bool]:
    due, transfer = col(TransferRow.response_due), col(TransferRow.id)
    usual = and_(due < before.moment, transfer.not_in(list(before.of_these)))
    skipped = (and_(transfer == name, due < moment) for name, moment in before.of_these.items())
    return and_(col(TransferRow.response).in_(NOT_ANSWERED), or_(usual, *skipped))


def _harm_reported(session: Session, ids: Collection[str]) -> frozenset[str]:
    found = select(EvidenceRow.transfer_id).where(SAYS_HARM, col(EvidenceRow.transfer_id).in_(ids))
    return frozenset(session.exec(found))


def _shown(row: Row[Any]) -> bool:
    """The transfer shows a report, as a service's answer may be one; what could not be taken is said by itself."""
    return row.harm == HarmState.REPORTED or (bool(row.harm) and HARM_NOT_TAKEN not in parted(row.attention))


def _line(row: Row[Any], *, harm_reported: bool) -> TransferLine:
    return TransferLine(
        id=row.id,
        journey=row.journey,
        stage=row.stage,
        stage_words=row.stage_words,
        outcome=row.outcome,
        service_ref=row.service_ref,
        social_work_team=row.social_work_team,
        waiting_for=parted(row.waiting_for),
        needs_attention=row.attention != "",
        attention=parted(row.attention),
        restricted=row.restricted,
        response=row.response,
        response_due=row.response_due,
        opened_at=row.opened_at,
        harm_reported=harm_reported,
    )
