"""Who is taken for dead, and what then happens: once, and never by a clock of another machine."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from worker.deaths import LATE_SECONDS, Beat, DeathWatch, Silences
from worker.process import watch_of_deaths
from worker.settings import WorkerSettings

OWN, OTHER, THIRD = "1@here@a", "1@there@b", "2@there@c"
LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)
"""The clock of a machine may say anything."""


def beat(identity: str, number: int) -> Beat:
    return Beat(f"key of {identity}", identity, LONG_AGO + timedelta(seconds=number))


class FakeWorkers:
    """Workers of which some are dead, and a Temporal that answers, or does not."""

    def __init__(self) -> None:
        self.beats_of = {OWN: 0, OTHER: 0, THIRD: 0}
        self.dead: set[str] = set()
        self.given_back: list[str] = []
        self.answers = True
        self.gives_back = True

    def second_passes(self) -> None:
        for identity in self.beats_of.keys() - self.dead:
            self.beats_of[identity] += 1

    async def beats(self) -> Sequence[Beat]:
        self._answer(self.answers)
        return [beat(identity, number) for identity, number in self.beats_of.items()]

    async def give_back(self, identity: str) -> bool:
        self._answer(self.gives_back)
        self.given_back.append(identity)
        return True

    def _answer(self, answers: bool) -> None:
        if not answers:
            raise RPCError("unavailable", RPCStatusCode.UNAVAILABLE, b"")


class Watching:
    """A watch, second by second."""

    def __init__(self) -> None:
        self.workers, self.now = FakeWorkers(), 1000.0
        self.watch = DeathWatch(self.workers, Silences(OWN, 3), lambda: self.now)

    async def pass_seconds(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            self.workers.second_passes()
            try:
                await self.watch.look()
            except RPCError:
                continue


@pytest.fixture
async def watching() -> Watching:
    watching = Watching()
    await watching.pass_seconds(5)
    return watching


async def test_of_a_worker_that_died_everything_is_given_back_after_three_seconds_and_once(watching: Watching) -> None:
    watching.workers.dead = {OTHER}
    await watching.pass_seconds(2)
    assert watching.workers.given_back == []
    await watching.pass_seconds(1)
    assert watching.workers.given_back == [OTHER]
    await watching.pass_seconds(10)
    assert watching.workers.given_back == [OTHER]


async def test_each_death_is_counted_once_for_the_metrics(watching: Watching) -> None:
    assert watching.watch.noticed == 0
    await test_of_a_worker_that_died_everything_is_given_back_after_three_seconds_and_once(watching)
    assert watching.watch.noticed == 1


async def test_workers_that_live_keep_what_they_remember(watching: Watching) -> None:
    await watching.pass_seconds(60)
    assert watching.workers.given_back == []


async def test_two_that_die_together_are_both_noticed(watching: Watching) -> None:
    watching.workers.dead = {OTHER, THIRD}
    await watching.pass_seconds(3)
    assert sorted(watching.workers.given_back) == [OTHER, THIRD]


async def test_one_that_was_dead_before_the_watch_began_is_noticed() -> None:
    watching = Watching()
    watching.workers.dead = {OTHER}
    await watching.pass_seconds(4)
    assert watching.workers.given_back == [OTHER]


async def test_one_that_was_silent_and_beats_again_is_noticed_again_when_it_dies(watching: Watching) -> None:
    for _ in range(2):
        watching.workers.dead = {OTHER}
        await watching.pass_seconds(4)
        watching.workers.dead = set()
        await watching.pass_seconds(4)
    assert watching.workers.given_back == [OTHER, OTHER]


async def test_while_our_own_beats_do_not_arrive_nobody_is_taken_for_dead(watching: Watching) -> None:
    watching.workers.dead = {OWN, OTHER, THIRD}
    await watching.pass_seconds(30)
    assert watching.workers.given_back == []


async def test_who_is_not_told_of_itself_takes_nobody_for_dead(watching: Watching) -> None:
    del watching.workers.beats_of[OWN]
    watching.workers.dead = {OTHER}
    await watching.pass_seconds(30)
    assert watching.workers.given_back == []


async def test_after_an_outage_of_temporal_each_worker_has_its_time_again(watching: Watching) -> None:
    """Whoever beat before the outage may be seen before the others have beaten again."""
    watching.workers.answers, watching.workers.dead = False, {OTHER, THIRD}
    await watching.pass_seconds(20)
    watching.workers.answers = True
    await watching.pass_seconds(2)
    watching.workers.dead = set()
    await watching.pass_seconds(10)
    assert watching.workers.given_back == []


async def test_after_a_pause_of_its_own_the_watch_judges_nobody_by_what_it_saw_before(watching: Watching) -> None:
    watching.now += LATE_SECONDS
    watching.workers.dead = {OTHER}
    await watching.pass_seconds(2)
    watching.workers.dead = set()
    await watching.pass_seconds(1)
    assert watching.workers.given_back == []


async def test_what_could_not_be_given_back_is_given_back_at_the_next_look(watching: Watching) -> None:
    watching.workers.dead, watching.workers.gives_back = {OTHER}, False
    await watching.pass_seconds(4)
    watching.workers.gives_back = True
    await watching.pass_seconds(1)
    assert watching.workers.given_back == [OTHER]


async def test_a_watch_goes_on_without_an_answer_and_ends_when_it_is_told() -> None:
    class Ending(FakeWorkers):
        looks = 0

        async def beats(self) -> Sequence[Beat]:
            self.looks += 1
            await watch.shutdown()
            return await super().beats()

    workers = Ending()
    workers.answers = False
    watch = DeathWatch(workers, Silences(OWN, 3))
    await watch.run()
    assert workers.looks == 1


class FakeClient:
    """A Temporal that does not answer in time."""

    identity, namespace = OWN, "default"

    @property
    def workflow_service(self) -> "FakeClient":
        return self

    async def describe_namespace(self, *_: object, **__: object) -> None:
        raise RPCError("slow", RPCStatusCode.DEADLINE_EXCEEDED, b"")


async def test_a_temporal_that_is_slow_as_the_worker_starts_switches_no_watch_off() -> None:
    client: Any = FakeClient()
    assert isinstance(await watch_of_deaths(client, WorkerSettings()), DeathWatch)
    assert await watch_of_deaths(client, WorkerSettings(silent_seconds="")) is None
