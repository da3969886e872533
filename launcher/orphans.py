"""Processes that an earlier run left behind, found by what they are and where they work, not by a pid."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from launcher.process import family


def working_in(directory: Path, program: str) -> list[psutil.Process]:
    """Processes called `program` whose working directory this is (PostgreSQL and Valkey move into theirs)."""
    here = os.path.realpath(directory)
    return list(_matching(lambda process: process.name() == program and process.cwd() == here))


class Mark:
    """A line in the environment of the processes that play one role for one instance, to find them by."""

    def __init__(self, role: str, instance: Path):
        self._value = f"{role} of {os.path.realpath(instance)}"

    @property
    def environ(self) -> dict[str, str]:
        return {"PULSE_LAUNCHED_AS": self._value}

    def find(self) -> list[psutil.Process]:
        wanted = self.environ.items()
        return list(_matching(lambda process: wanted <= process.environ().items()))


def end(find: Callable[[], list[psutil.Process]], signals: dict[int, float]) -> int:
    """Send each signal in turn to whatever `find` finds, wait its seconds, until nothing is found.

    Returns how many there were. Frozen ones are thawed with all below them, or they would not act on a signal.
    """
    first = found = find()
    for number, patience in signals.items():
        for process in found:
            _send(process, number)
        deadline = time.monotonic() + patience
        while found and time.monotonic() < deadline:
            time.sleep(0.05)
            found = find()
        if not found:
            break
    return len(first)


def _matching(question: Callable[[psutil.Process], bool]) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            alive = process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
            if alive and question(process):
                yield process
        except psutil.Error:  # gone meanwhile, or another user's
            continue


def _send(process: psutil.Process, number: int) -> None:
    with contextlib.suppress(psutil.Error):
        process.send_signal(number)
    for member in family(process.pid):
        with contextlib.suppress(psutil.Error):
            member.resume()
