"""Lists of transfers, for people who look what is open."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, func, or_
from sqlmodel import Session, col, select

from adapters.register.seen import Name, names_of, seen_everywhere, seen_under
from adapters.register.store import Store, select_plain
from models.access import Caller
from models.attention import HARM_NOT_TAKEN
from models.journey.answers import CLOSED
from models.journey.status import HarmState, ResponseState
from models.kinds import JourneyKind
from models.register.tables import IN_HAND, IS_OPEN, SAYS_HARM, EvidenceRow, How, SeenByRow, TransferRow, columns
from models.vocabulary import LONDON, OF_A_SERVICE

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
    response: str | None = None
    """How those stand who must answer: ``ResponseState``."""
    attention: bool = False
    overdue: bool = False
    due_before: DueBefore | None = None
    only: str | None = None
    """By its id."""


class After(NamedTuple):
    """The last line of a list, after which it goes on."""

    opened_at: datetime
    id: str


@dataclass(frozen=True)
class Page:
    """Some lines of a longer list."""

    lines: Sequence[TransferLine]
    all: int
    """How many lines the whole list has."""


@dataclass(frozen=True)
class SqlLists:
    """Read by the commands, and by whoever asks through the gateway."""

    store: Store
    today: Callable[[], date] = lambda: datetime.now(LONDON).date()

    def page(self, wanted: Wanted, number: int, most: int) -> Page:
        """The page of this number, from 1, of at most so many transfers; the newest first."""
        with self.store.reading() as session:
            rules = tuple(_rules(wanted))
            newest = select_plain(*SHOWN).where(*rules).order_by(*NEWEST_FIRST).offset((number - 1) * most).limit(most)
            lines = _lines(session, session.exec(newest).all())
            return Page(lines, session.exec(select(func.count()).select_from(TransferRow).where(*rules)).one())

    def slice(self, wanted: Wanted, seen_by: Caller, after: After | None, most: int) -> Sequence[TransferLine]:
        """Of those that the caller may see, by the rule of ``models.access``, the newest after this one."""
        with self.store.reading() as session:
            names = names_of(session, seen_by, self.today())
            if seen_by.everywhere:
                rules = (
                    *_rules(wanted),
                    *seen_everywhere(seen_by, names),
                    *_after(after, TransferRow.opened_at, TransferRow.id),
                )
                every = select_plain(*SHOWN).where(*rules).order_by(*NEWEST_FIRST).limit(most)
                return _lines(session, session.exec(every).all())
            # Each by itself, so that the database stops after so many instead of sorting all that it finds.
            kinds = JourneyKind if wanted.journey is None else (wanted.journey,)
            each = [name._replace(journey=kind) for name in reversed(names) for kind in kinds]
            under = ((name, _under(session, wanted, name, after, most)) for name in each)
            found = {row.id: (row, name.how) for name, rows in under for row in rows}
            newest = sorted(found.values(), key=lambda one: (one[0].opened_at, one[0].id), reverse=True)[:most]
            lines = _lines(session, [row for row, _ in newest])
            theirs = {row.id for row, how in newest if how is How.AGREED}
            return [_for_a_service(line) if line.id in theirs else line for line in lines]

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
    if not _with_ended(wanted):
        yield IN_HAND
    yield from _filters(wanted)


def _with_ended(wanted: Wanted) -> bool:
    """Whether some are looked for of which nothing waits for anybody."""
    return wanted.ended and not wanted.attention


def _filters(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.journey is not None:
        yield col(TransferRow.journey) == wanted.journey
    if wanted.stage is not None:
        yield col(TransferRow.stage) == wanted.stage
    if wanted.service is not None:
        yield and_(col(TransferRow.service_ref) == wanted.service, ~col(TransferRow.restricted))
    if wanted.team is not None:
        yield and_(col(TransferRow.social_work_team) == wanted.team, ~col(TransferRow.restricted))
    if wanted.response is not None:
        yield col(TransferRow.response) == wanted.response
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


def _under(session: Session, wanted: Wanted, name: Name, after: After | None, most: int) -> Sequence[Row[Any]]:
    under = seen_under(name, ended=_with_ended(wanted))
    rules = (*under, *_after(after, SeenByRow.opened_at, SeenByRow.transfer_id))
    found = select_plain(*SHOWN).select_from(SeenByRow).join(TransferRow).where(*rules, *_filters(wanted))
    newest = (col(SeenByRow.opened_at).desc(), col(SeenByRow.transfer_id).desc())
    return list(session.exec(found.order_by(*newest).limit(most)).all())


def _after(after: After | None, opened_at: Any, transfer: Any) -> Iterator[ColumnElement[bool]]:
    if after is not None:
        yield col(opened_at) <= after.opened_at
        yield or_(col(opened_at) < after.opened_at, col(transfer) < after.id)


def _for_a_service(line: TransferLine) -> TransferLine:
    """What a service finds in the list of a transfer of which it may see some children."""
    return replace(
        line,
        outcome=CLOSED if line.outcome is not None else None,
        waiting_for=tuple(role for role in line.waiting_for if role in OF_A_SERVICE),
        needs_attention=False,
        attention=(),
        harm_reported=False,
    )


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


def _lines(session: Session, found: Sequence[Row[Any]]) -> Sequence[TransferLine]:
    harm = _harm_reported(session, [row.id for row in found])
    stands = {row.id for row in found if row.harm != HarmState.LIFTED and (row.id in harm or _shown(row))}
    return [_line(row, harm_reported=row.id in stands) for row in found]


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
