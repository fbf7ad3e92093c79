"""Which process uses the machine's processors, as Linux counts it."""

import os
from collections.abc import Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def used(processes: Mapping[str, int]) -> dict[str, float]:
    """Processor seconds so far of each process, by its number, and of everything else on the machine."""
    ours = {name: _of_process(pid) for name, pid in processes.items()}
    return {**ours, "others": _of_all() - sum(ours.values())}


def _of_process(pid: int) -> float:
    # The command's name stands in brackets, and may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _of_all() -> float:
    user, nice, system, _idle, _iowait, irq, softirq = Path("/proc/stat").read_text().split()[1:8]
    return sum(map(int, (user, nice, system, irq, softirq))) / TICKS
