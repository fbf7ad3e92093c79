"""The composition root of the commands."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import Client

from adapters.encryption import EncryptionSettings, Keyring
from adapters.england import EnglishCalendar
from adapters.mosaic_http import HttpMosaic, MosaicSettings, http_client
from adapters.policy_file import PolicySettings, read_deployment
from adapters.register.clocks import SqlClocks
from adapters.register.comparison import SqlComparison
from adapters.register.directory import SqlDirectory
from adapters.register.lists import SqlLists
from adapters.register.reports import SqlReports
from adapters.register.store import RegisterSettings, Store, register_engine
from adapters.register.transfers import SqlTransfers
from adapters.temporal_client import connect
from cli.rehearsal.local import LocalSettings, running_session
from models.calendar import WorkingCalendar


class NotSetUpError(Exception):
    """The command does not know where the transfers run."""


def find_transfers() -> LocalSettings | None:
    """Use the environment as it is set; where nothing is set, the rehearsal that runs in this folder.

    Returns:
        The rehearsal's settings, or None where the environment says where the transfers run.

    Raises:
        NotSetUpError: neither is there.
    """
    if "TRANSFERS_KEYS" in os.environ:
        return None
    local = running_session()
    if local is None:
        raise NotSetUpError(
            "Nothing runs here. Start the rehearsal with `transfers up` in another terminal, or set TEMPORAL_ADDRESS, "
            "TRANSFERS_KEYS, TRANSFERS_REGISTER_URL and TRANSFERS_MOSAIC_URL."
        )
    os.environ.update(local.environment())
    return local


def keyring() -> Keyring:
    """The keys, as the settings say."""
    return Keyring.from_settings(EncryptionSettings())


def transfers() -> SqlTransfers:
    """The transfers in the register."""
    return SqlTransfers(_store())


def lists() -> SqlLists:
    """The lists of transfers in the register."""
    return SqlLists(_store())


def clocks() -> SqlClocks:
    """The due dates in the register."""
    return SqlClocks(_store())


def directory() -> SqlDirectory:
    """The directory of services and people."""
    return SqlDirectory(_store())


def reports() -> SqlReports:
    """What the register has to count."""
    return SqlReports(_store())


def comparison() -> SqlComparison:
    """What the register shows of what differs."""
    return SqlComparison(_store())


def _store() -> Store:
    return Store(register_engine(RegisterSettings()), keyring())


@contextmanager
def mosaic() -> Iterator[HttpMosaic]:
    """Mosaic, as the settings say."""
    with http_client(MosaicSettings()) as client:
        yield HttpMosaic(client)


def working_calendar() -> WorkingCalendar:
    """The working calendar of this council, as the policy file says.

    Raises:
        PolicyFileError: the file cannot be used.
    """
    return EnglishCalendar(read_deployment(PolicySettings()).calendar).current()


async def temporal() -> Client:
    """Temporal, as the settings say."""
    return await connect(keyring())
