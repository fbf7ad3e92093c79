"""A run: everything is started, the transfers are driven while it is struck, and the books are compared."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from temporalio.client import Client
from temporalio.worker import Replayer
from typer import echo

from adapters.register.store import RegisterSettings, register_engine
from adapters.smtp import message_id
from adapters.temporal_client import transfers_plugin
from benchmarks.chaos.books import (
    Verdict,
    as_its_file_says,
    closed_once,
    effects,
    mail_of_effects,
    steps_recorded,
)
from benchmarks.chaos.drive import Driven, patiently
from benchmarks.chaos.plan import Blow, Plan
from benchmarks.chaos.strike import Blows
from benchmarks.herd.books import mail_seen
from cli.rehearsal.books import all_mail, closing_step_of, read_books
from cli.rehearsal.local import Rehearsal
from cli.rehearsal.player import Player
from cli.rehearsal.stack import Stack
from cli.wiring import keyring, temporal
from client.reconciling import compared
from client.transfers import status
from worker.lanes import PRODUCTION


@dataclass(frozen=True)
class Result:
    """What a run comes to."""

    plan: Plan
    struck: Sequence[tuple[float, Blow]]
    driven: Sequence[Driven]
    seconds: float
    comparison: str
    verdict: Verdict

    def lines(self) -> list[str]:
        """For people."""
        kinds = sorted(Counter(blow.target for _, blow in self.struck).items())
        rows = {
            "seed": str(self.plan.seed),
            "transfers": f"{len(self.driven)}, {sum(one.outcome is not None for one in self.driven)} ended",
            "examples": str(len({one.begins.example for one in self.driven})),
            "seconds": f"{self.seconds:.0f}",
            "steps": str(sum(len(one.sent) for one in self.driven)),
            "sent again": f"{sum(one.again for one in self.driven)}, or by signal at once",
            "taken early": str(sum(len(one.early) for one in self.driven)),
            "blows": f"{len(self.struck)}: {', '.join(f'{name} {times}' for name, times in kinds)}",
            "comparison": self.comparison,
            "mails": f"{self.verdict.mails_twice} came again under their Message-ID",
            "shares": f"{len(self.verdict.shares_twice)} came again with the same content",
            "lost": _listed(self.verdict.lost),
            "doubled": _listed(self.verdict.doubled),
        }
        return [f"{name:<12}  {words}" for name, words in rows.items()]

    def content(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "seed": self.plan.seed,
            "transfers": [one.begins.id for one in self.driven],
            "examples": sorted({one.begins.example.name for one in self.driven}),
            "blows": [{"at": round(at, 1), "what": blow.words} for at, blow in self.struck],
            "seconds": self.seconds,
            "comparison": self.comparison,
            **asdict(self.verdict),
        }


async def run(stack: Stack, plan: Plan, patience: float) -> Result:
    """Drive, strike, compare; ``patience`` is how many seconds after the last blow the last transfer may end."""
    client, began = await temporal(), time.monotonic()
    driven = [Driven.of(client, stack.local, plan.seed, begins) for begins in plan.transfers]
    blows = Blows(stack, client)
    playing = [asyncio.create_task(_play(one, began)) for one in driven]
    try:
        await blows.strike(plan.blows, began)
        echo(f"{time.monotonic() - began:7.1f} s  everything works again")
        await asyncio.wait(playing, timeout=patience)
    finally:
        for task in playing:
            task.cancel()
    seconds = time.monotonic() - began
    await asyncio.gather(*playing, return_exceptions=True)
    verdict, comparison = await books_compared(client, stack.local, driven)
    verdict = verdict.after_silences(sum(blow.silences for _, blow in blows.struck))
    return Result(plan, blows.struck, driven, seconds, comparison, verdict)


async def _play(one: Driven, began: float) -> None:
    await asyncio.sleep(max(0.0, began + one.begins.at - time.monotonic()))
    try:
        await one.play()
    except Exception as error:  # noqa: BLE001 (whatever keeps one transfer from its end is told, and the others go on)
        one.wrong.append(f"{type(error).__name__}: {error}")


async def books_compared(client: Client, local: Rehearsal, driven: Sequence[Driven]) -> tuple[Verdict, str]:
    """What register, Mosaic, mailbox and Temporal hold of these transfers; and what our own comparison says."""
    register, listed = effects(register_engine(RegisterSettings())), all_mail(local)
    verdict = mail_of_effects(register, map(mail_seen, listed))
    for one in driven:
        player = Player(local, client, one.case.mosaic.family_ref, closing_step_of(one.case) or "")
        own = {message_id(effect.key) for effect in register if effect.key.startswith(f"{one.begins.id}/")}
        mail = [message for message in listed if message["message_id"] in own]
        verdict += await patiently(partial(_of_transfer, one, player, mail))
    found = await compared(client)
    lines = [f"{each.difference.transfer_id}: {each.difference.line}" for each in found.found]
    lines += [f"{name}: not every side answered" for name in found.unanswered]
    return verdict + Verdict(lost=tuple(lines)), found.words


async def _of_transfer(one: Driven, player: Player, mail: Sequence[Mapping[str, Any]]) -> Verdict:
    name, case = one.begins.id, one.case
    wrong = [*one.wrong, *(() if one.outcome is not None else ("did not end",))]
    verdict = Verdict(lost=tuple(f"{name} ({one.begins.example.name}): {line}" for line in wrong))
    if one.outcome is None:
        return verdict
    if (broken := await _does_not_replay(one)) is not None:
        return verdict + Verdict(lost=(f"{name} ({one.begins.example.name}): its history does not replay: {broken}",))
    timeline = [entry.step_id for entry in (await status(one.handle)).timeline]
    steps = player.mosaic("GET", f"books?family_ref={case.mosaic.family_ref}")["steps"]
    verdict += steps_recorded(name, one.sent, timeline) + closed_once(name, player.closes_by, steps)
    if one.early:
        return verdict
    books = await asyncio.to_thread(read_books, player.local, case, mail)
    return verdict + as_its_file_says(case, one.outcome, books, map(mail_seen, mail))


async def _does_not_replay(one: Driven) -> str | None:
    """What a worker meets that reads the history anew, as it is kept now; None where it comes to the same."""
    replayer = Replayer(
        workflows=PRODUCTION.classes, workflow_runner=PRODUCTION.runner, plugins=[transfers_plugin(keyring())]
    )
    failed = (
        await replayer.replay_workflow(await one.handle.fetch_history(), raise_on_replay_failure=False)
    ).replay_failure
    return None if failed is None else str(failed)


def _listed(lines: Sequence[str]) -> str:
    return "\n              ".join([str(len(lines)), *lines])
