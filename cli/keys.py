"""The keys: what is under each, the steps by which another one takes over, and when an old one may go.

No command shows a secret key. A setting with other keys is written into a new file that only its owner can read.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adapters.temporal_client import PLUGIN
from cli.terminal import AsJson, out, print_json
from cli.wiring import find_transfers, keyring, sealed, temporal
from client.errors import InputError
from client.sealed import retention, stories, workers
from models.operations.keys import Found, KeysOfWorker, KeyUse, Story, What, listed, some, use_of, uses
from models.vocabulary import LONDON
from workflows.ids import workflow_id

BY_COMMAND = "transfers keys"
TOLD_EACH = 1000
"""Histories, or values, between two lines that say how far it is."""
MADE = """A new key, {key}, stands second in {file}: it opens, and seals nothing yet.
1. Bring this setting to every process that has keys, and start each anew: workers, codec servers, machines with this
   command, every system that sends steps.
2. `transfers keys status` names the keys of each worker; a codec server names its own at /health.
3. When all of them have it: transfers keys rotate --to FILE"""
FIRST = """{key} stands first in {file}, and seals from now on wherever this setting is.
1. Bring it to every process that has keys, and start each anew, in any order: all of them can open what is under it.
2. When all of them have it: transfers keys rotate (it seals the register anew)"""
SEALED = """{number} values of the register are sealed anew under {key}.
`transfers keys status` says when an older key may be retired."""
SIGNING = """{file} holds a new private key, {key}, with which the gateway signs. Nobody else gets it.
1. Give every worker this public part, beside those that it has, and start each anew:
   TRANSFERS_SIGNED_IN_KEYS={public}
2. When all of them have it: bring {file} to the gateway, as TRANSFERS_SIGNING_KEY_FILE, and start that anew.
3. Take an older public part out of the workers' setting once every gateway signs with {key}."""
RETIRED = """{file} is the setting without {key}.
1. Bring it to every process that has keys, and start each anew, in any order.
2. Keep {key} apart, under lock, as long as a backup from before today is kept: nothing else can read that backup."""

To = Annotated[
    Path | None,
    typer.Option("--to", help="A new file, into which the setting is written; only its owner can read it."),
]
app = typer.Typer(help="The keys: how each stands, and how another one takes over.", no_args_is_help=True)


@app.command("status")
def status(*, as_json: AsJson = False) -> None:
    """Show how each key stands: what is under it, and whether it may be retired; never the key itself."""
    find_transfers()
    found = _found(with_histories=True)
    if as_json:
        rings = None if found.workers is None else [one.model_dump() for one in found.workers]
        print_json({"keys": [_as_json(one) for one in uses(found)], "workers": rings})
    else:
        out.print(keys_screen(found))


@app.command("rotate")
def rotate(
    *, to: To = None, anew: Annotated[bool, typer.Option("--anew", help="The key made last is lost: make one.")] = False
) -> None:
    """Do the next step by which another key takes over: make it; put it first; seal the register anew under it."""
    find_transfers()
    found = _found(with_histories=False)
    if found.spare is not None:
        _refuse_where_lacking(found, found.spare)
        _written(to, FIRST, found.spare, keyring().led_by(found.spare).write)
    elif found.to_seal_anew:
        _refuse_where_lacking(found, found.ring[0])
        _seal_anew(found)
    else:
        if not anew and (lost := found.not_here):
            raise InputError(
                f"The key {lost[-1]} was made, and is not in TRANSFERS_KEYS here: bring the file with it here first. "
                "Where it is lost, nothing is under it: make another one with --anew."
            )
        new, ring = keyring().with_new(datetime.now(LONDON).date())
        _written(to, MADE, new, ring.write)
        sealed().note(new, What.MADE, BY_COMMAND)


@app.command("retire")
def retire(key_id: Annotated[str, typer.Argument(metavar="ID", help="The id of the key.")], *, to: To = None) -> None:
    """Take an old key out of the setting, unless something still needs it."""
    find_transfers()
    _named(to)
    found = _found(with_histories=True)
    if key_id not in found.known:
        raise InputError(f"There is no key {key_id} (`transfers keys status` names them)")
    if waits := use_of(found, key_id).waits:
        raise InputError(*(f"{key_id} is still needed. {wait}" for wait in waits))
    _refuse_where_lacking(found, found.ring[0])
    if found.rows.get(key_id):
        _seal_anew(found)
    if left := sealed().sealed_under().get(key_id):
        raise InputError(f"{key_id} is still needed. {left} values of the register under it cannot be sealed anew.")
    _written(to, RETIRED, key_id, keyring().without(key_id).write)
    sealed().note(key_id, What.RETIRED, BY_COMMAND)


