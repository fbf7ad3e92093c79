"""Readings are noted once a minute, for each reader, journey and kind of reading; what cannot be noted is not shown."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from gateway.noting import OnceAMinute
from tests.pace import A_MOMENT, patient

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Register:
    """Where readings are noted; a reading waits there until it may go on."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str, str]] = []
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.may_go_on.set()
        self.down = False

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        self.begun.set()
        assert self.may_go_on.wait(patient(A_MOMENT))
        if self.down:
            raise OSError("the register is not there")
        self.noted.append((transfer_id, who, what))


class Time:
    """The clock of whoever notes."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


def test_the_same_reading_is_noted_once_a_minute_and_another_one_at_once() -> None:
    register, time = Register(), Time()
    readings = OnceAMinute(register.audit_read, time)
    lines = [("t-1", "sw-1", "read"), ("t-1", "sw-2", "read"), ("t-2", "sw-1", "read"), ("t-1", "sw-1", "refused")]
    for line in (*lines, *lines):
        readings.audit_read(*line)
    assert register.noted == lines
    time.now += timedelta(minutes=1)
    readings.audit_read(*lines[0])
    assert register.noted == [*lines, lines[0]]


def test_who_reads_the_same_meanwhile_waits_until_it_is_noted() -> None:
    register = Register()
    readings = OnceAMinute(register.audit_read, Time())
    register.may_go_on.clear()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(readings.audit_read, "t-1", "sw-1", "read")
        assert register.begun.wait(patient(A_MOMENT))
        second = threads.submit(readings.audit_read, "t-1", "sw-1", "read")
        assert not second.done()
        register.may_go_on.set()
        assert (first.result(30), second.result(30)) == (None, None)
    assert len(register.noted) == 1


def test_what_could_not_be_noted_is_tried_anew_and_shown_to_nobody_before() -> None:
    register = Register()
    readings = OnceAMinute(register.audit_read, Time())
    register.down = True
    for _ in range(2):
        with pytest.raises(OSError, match="not there"):
            readings.audit_read("t-1", "sw-1", "read")
    register.down = False
    readings.audit_read("t-1", "sw-1", "read")
    assert register.noted == [("t-1", "sw-1", "read")]
