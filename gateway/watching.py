"""Waiting until a journey is shown anew: one look for all who wait in a process, however many they are."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

Versions = Callable[[Collection[str]], Awaitable[Mapping[str, int]]]


@dataclass(frozen=True, eq=False)
class _Waiting:
    journey_id: str
    seen: int | None
    found: asyncio.Future[bool]


@dataclass(eq=False)
class Watch:
    """Looks so often, in seconds, as long as somebody waits."""

    versions: Versions
    every: float
    _waiting: set[_Waiting] = field(default_factory=set)
    _looking: asyncio.Task[None] | None = None
    _ends: bool = False

    async def newer(
        self, journey_id: str, seen: int | None, seconds: float, unless: Awaitable[None] | None = None
    ) -> bool:
        """Whether the journey is shown under another version than was seen, within so many seconds.

        Not where meanwhile ``unless`` comes about, or the process stops: then it is not waited any longer.

        Raises:
            SQLAlchemyError: the register does not answer.
        """
        ends = asyncio.ensure_future(unless or asyncio.get_running_loop().create_future())
        one = _Waiting(journey_id, seen, asyncio.get_running_loop().create_future())
        try:
            if self._ends or seconds <= 0:
                return False
            self._waiting.add(one)
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            await asyncio.wait({one.found, ends}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return one.found.done() and one.found.result()
        finally:
            self._waiting.discard(one)
            one.found.cancel()
            ends.cancel()

    def stop(self) -> None:
        """Nobody waits any longer: the process stops."""
        self._ends = True
        for one in _left(self._waiting):
            one.found.set_result(False)

    @property
    def is_idle(self) -> bool:
        """Nobody waits."""
        return not self._waiting

    async def _look(self) -> None:
        while self._waiting:
            asked = [*self._waiting]
            try:
                now = await self.versions({one.journey_id for one in asked})
            except Exception as error:  # noqa: BLE001 (whatever it is, each of them is told)
                for one in _left(asked):
                    one.found.set_exception(error)
            else:
                for one in _left(asked):
                    if now.get(one.journey_id) != one.seen:
                        one.found.set_result(True)
            await asyncio.sleep(self.every)


def _left(waiting: Iterable[_Waiting]) -> Iterable[_Waiting]:
    return [one for one in waiting if not one.found.done()]
