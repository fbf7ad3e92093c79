"""What the kills say to people: each kind of kill in a line, beside the same step without a kill."""

from benchmarks.gauges import Machine
from benchmarks.kill.measure import Measured, Round
from benchmarks.kill.result import Result
from benchmarks.written import PAGE, written_down

NOTICED, NOT_NOTICED = Round(noticed=True, after_seconds=5), Round(noticed=False, after_seconds=5)


def test_each_kind_of_kill_has_a_line_with_all_its_steps() -> None:
    measured = [
        Measured(NOTICED, [0.1], [0.2, 0.4]),
        Measured(NOT_NOTICED, [0.2], [10.0, 11.0]),
        Measured(NOTICED, [0.3], [0.6]),
    ]
    lines = Result(Machine(2, 4.0, 0.5), 2, measured).lines({NOTICED.words: 2.1, NOT_NOTICED.words: 40.0})
    assert [" ".join(line.split()) for line in lines] == [
        "machine 2 cores, 4.0 GiB, load before 0.5",
        "transfers 2 on each worker that was killed",
        "no kill median 0.20 s, longest 0.30 s (3 steps)",
        f"{NOTICED.words} median 0.40 s, longest 0.60 s (3 steps); times no kill: 2, written down 2.1",
        f"{NOT_NOTICED.words} median 10.50 s, longest 11.00 s (2 steps); times no kill: 52.5, written down 40 WORSE",
    ]


def test_each_kind_of_kill_is_written_down_with_its_ratio() -> None:
    kinds = [Round(noticed=noticed, after_seconds=after).words for after in (0, 5) for noticed in (True, False)]
    assert set(kinds) <= set(written_down(PAGE.read_text(encoding="utf-8"), "times no kill"))


def test_the_herds_are_written_down_with_their_ratio() -> None:
    assert "2000 transfers" in written_down(PAGE.read_text(encoding="utf-8"), "times the mails alone")
