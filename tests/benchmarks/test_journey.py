"""How a journey is told beside the bare workflow, and that the case has the steps that people wait before."""

from benchmarks.journey.drive import AFTER, cases
from benchmarks.journey.measure import Block
from benchmarks.journey.result import table
from benchmarks.journey.stage import BARE, PRODUCT
from benchmarks.written import PAGE, written_down

WRITTEN = written_down(PAGE.read_text(encoding="utf-8"), "times the bare workflow")


def block(side: str, at_once: int = 10, **figures: float) -> Block:
    return Block(side, at_once, {name.replace("_", " "): value for name, value in figures.items()})


def told(*blocks: Block, written: dict[str, float]) -> str:
    [line] = table(blocks, written)[1:]
    return line


def test_a_figure_is_told_as_the_median_of_both_sides_with_its_ratio_and_the_one_that_is_written_down() -> None:
    blocks = [*(block(BARE, events=value) for value in (90, 80, 100)), block(PRODUCT, events=117)]
    assert told(*blocks, written={"events": 1.31}).split() == ["events", "90", "117", "1.30", "1.31"]


def test_what_got_worse_by_more_than_a_quarter_says_so() -> None:
    blocks = block(BARE, events=100), block(PRODUCT, events=126)
    assert told(*blocks, written={"events": 1.0}).endswith("WORSE")
    assert not told(*blocks, written={"events": 1.02}).endswith("WORSE")


def test_of_journeys_a_second_fewer_are_worse() -> None:
    fewer = block(BARE, journeys_a_second=10), block(PRODUCT, journeys_a_second=6)
    assert told(*fewer, written={"journeys a second, 10 at once": 0.8}).endswith("WORSE")
    assert not told(*fewer, written={"journeys a second, 10 at once": 0.7}).endswith("WORSE")


def test_what_is_written_down_is_what_is_measured() -> None:
    names = {"journeys a second", "a step, p50, ms", "worker CPU a journey, ms", "Temporal CPU a journey, ms"}
    many = {f"{name}, {at_once} at once" for name in names for at_once in (1, 10, 30)}
    alike = {"workflow tasks", "events", "activities", "bytes of history"}
    apart = {"memory of an open transfer, KiB", "a replayed workflow task, CPU ms"}
    assert set(WRITTEN) == many | alike | apart


def test_the_case_has_the_steps_before_which_people_wait() -> None:
    [case] = cases(1)
    assert set(AFTER) <= {step.step for step in case.steps}
