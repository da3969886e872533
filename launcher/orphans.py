"""Orphaned processes of an earlier run, found by program and directory or by environment: a pid may be reused."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil

from launcher.process import process_tree


def find_by_directory(directory: Path, program: str) -> list[psutil.Process]:
    """Processes of a program with this working directory (PostgreSQL and Valkey change to their own)."""
    path = os.path.realpath(directory)
    return list(_matching(lambda process: process.name() == program and process.cwd() == path))


class EnvironmentMarker:
    """An environment variable that identifies the processes of one role in one instance."""

    def __init__(self, role: str, instance: Path):
        self._value = f"{role} of {os.path.realpath(instance)}"

    @property
    def environ(self) -> dict[str, str]:
        return {"PULSE_LAUNCHED_AS": self._value}

    def find(self) -> list[psutil.Process]:
        wanted = self.environ.items()
        return list(_matching(lambda process: wanted <= process.environ().items()))


def terminate(find: Callable[[], list[psutil.Process]], signals: Mapping[int, float]) -> None:
    """Send each signal in turn to what `find` returns and wait that many seconds, until it returns nothing.

    Frozen processes are resumed with all their children: a stopped process does not handle signals.
    """
    found = find()
    for number, timeout in signals.items():
        for process in found:
            _send(process, number)
        deadline = time.monotonic() + timeout
        while found and time.monotonic() < deadline:
            time.sleep(0.05)
            found = find()
        if not found:
            return


def _matching(matches: Callable[[psutil.Process], bool]) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            alive = process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
            if alive and matches(process):
                yield process
        except psutil.Error:  # it has ended meanwhile, or is another user's
            continue


def _send(process: psutil.Process, number: int) -> None:
    with contextlib.suppress(psutil.Error):
        process.send_signal(number)
    for member in process_tree(process.pid):
        with contextlib.suppress(psutil.Error):
            member.resume()
