"""A PostgreSQL server as the register's: how long it may take, that nobody listens in, and why it does not do it."""

import logging
import os
from collections.abc import Iterator

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event

from adapters.settings import refuse_in_clear

LOG = logging.getLogger(__name__)
OF_POSTGRESQL = {"prepare_threshold": None, "connect_timeout": 3, "tcp_user_timeout": 4000}
"""Nothing is prepared: behind a pgbouncer that pools transactions the next server would not know it. Seconds and
milliseconds after which a server that is gone is given up, within one attempt of an activity; the address may say
others."""
LIMIT = "transfers_limit"
"""Seconds that one statement of the connection may take; without it, as a migration, as long as it takes."""
WRITES, READS = 4, 60
"""Within one attempt of an activity; the report of many years is read in seconds."""
LOCKS, IDLE = 3, 30
"""Seconds that are waited for a row of somebody else, and that a transaction keeps its own while nothing is heard."""
LIMITS = (
    f"SELECT set_config('lock_timeout', '{LOCKS}s', true), set_config('statement_timeout', '%d' || 's', true), "
    f"set_config('idle_in_transaction_session_timeout', '{IDLE}s', true)"
)
"""They end with the transaction, so that they hold behind a pool of those, too."""

TAKES_NO_WRITES = "25006"
WHY = {
    TAKES_NO_WRITES: "its server takes no writes; another one may be the primary now",
    "40P01": "two waited for each other",
    "53100": "the disk of its server is full",
    "53300": "its server has no connection left (max_connections)",
    "55P03": f"somebody held what was to be written for more than {LOCKS} seconds",
    "57014": "it took longer than it may",
}
"""By PostgreSQL's own code. All are tried again by whoever tries: nothing of the transaction was kept."""
NO_TABLES = frozenset({"42P01", "42703"})
"""That there is no such table, or no such column."""
NOT_REACHED = "its server takes no connection: it is away, has none left (max_connections), or does not know the user"
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


def refuse_register_in_clear(url: URL) -> None:
    """The register of real families is not spoken to in clear over a network.

    Raises:
        ValueError: the server is another machine, and nothing says that the connection is encrypted.
    """
    if url.get_backend_name() != "postgresql" or _said(url, "sslmode", "PGSSLMODE") in ENCRYPTED:
        return
    try:
        for host in _hosts(url):
            refuse_in_clear(host)
    except ValueError as error:
        asked = "sslmode=verify-full (with sslrootcert=FILE where the authority is your own), or at least require"
        raise ValueError(f"its server {error}; add {asked}") from None


def _said(url: URL, name: str, variable: str) -> str:
    said = url.query.get(name, os.environ.get(variable, ""))
    return said if isinstance(said, str) else said[-1]


def _hosts(url: URL) -> Iterator[str]:
    """Each machine that may be meant; a folder is that of a socket here."""
    named = [
        url.host or "",
        *(
            ",".join(said) if isinstance(said := url.query.get(name, ""), tuple) else said
            for name in ("host", "hostaddr")
        ),
    ]
    if not any(named):
        named = [os.environ.get("PGHOST", ""), os.environ.get("PGHOSTADDR", "")]
    for host in ",".join(named).split(","):
        name = host if host.count(":") > 1 else host.partition(":")[0]
        if name and not name.startswith(("/", "@")):
            yield name


def postgresql_engine(url: URL, connections: int) -> Engine:
    """One that outlives a restart: whether a connection still stands is asked before it is used.

    Raises:
        ValueError: what speaks to this kind of database is not installed.
    """
    said = {name: value for name, value in OF_POSTGRESQL.items() if name not in url.query}
    pool = {"pool_size": connections, "max_overflow": 0, "pool_timeout": LOCKS, "pool_pre_ping": True}
    try:
        engine = create_engine(url, hide_parameters=True, connect_args=said, **pool)
    except ModuleNotFoundError:
        raise ValueError("TRANSFERS_REGISTER_URL: PostgreSQL needs the extra 'postgresql'") from None
    event.listen(engine, "begin", _limit)
    event.listen(engine, "handle_error", _say_why)
    return engine


def _limit(connection: Connection) -> None:
    if seconds := connection.get_execution_options().get(LIMIT):
        connection.exec_driver_sql(LIMITS % seconds)


def _say_why(context: ExceptionContext) -> None:
    code = getattr(context.original_exception, "sqlstate", None)
    if code == TAKES_NO_WRITES:
        # The server may have become one meanwhile, and another one its primary: the next attempt connects anew.
        context.is_disconnect = True
    why = NOT_REACHED if context.connection is None else WHY.get(code or "")
    if why is not None:
        # Nothing of it changes with what was written, so that the log keeps it.
        LOG.warning("The register did not do it: " + why)  # noqa: G003 (a template would lose what it is filled with)
