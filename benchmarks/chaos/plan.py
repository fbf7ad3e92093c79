"""What will happen, all of it from one seed: which transfers begin when, what strikes when, how steps are sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import cycle, product
from pathlib import Path
from random import Random

from benchmarks.rehearsal import EXAMPLES
from cli.rehearsal.act_words import act_words
from cli.rehearsal.acts import FailMail, FailMosaic, Fault
from cli.rehearsal.case_file import read_file

KILLED = ("worker", "mosaic", "mailbox", "codec", "temporal")
HELD = "register"
DOWN_SECONDS = (0.5, 5.0)
HANG_SECONDS = (2.0, 12.0)
APART_SECONDS = (3.0, 9.0)
"""Between two blows, at least and at most; a program that is slow to start puts off the next one."""
BEGIN_WITHIN = 0.8
"""Of the time, so that the last transfers are struck, too."""
PASSES = "451 4.3.0 Try again later"
"""A refusal for now. What a server refuses for good is a person's to put right, and in the matrix of faults."""


class Sent(StrEnum):
    """How a step is sent, beside the ordinary way."""

    TWICE = "twice"
    EARLY = "early"
    """The step after the next one is tried first."""
    AS_SIGNAL_TOO = "as_signal_too"
    """By update and by signal at once."""


@dataclass(frozen=True)
class Begins:
    """A transfer."""

    at: float
    """Seconds after the beginning."""
    id: str
    example: Path


@dataclass(frozen=True)
class Blow:
    """Something that strikes."""

    at: float
    """Seconds after the beginning, or later where the one before took so long."""
    target: str
    """The program that is killed, or what is held; of a fault, who suffers it."""
    seconds: float = 0
    """How long it is away."""
    fault: Fault | None = None

    @property
    def silences(self) -> int:
        """How many shares in Mosaic may be done after nobody waits for them any more."""
        fault = self.fault
        if not isinstance(fault, FailMosaic) or fault.operation != "share_document":
            return 0
        return fault.times if (fault.when, fault.action) == ("before", "hang") else 0

    @property
    def words(self) -> str:
        """What people read."""
        if self.fault is not None:
            return act_words(self.fault)
        if self.target == HELD:
            return f"the register's file is held for {self.seconds:.1f} s"
        return f"{self.target} is killed, and started {self.seconds:.1f} s later"


@dataclass(frozen=True)
class Plan:
    """A run."""

    seed: int
    transfers: Sequence[Begins]
    blows: Sequence[Blow]


def planned(seed: int, transfers: int, minutes: float) -> Plan:
    """The same for the same three numbers, and the same examples."""
    chance, seconds = Random(seed), minutes * 60  # noqa: S311 - a run has to be repeatable
    examples = cycle(chance.sample(found := playable(), len(found)))
    moments = sorted(chance.uniform(0, BEGIN_WITHIN * seconds) for _ in range(transfers))
    begins = [Begins(at, f"chaos-{seed}-{number:04d}", next(examples)) for number, at in enumerate(moments, 1)]
    return Plan(seed, begins, list(_blows(chance, seconds)))


def how_sent(seed: int, transfer_id: str, step_id: str) -> frozenset[Sent]:
    """How this step of this transfer is sent."""
    chance = Random(f"{seed}/{transfer_id}/{step_id}")  # noqa: S311 - as above
    return frozenset(way for way, rate in _RATES.items() if chance.random() < rate)


_RATES = {Sent.TWICE: 0.2, Sent.EARLY: 0.15, Sent.AS_SIGNAL_TOO: 0.15}


def playable() -> list[Path]:
    """The examples that go to their end by themselves: no time is skipped, nothing goes wrong by their own saying."""
    files = ((path, read_file(path, "chaos", datetime.now(UTC))) for path in sorted(EXAMPLES.glob("*.yaml")))
    cases = ((path, file.only_case) for path, file in files if file.only_case)
    return [
        path
        for path, case in cases
        if case.expect.outcome is not None
        and not (case.acts or case.expect.attention or any(case.moments) or any(case.repeats))
    ]


def _blows(chance: Random, seconds: float) -> Iterator[Blow]:
    """Every target in turn, in an order that changes, so that none is spared."""
    at, hands = 0.0, _hands(chance)
    while (at := at + chance.uniform(*APART_SECONDS)) < seconds:
        target = next(hands)
        match target:
            case "mail":
                yield Blow(at, target, fault=_in_mail(chance))
            case "Mosaic":
                yield Blow(at, target, fault=_in_mosaic(chance))
            case _:
                yield Blow(at, target, seconds=round(chance.uniform(*DOWN_SECONDS), 1))


def _hands(chance: Random) -> Iterator[str]:
    # Faults of mail and of Mosaic have many kinds: each comes as often as all kills together.
    targets = [*KILLED, HELD, *["mail", "Mosaic"] * 3]
    while True:
        yield from chance.sample(targets, len(targets))


def _in_mail(chance: Random) -> FailMail:
    kinds = product(("sender", "recipient", "message"), ("before", "after"), ("drop", "hang", "error"))
    stage, when, action = chance.choice(list(kinds))
    return FailMail.model_validate(
        {"do": "fail_mail", "stage": stage, "when": when, **_how(chance, action), **_if_error(action, code=PASSES)}
    )


def _in_mosaic(chance: Random) -> FailMosaic:
    kinds = product(("complete_step", "share_document", "read"), ("before", "after"), ("drop", "hang", "error"))
    operation, when, action = chance.choice(list(kinds))
    said = {"do": "fail_mosaic", "operation": operation, "when": when, **_how(chance, action)}
    return FailMosaic.model_validate({**said, **_if_error(action, error="unavailable")})


def _how(chance: Random, action: str) -> dict[str, object]:
    seconds = {"seconds": round(chance.uniform(*HANG_SECONDS), 1)} if action == "hang" else {}
    return {"action": action, "times": chance.randint(1, 3), **seconds}


def _if_error(action: str, **said: str) -> dict[str, str]:
    return said if action == "error" else {}
