"""How slow this machine is, measured once a session: every limit of a wait grows with it.

What a test waits for ends its wait; a limit only says when to give up. So limits are wide, and cost a test that
passes nothing.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TypeVar

T = TypeVar("T")

ROUNDS = 6_000_000
REFERENCE_SECONDS = 0.2
"""How long the rounds take on a core that does nothing else, as measured on two cores of a shared server in 2026."""
SLOWEST = 10.0
"""Beyond it something else is wrong, and a test that hangs would hold up everybody for an hour."""
MEASURED = "SLOWNESS_OF_THIS_MACHINE"
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 0.1
"""Whoever looks often keeps busy what they wait for: who waits long looks more seldom."""
A_MOMENT = 60.0
"""Seconds after which what others do at once did not happen, on a machine of the reference."""


def measured(clock: Callable[[], float] = time.perf_counter, rounds: int = ROUNDS) -> float:
    """How many times longer than the reference this machine takes now: from 1 to as slow as is believed."""
    begun, value = clock(), 0
    for number in range(rounds):
        value = (value * 31 + number) % 1_000_003
    return min(max(1.0, (clock() - begun) / REFERENCE_SECONDS), SLOWEST)


@cache
def slowness() -> float:
    """As the first process of a session measured it; those that it starts are told."""
    if MEASURED not in os.environ:
        os.environ[MEASURED] = f"{measured():.2f}"
    return float(os.environ[MEASURED])


def patient(seconds: float) -> float:
    """A limit of so many seconds on a machine of the reference, stretched to this one."""
    return seconds * slowness()


def is_over(begun: float, seconds: float, slow_now: Callable[[], float] = measured) -> bool:
    """Whether a wait has gone on too long: also as slow as the machine is by then, beside what began since."""
    waited = time.monotonic() - begun
    return waited > patient(seconds) and waited > seconds * slow_now()


async def a_while(seconds: float) -> None:
    """Let others work on for so long, where that is what a test is about: nothing is waited for or given up."""
    await asyncio.sleep(patient(seconds))


def longer(pause: float) -> float:
    """The next pause between two looks."""
    return max(pause, min(1.3 * pause, LONGEST_PAUSE))


def until(holds: Callable[[], T], seconds: float = A_MOMENT, told: Callable[[], str] = lambda: "") -> T:
    """What another process or thread brings about: the first that counts as true."""
    begun, pause = time.monotonic(), FIRST_PAUSE
    while not (found := holds()):
        assert not is_over(begun, seconds), f"it did not happen in time {told()}"
        time.sleep(pause)
        pause = longer(pause)
    return found


async def eventually(
    holds: Callable[[], Awaitable[T]],
    seconds: float = A_MOMENT,
    every: float = FIRST_PAUSE,
    told: Callable[[], str] = lambda: "",
) -> T:
    """The same of what is asked for by awaiting it; how it stands is told where it does not come about."""
    begun, pause = time.monotonic(), every
    while not (found := await holds()):
        assert not is_over(begun, seconds), f"it did not happen in time; {told()}"
        await asyncio.sleep(pause)
        pause = longer(pause)
    return found
