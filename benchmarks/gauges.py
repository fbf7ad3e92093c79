"""The machine: what it is, and what it and the worker did meanwhile: processor seconds, histories read anew."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

GIB = 1024**3
TICKS = os.sysconf("SC_CLK_TCK")
READ_ANEW = "temporal_sticky_cache_miss"
"""The worker had the workflow no longer in memory, and replayed its history."""


@dataclass(frozen=True)
class Machine:
    """Where it ran."""

    cores: int
    memory_gib: float
    load_before: float
    """Of everything else on the machine, over the minute before."""

    @classmethod
    def this(cls, load_before: float) -> "Machine":
        """This machine."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
        return cls(os.cpu_count() or 0, round(memory, 1), round(load_before, 2))


def processor_seconds(processes: Mapping[str, int]) -> dict[str, float]:
    """Processor seconds so far of each process, by its number, and of everything else on the machine."""
    ours = {name: _of_process(pid) for name, pid in processes.items()}
    return {**ours, "others": _of_all() - sum(ours.values())}


def histories_read_anew(metrics_url: str) -> int:
    """How often so far a workflow task needed the history from its beginning."""
    lines = httpx.get(metrics_url, timeout=60).raise_for_status().text.splitlines()
    return sum(int(float(line.rpartition(" ")[2])) for line in lines if line.startswith(READ_ANEW))


def _of_process(pid: int) -> float:
    # The command's name stands in brackets, and may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _of_all() -> float:
    user, nice, system, _idle, _iowait, irq, softirq = Path("/proc/stat").read_text(encoding="ascii").split()[1:8]
    return sum(map(int, (user, nice, system, irq, softirq))) / TICKS
