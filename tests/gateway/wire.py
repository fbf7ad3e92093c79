"""A way to a server that a test cuts: as a whole, or only on the way back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

HERE = "127.0.0.1"
PIECE = 65536


class Wire:
    """Hands on what comes and what is answered, until it is cut."""

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self._server: asyncio.Server | None = None
        self._ways: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.port = 0
        self.loses_answers = False
        """From now on, what the server answers reaches nobody: the connection ends in its place."""
        self.lost = asyncio.Event()
        """An answer was lost."""

    @property
    def address(self) -> str:
        return f"{HERE}:{self.port}"

    async def mend(self) -> None:
        """Everything goes through, at the same address."""
        self._server = await asyncio.start_server(self._connected, HERE, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Nobody is there: what goes through is broken off, and what comes is refused."""
        assert self._server is not None
        self._server.close()
        for way in self._ways:
            way.close()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _connected(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            far, forth = await asyncio.open_connection(*self._there)
        except OSError:
            back.close()
            return
        self._ways |= {back, forth}
        for pump in (self._pump(near, forth, answers=False), self._pump(far, back, answers=True)):
            task = asyncio.create_task(pump)
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, answers: bool) -> None:
        with suppress(OSError):
            while piece := await source.read(PIECE):
                if answers and self.loses_answers:
                    self.lost.set()
                    break
                target.write(piece)
                await target.drain()
        target.close()
        self._ways.discard(target)


@asynccontextmanager
async def wire_to(address: str) -> AsyncIterator[Wire]:
    """A whole one."""
    host, _, port = address.rpartition(":")
    wire = Wire(host, int(port))
    await wire.mend()
    try:
        yield wire
    finally:
        await wire.cut()
