"""What processes cost: CPU seconds and memory of a program and all that it started."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from launcher.process import process_tree


@dataclass(frozen=True)
class Cost:
    """CPU seconds used so far, and KiB of memory held now (PSS: what is shared is divided by its sharers)."""

    cpu: float
    memory: float

    def __sub__(self, earlier: Cost) -> Cost:
        return Cost(self.cpu - earlier.cpu, self.memory - earlier.memory)


def cost_of(pids: Iterable[int]) -> Cost:
    """The sums over the programs and their children."""
    members = {process.pid for pid in pids for process in process_tree(pid)}
    return Cost(sum(map(_cpu, members)), sum(map(_memory, members)))


def _cpu(pid: int) -> float:
    # The scheduler's own count, in nanoseconds: the clock ticks of /proc/<pid>/stat are 10 ms each.
    total = 0.0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            total += int(thread.read_text().split()[0]) / 1e9
    return total


def _memory(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    return 0.0
