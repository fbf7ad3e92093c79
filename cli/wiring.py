"""The composition root of the commands: each part is imported by the command that asks for it, and by no other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from temporalio.client import Client

    from adapters.keyring import Keyring
    from adapters.mosaic_http import HttpMosaic
    from adapters.register.advice import SqlAdvice
    from adapters.register.again import SqlAgain
    from adapters.register.clocks import SqlClocks
    from adapters.register.comparison import SqlComparison
    from adapters.register.directory import SqlDirectory
    from adapters.register.families import SqlFamilies
    from adapters.register.keys import SqlKeys
    from adapters.register.lists import SqlLists
    from adapters.register.reports import SqlReports
    from adapters.register.store import Store
    from adapters.register.transfers import SqlTransfers
    from cli.rehearsal.local import Rehearsal
    from models.calendar import WorkingCalendar
    from models.policy import Deployment

POLICY_FILE = "TRANSFERS_POLICY_FILE"


class NotSetUpError(Exception):
    """The command does not know where the transfers run."""


def find_transfers() -> "Rehearsal | None":
    """Use the environment as it is set; where nothing is set, the rehearsal that runs in this folder.

    Returns:
        What is known of the rehearsal, or None where the transfers are real.

    Raises:
        NotSetUpError: neither is there.
    """
    if {"TRANSFERS_KEYS", "TRANSFERS_KEYS_FILE"} & set(os.environ):
        return _trial() if os.environ.get("TRANSFERS_MODE") == "trial" else _found_before()
    from cli.rehearsal.local import running_session

    local = running_session()
    if local is None:
        raise NotSetUpError(
            f"No rehearsal runs in this folder, {Path.cwd()}. Change to the folder in which it was started, or start "
            "one here with `transfers up` in another terminal; elsewhere than in a rehearsal, set TEMPORAL_ADDRESS, "
            "TRANSFERS_KEYS, TRANSFERS_REGISTER_URL and TRANSFERS_MOSAIC_URL."
        )
    os.environ.update(local.environment())
    return local


def _found_before() -> "Rehearsal | None":
    """The rehearsal of this folder, where the environment was set from it, as when the numbers to ring were said."""
    if os.environ.get("TRANSFERS_MODE") != "local":
        return None
    from cli.rehearsal.local import running_session

    local = running_session()
    return local if local is not None and local.environment().items() <= os.environ.items() else None


def _trial() -> "Rehearsal":
    from cli.rehearsal.trial import TrialSettings

    return TrialSettings()


def numbers_to_ring() -> str:
    """Whom to ring about a risk of significant harm, also where something in a file or in the setting up is wrong.

    Numbers that are not set are omitted here; the worker is who must have them.
    """
    from adapters.emergency import EmergencySettings, phones
    from adapters.settings import Mode

    with suppress(NotSetUpError):
        find_transfers()
    return phones(EmergencySettings(mode=Mode.LOCAL)).words


def keyring() -> "Keyring":
    """The keys, as the settings say."""
    from adapters.keyring import EncryptionSettings, Keyring

    return Keyring.from_settings(EncryptionSettings())


def transfers() -> "SqlTransfers":
    """The transfers in the register."""
    from adapters.register.transfers import SqlTransfers

    return SqlTransfers(_store())


def lists() -> "SqlLists":
    """The lists of transfers in the register."""
    from adapters.register.lists import SqlLists

    return SqlLists(_store())


def families() -> "SqlFamilies":
    """The journeys of one family in the register."""
    from adapters.register.families import SqlFamilies

    return SqlFamilies(_store())


def clocks() -> "SqlClocks":
    """The due dates in the register."""
    from adapters.register.clocks import SqlClocks

    return SqlClocks(_store())


def directory() -> "SqlDirectory":
    """The directory of services and people."""
    from adapters.register.directory import SqlDirectory

    return SqlDirectory(_store())


def sealed() -> "SqlKeys":
    """What the register has sealed, and under which keys."""
    from adapters.register.keys import SqlKeys

    return SqlKeys(_store())


def reports() -> "SqlReports":
    """What the register has to count."""
    from adapters.register.reports import SqlReports

    return SqlReports(_store())


def advice() -> "SqlAdvice":
    """How often advice was given about families whom nobody named."""
    from adapters.register.advice import SqlAdvice

    return SqlAdvice(_store())


def families_again() -> "SqlAgain":
    """The families who step up again."""
    from adapters.register.again import SqlAgain

    return SqlAgain(_store())


def comparison() -> "SqlComparison":
    """What the register shows of what differs."""
    from adapters.register.comparison import SqlComparison

    return SqlComparison(_store())


def _store() -> "Store":
    from adapters.register.store import RegisterSettings, Store, register_engine

    return Store(register_engine(RegisterSettings()), keyring())


@contextmanager
def mosaic() -> Iterator["HttpMosaic"]:
    """Mosaic, as the settings say."""
    from adapters.mosaic_http import HttpMosaic, MosaicSettings, http_client

    with http_client(MosaicSettings()) as client:
        yield HttpMosaic(client)


def deployment() -> "Deployment":
    """The policy and the working days of this council; without a policy file nothing is imported that would read it.

    Raises:
        PolicyFileError: the file cannot be used.
    """
    from models.policy import Deployment

    if all(name.upper() != POLICY_FILE for name in os.environ):
        return Deployment()
    from adapters.policy_file import PolicySettings, read_deployment

    return read_deployment(PolicySettings())


def working_calendar() -> "WorkingCalendar":
    """The working calendar of this council.

    Raises:
        PolicyFileError: the policy file cannot be used.
    """
    from adapters.england import EnglishCalendar

    return EnglishCalendar(deployment().calendar).current()


async def temporal() -> "Client":
    """Temporal, as the settings say.

    Raises:
        OutsideError: it does not answer, and so nothing was sent.
    """
    from temporalio.runtime import Runtime, TelemetryConfig

    from adapters.temporal_client import connect
    from models.errors import OutsideError

    # Else the native core writes a line of its own, in codes, at each attempt of a call.
    quiet = Runtime(telemetry=TelemetryConfig(logging=None))
    try:
        return await connect(keyring(), runtime=quiet)
    except RuntimeError:
        raise OutsideError("Temporal does not answer; nothing was sent.") from None
