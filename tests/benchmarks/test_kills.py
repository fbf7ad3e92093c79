"""What the kills say to people: each kind of kill in a line, beside the same step without a kill."""

from benchmarks.gauges import Machine
from benchmarks.kill.measure import Measured, Round
from benchmarks.kill.result import Result

NOTICED, NOT_NOTICED = Round(noticed=True, after_seconds=5), Round(noticed=False, after_seconds=5)


def test_each_kind_of_kill_has_a_line_with_all_its_steps() -> None:
    measured = [
        Measured(NOTICED, [0.1], [0.2, 0.4]),
        Measured(NOT_NOTICED, [0.2], [10.0, 11.0]),
        Measured(NOTICED, [0.3], [0.6]),
    ]
    lines = Result(Machine(2, 4.0, 0.5), 2, measured).lines()
    assert [" ".join(line.split()) for line in lines] == [
        "machine 2 cores, 4.0 GiB, load before 0.5",
        "transfers 2 on each worker that was killed",
        "no kill median 0.20 s, longest 0.30 s (3 steps)",
        "sent 5 s after the kill, noticed median 0.40 s, longest 0.60 s (3 steps)",
        "sent 5 s after the kill, not noticed median 10.50 s, longest 11.00 s (2 steps)",
    ]
