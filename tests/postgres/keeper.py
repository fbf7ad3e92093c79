"""Keeps one PostgreSQL server for a whole run of the tests: ``python -m tests.postgres.keeper FOLDER``.

A process of its own: it ends the server once the run is over, also where every other process of it was killed.
"""

import fcntl
import json
import os
import shutil
import sys
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import docker
import psycopg
from docker.errors import DockerException

from adapters.register.store import RegisterSettings, migrate
from tests.pace import patient
from tests.postgres.servers import IMAGE, Server, at, new_server, remove_containers

WANTED = "TRANSFERS_TEST_POSTGRESQL"
"""``container`` or ``wheel``: that one, or the tests fail. Without it a container, where one can be had."""
HELD = "held"
"""Locked by the first process of the run as long as it lives."""
SERVER = "server.json"
PULLED_WITHIN = 60.0
MIGRATED = "migrated"
"""The database that each test gets a copy of."""
BY_ENGLISH_RULES = "LOCALE_PROVIDER icu ICU_LOCALE 'en-GB'"
"""A council's server sorts and compares words so; the wheel's knows bytes only."""


class Kept(NamedTuple):
    """The server of this run."""

    url: str
    in_container: bool
    said: str
    """What it is, and why, for people."""


def main() -> None:
    folder = Path(sys.argv[1])
    why_not = no_container()
    try:
        server = new_server(in_container=not why_not, in_memory=True)
        try:
            _say(folder, server, why_not)
            _until_nobody_holds(folder)
        finally:
            server.remove()
    finally:
        # Also one that did not answer in time.
        if not why_not:
            remove_containers()
        shutil.rmtree(folder, ignore_errors=True)


def no_container() -> str:
    """Why there is none; empty where it can be had."""
    wanted = os.environ.get(WANTED)
    why = f"as {WANTED} says" if wanted == "wheel" else _no_engine()
    if why and wanted == "container":
        raise SystemExit(f"{WANTED} asks for a container, but {why.removeprefix('as ')}")
    return why


def _no_engine() -> str:
    try:
        engine = docker.from_env()
        engine.ping()
        if engine.images.list(name=IMAGE):
            return ""
    except DockerException:
        return "as no Docker engine answers"
    # The engine goes on pulling, and has it the next time.
    pulls = Thread(target=lambda: engine.images.pull(IMAGE), daemon=True)
    pulls.start()
    pulls.join(patient(PULLED_WITHIN))
    return "" if not pulls.is_alive() and engine.images.list(name=IMAGE) else f"as the engine could not get {IMAGE}"


def _say(folder: Path, server: Server, why_not: str) -> None:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        version = str(connection.info.parameter_status("server_version")).split()[0]
        connection.execute(f"CREATE DATABASE {MIGRATED} TEMPLATE template0 {'' if why_not else BY_ENGLISH_RULES}")
    migrate(RegisterSettings(url=at(server.url, MIGRATED)))
    where = f"from the wheel, {why_not}" if why_not else "in a container"
    kept = Kept(server.url, not why_not, f"PostgreSQL {version} {where}")
    new = folder / "new"
    new.write_text(json.dumps(kept), encoding="utf-8")
    new.rename(folder / SERVER)


def _until_nobody_holds(folder: Path) -> None:
    with (folder / HELD).open("r") as held:
        fcntl.flock(held, fcntl.LOCK_EX)


if __name__ == "__main__":
    main()
