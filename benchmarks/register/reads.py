"""What is read of the register: by the commands, by the worker's metrics, by the morning digest and the comparison."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from rich.console import Console, Group

from adapters.register.again import SqlAgain
from adapters.register.comparison import SqlComparison
from adapters.register.lists import SqlLists, Wanted
from adapters.register.reports import SqlReports
from adapters.register.running import SqlRunning
from adapters.register.store import Store
from adapters.register.transfers import SqlTransfers
from benchmarks.register.copies import SERVICES, TEAMS, WORKERS
from cli.listing import LINES, list_screen
from cli.report import report_screen
from cli.report_again import again_table
from models.access import Caller, Privacy
from models.kinds import Audience
from models.operations.again import again
from models.operations.digest import Recipient, digest_for, readers
from models.operations.report import report
from worker.metrics import metrics_text
from workflows.reconcile import CLOSED_WITHIN

EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
MONTH = timedelta(days=30)

Read = Callable[[Store, datetime], object]
"""Reads the register as it is at a moment."""

PAGE = 50
"""Lines."""
OF_CASEWORK = frozenset({Privacy.PLAIN, Privacy.NARRATIVE})
OF_A_TEAM = Caller(who="somebody", teams=frozenset({TEAMS[0]}), own=OF_CASEWORK)
OF_A_SERVICE = Caller(who="somebody", teams=frozenset({SERVICES[0]}), own=OF_CASEWORK)
OPERATIONS = Caller(who="somebody", everywhere=frozenset({Privacy.PLAIN}))

REFERENCE = "SELECT id FROM transfers"
"""Read by the driver alone, and nothing else: the ids of all transfers."""


def _page(wanted: Wanted, number: int = 1) -> Read:
    def read(store: Store, now: datetime) -> object:
        found = SqlLists(store).page(wanted, number, LINES)
        return _drawn(list_screen(found.lines, now))

    return read


def _last_page(store: Store, now: datetime) -> object:
    every = SqlLists(store).page(Wanted(ended=True), 1, 1).all
    return _page(Wanted(ended=True), every // LINES)(store, now)


def _found_by(caller: Caller, wanted: Wanted) -> Read:
    return lambda store, _: SqlLists(store).slice(wanted, caller, None, PAGE)


def _report(begin: datetime, end: datetime) -> Read:
    def read(store: Store, _now: datetime) -> object:
        reports = SqlReports(store)
        return _drawn(report_screen(report(reports.asked(begin, end), reports.ran(begin, end)), "of this time"))

    return read


def _families_again(store: Store, now: datetime) -> object:
    families = SqlAgain(store)
    lines = again(families.let_go(*EVER, now), families.came_back(*EVER))
    return _drawn(Group(*again_table(lines, "up to now")))


def _report_of_a_month(store: Store, now: datetime) -> object:
    return _report(now - 2 * MONTH, now - MONTH)(store, now)


def _digest_of_one(store: Store, now: datetime) -> object:
    reader = Recipient(audience=Audience.SOCIAL_WORKER, ref=WORKERS[0])
    return digest_for(reader, SqlRunning(store).running_transfers(reader), now)


def _drawn(screen: object) -> str:
    drawn = io.StringIO()
    Console(width=160, file=drawn).print(screen)
    return drawn.getvalue()


READS: Mapping[str, Read] = {
    "figures for Prometheus": lambda store, _: metrics_text(SqlReports(store).figures),
    "morning digest: who reads": lambda store, now: readers(SqlRunning(store).running_transfers(), now),
    "morning digest of one person": _digest_of_one,
    "list: the open ones": _page(Wanted()),
    "list: of one service, ended, too": _page(Wanted(ended=True, service=SERVICES[0])),
    "list: what needs attention": _page(Wanted(attention=True)),
    "list: all, the last page": _last_page,
    "what a team finds": _found_by(OF_A_TEAM, Wanted(ended=True)),
    "what a service finds": _found_by(OF_A_SERVICE, Wanted(ended=True)),
    "what operations find": _found_by(OPERATIONS, Wanted(ended=True)),
    "report of all": _report(*EVER),
    "report of a month": _report_of_a_month,
    "families who step up again": _families_again,
    "ids for the comparison": lambda store, now: SqlComparison(store).transfers_to_compare(now - CLOSED_WITHIN),
    "open transfer of a child": lambda store, _: SqlTransfers(store).open_transfer_of("nobody"),
}
"""By name, as docs/performance.md has them."""
