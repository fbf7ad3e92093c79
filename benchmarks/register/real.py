"""The real transfers: the case files of the examples, played in a rehearsal of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from adapters.keyring import EncryptionSettings, Keyring
from adapters.register.store import RegisterSettings, Store, register_engine
from benchmarks.rehearsal import free_ports
from cli.project import EXAMPLES
from cli.rehearsal.local import LocalSettings

COMMAND = (sys.executable, "-c", "from cli.main import main; main()", "demo")
PREFIXES = ("TRANSFERS_", "TEMPORAL_")


class NotPlayedError(Exception):
    """The rehearsal did not go as its case files say; the text is one clear line."""


def rehearsal_in(folder: Path) -> Store:
    """The register of the rehearsal in this folder; where there is none, its cases are played first.

    Raises:
        NotPlayedError: they did not go as their files say.
    """
    local = LocalSettings(folder=folder)
    if not (folder / "register.db").exists():
        _play(folder)
    os.environ.update(local.environment())
    return Store(register_engine(RegisterSettings()), Keyring.from_settings(EncryptionSettings()))


def _play(folder: Path) -> None:
    """Those that end, and those that stay open."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cases = folder / "cases"
    cases.mkdir(exist_ok=True)
    for case in (*EXAMPLES.glob("*.yaml"), *(EXAMPLES / "situations").glob("*.yaml")):
        shutil.copy(case, cases)
    said = {f"TRANSFERS_LOCAL_{name.upper()}": str(port) for name, port in free_ports().items()}
    usual = {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}
    environment = {**usual, **said, "TRANSFERS_LOCAL_FOLDER": str(folder)}
    told = folder / "demo.txt"
    with told.open("w", encoding="utf-8") as file:
        played = subprocess.run(  # noqa: S603 (our own command)
            [*COMMAND, str(cases)], env=environment, stdout=file, stderr=file, check=False
        )
    if played.returncode:
        raise NotPlayedError(f"The cases did not go as their files say; {told} has what was said.")
