"""One run of the herd, from the first transfer to the last alert."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from temporalio.client import Client
from typer import echo

from benchmarks.gauges import Machine, histories_read_anew, processor_seconds
from benchmarks.herd.books import ALERT, AlertSeen, MailSeen, Register, count, mailbox
from benchmarks.herd.families import Family
from benchmarks.herd.opening import Opening
from benchmarks.herd.pace import Pace
from benchmarks.herd.reference import straight_to_the_mailbox
from benchmarks.herd.result import Meanwhile, Order, Result, Spread
from benchmarks.herd.stage import HerdError
from cli.rehearsal.local import HOST
from cli.rehearsal.stack import Stack
from cli.wiring import temporal

LOOK_SECONDS = 0.5
QUIET_SECONDS = 5
"""After the last alert: what comes now would be one too many."""


@dataclass(frozen=True)
class Herd:
    """The run."""

    order: Order
    stack: Stack
    due: datetime

    @property
    def register(self) -> Register:
        """The register's rows."""
        return Register(self.stack.local.folder / "register.db")

    async def measure(self) -> Result:
        """Open the herd, let its clocks end beside the steps of others, and count.

        Raises:
            HerdError: the day closed before the herd was open.
        """
        load, client = os.getloadavg()[0], await temporal()
        families = [Family(f"herd-{number:05d}") for number in range(1, self.order.transfers + 1)]
        async with httpx.AsyncClient(base_url=self.stack.local.mosaic_url, timeout=60) as mosaic:
            opening_seconds = await self._open(client, mosaic, families)
            pace = Pace(client, mosaic, self.order.rate)
            await pace.prepare()
            begin = max(datetime.now(UTC), self.due - timedelta(seconds=self.order.before_seconds))
            await _until(begin)
            async with asyncio.TaskGroup() as beside:
                beside.create_task(pace.keep())
                await _until(self.due)
                meanwhile = await self._ends()
                pace.stop()
        mails = await self._alert_mails()
        alerts = self._alerts()
        last = max((mail.received_at for mail in mails), default=datetime.now(UTC))
        return Result(
            machine=Machine.this(load),
            order=self.order,
            due=self.due,
            opening_seconds=opening_seconds,
            raised=Spread.of((alert.raised_at - alert.at).total_seconds() for alert in alerts),
            mailed=Spread.of((mail.received_at - self.due).total_seconds() for mail in mails),
            straight_seconds=await self._floor(),
            before=pace.between(begin, self.due),
            during=pace.between(self.due, last),
            count=count([family.transfer_id for family in families], alerts, mails),
            tries_again=self.register.tries(),
            meanwhile=meanwhile,
        )

    async def _open(self, client: Client, mosaic: httpx.AsyncClient, families: Sequence[Family]) -> float:
        echo(f"Opening {len(families)} transfers; the day closes at {self.due:%H:%M:%S} UTC.")
        seconds = await Opening(client, mosaic, self.register.clocks_set).open(families)
        if datetime.now(UTC) > self.due:
            raise HerdError(
                f"The day closed before the herd was open: it took {seconds / 60:.1f} minutes. Say more with --minutes."
            )
        echo(f"Open after {seconds:.0f} s; waiting for the day to close.")
        return seconds

    async def _ends(self) -> Meanwhile:
        """Wait for the last alert: mailed, and shown in the register, which may come after."""
        echo("The day has closed.")
        before = self._meanwhile()
        deadline = time.monotonic() + self.order.patience_seconds
        while await asyncio.to_thread(self._told) < self.order.transfers:
            if time.monotonic() > deadline or self.stack.fallen() is not None:
                echo("Not every alert came; counting what is there.")
                break
            await asyncio.sleep(LOOK_SECONDS)
        return self._meanwhile().since(before)

    def _told(self) -> int:
        return min(self.register.alerts_told(), len(self._alerts()))

    def _alerts(self) -> list[AlertSeen]:
        return [alert for alert in self.register.alerts() if alert.transfer_id.startswith("herd-")]

    def _meanwhile(self) -> Meanwhile:
        processes = {name: process.pid for name, process in self.stack.running.items()} | {"this program": os.getpid()}
        metrics = f"http://{HOST}:{self.stack.local.metrics_port}/metrics"
        return Meanwhile(processor_seconds(processes), histories_read_anew(metrics))

    async def _alert_mails(self) -> list[MailSeen]:
        echo("Counting.")
        await asyncio.sleep(QUIET_SECONDS)
        mails = await asyncio.to_thread(mailbox, self.stack.local.mailbox_url)
        return [mail for mail in mails if ALERT.fullmatch(mail.subject)]

    async def _floor(self) -> float:
        echo("Handing as many mails straight to the mailbox.")
        return await asyncio.to_thread(straight_to_the_mailbox, self.order.transfers)


async def _until(moment: datetime) -> None:
    await asyncio.sleep(max(0, (moment - datetime.now(UTC)).total_seconds()))