@app.command("signing")
def signing(*, to: To = None) -> None:
    """Make the pair by which workers know who signs in: the private key for the gateway, its public part for them."""
    from adapters.signing import SignedInKeys, SignedInSettings, Signer

    file, settings = _named(to), SignedInSettings()
    SignedInKeys.from_settings(settings)
    made = Signer.new(datetime.now(LONDON).date())
    made.write(file)
    public = json.dumps({**settings.signed_in_keys, made.key_id: made.public})
    # As it is: whoever copies it wants no line broken.
    typer.echo(SIGNING.format(file=file, key=made.key_id, public=public))


def keys_screen(found: Found) -> RenderableType:
    """How each key stands, why it may not go, and which worker has which keys."""
    table = Table("key", "what it does", "sealed since", "in the register", "open", "ended", "may be retired")
    shown = uses(found)
    for one in shown:
        since = f"{one.since.astimezone(LONDON):%d %B %Y}" if one.since else "not known"
        numbers = (f"{number:,}" for number in (one.rows, one.open, one.closed))
        table.add_row(*map(Text, (one.id, _does(one), since, *numbers, "yes" if one.may_go else "no")))
    waits = [Text(f"{one.id}: {wait}") for one in shown for wait in one.waits]
    days = some(found.retention.days, "day", "days")
    read = f"{len(found.stories):,} histories were read; Temporal keeps those of ended workflows for {days}."
    return Group(table, *waits, Text(_of_workers(found.workers)), Text(read))


def _does(key: KeyUse) -> str:
    opens = "opens, is to seal next" if key.is_next else "opens"
    return {None: "is not in TRANSFERS_KEYS", 1: "seals"}.get(key.place, opens)


def _of_workers(rings: tuple[KeysOfWorker, ...] | None) -> str:
    if rings is None:
        return "Temporal does not tell which workers run; each names its keys in the log as it starts."
    return "\n".join(f"Worker {one.identity} has {', '.join(one.keys)}." for one in rings) or "No worker runs."


def _as_json(key: KeyUse) -> Mapping[str, object]:
    return {**key.model_dump(mode="json"), "may_be_retired": key.may_go}


def _found(*, with_histories: bool) -> Found:
    """Everything that says how the keys stand."""
    register, ring = sealed(), keyring()
    if with_histories:
        typer.echo("Reading the register and the histories; this may take some minutes ...", err=True)
    ids = [workflow_id(*one) for one in register.open_transfers()] if with_histories else None
    read, kept, rings = asyncio.run(_in_temporal(ids))
    return Found(
        ring=ring.ids,
        rows=dict(register.sealed_under()),
        stories=read,
        retention=kept,
        workers=rings,
        noted=tuple(register.noted()),
    )


async def _in_temporal(
    ids: list[str] | None,
) -> tuple[tuple[Story, ...], timedelta, tuple[KeysOfWorker, ...] | None]:
    client = await temporal()
    read: tuple[Story, ...] = () if ids is None else await stories(client, ids, _told("histories were read"))
    return read, await retention(client), await workers(client, PLUGIN)


def _told(what: str) -> Callable[[int], None]:
    """Says now and then how far it is."""
    said = 0

    def tell(number: int) -> None:
        nonlocal said
        if number - said >= TOLD_EACH:
            said = number
            typer.echo(f"{number:,} {what} ...", err=True)

    return tell


def _refuse_where_lacking(found: Found, key_id: str) -> None:
    """Nobody may seal under a key that somebody else cannot open."""
    if lacking := found.lacking(key_id):
        raise InputError(f"Not every worker has the key {key_id} yet: {listed(lacking)}. Start them with it first.")
    if not found.workers:
        why = "No worker runs" if found.workers is not None else "Temporal does not tell which workers run"
        typer.echo(f"{why}; see to it that each has {key_id}.", err=True)


def _seal_anew(found: Found) -> None:
    first = found.ring[0]
    if otherwise := found.sealing_otherwise():
        raise InputError(f"Not every worker seals with {first}, as this setting does: {listed(otherwise)}.")
    done, tell = 0, _told("values were sealed anew; whoever stops here begins again where it was stopped")
    for number in sealed().reseal():
        done += number
        tell(done)
    out.print(SEALED.format(number=f"{done:,}", key=first))


def _written(to: Path | None, words: str, key_id: str, write: Callable[[Path], None]) -> None:
    file = _named(to)
    write(file)
    out.print(words.format(key=key_id, file=file))


def _named(to: Path | None) -> Path:
    if to is None:
        raise InputError("--to FILE: says into which new file the setting is written; no key is shown on a terminal")
    return to
