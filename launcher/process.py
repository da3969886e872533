"""Child process that ends with the launcher, writes its output to a log file, and is stopped with its children."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import psutil

from launcher.account import Account
from launcher.child_setup import Options

CHILD_SETUP = str(Path(__file__).with_name("child_setup.py"))
MAX_LOG_SIZE = 10 * 1024 * 1024


class Process:
    """A child program in a session of its own, so that Ctrl-C in the terminal reaches only the launcher.

    PR_SET_PDEATHSIG is bound to the starting *thread*: call `start` in one that lives as long as the program.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        death_signal: int = signal.SIGTERM,
        account: Account | None = None,
        reach: Sequence[Path] = (),
    ):
        self.command = [str(part) for part in command]
        self.log = log
        self.death_signal = death_signal
        self._cwd, self._env = cwd, env
        self._account, self._reach = account, reach
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options: Options = {"parent": os.getpid(), "death_signal": int(self.death_signal)}
        if self._account:
            options["account"] = {
                "uid": self._account.uid,
                "gid": self._account.gid,
                "reach": [str(path) for path in self._reach],
            }
        with open_log(self.log) as log:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-S", CHILD_SETUP, json.dumps(options), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._cwd,
                env=self._env,
                start_new_session=True,
            )

    @property
    def pid(self) -> int | None:
        """The program's pid while it runs, else None."""
        return self._child.pid if self._child and self._child.poll() is None else None

    @property
    def is_running(self) -> bool:
        return self.pid is not None

    @property
    def exit(self) -> str:
        """How it ended, for people: `exit code 1` or `SIGKILL`."""
        code = self._child.returncode if self._child else None
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    @property
    def succeeded(self) -> bool:
        return self._child is not None and self._child.returncode == 0

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it ends; returns False if it still runs after that time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self._child is not None:
                self._child.wait(seconds)
        return not self.is_running

    def stop(self, signals: Mapping[int, float]) -> None:
        """Send each signal in turn and wait that many seconds, then SIGKILL; ends the children too."""
        descendants = process_tree(self.pid)[1:]
        for number, timeout in signals.items():
            self.signal(number)
            self.thaw()  # a stopped process does not handle signals
            if self.wait(timeout):
                break
        else:
            self.kill()
        _, alive = psutil.wait_procs(descendants, timeout=3)
        _send_to_all(alive, signal.SIGKILL)

    def signal(self, number: int) -> None:
        if self._child and self.is_running:
            self._child.send_signal(number)

    def kill(self) -> None:
        """SIGKILL to the program and all its children, as in a power cut."""
        kill_tree(self.pid)
        self.wait()

    def freeze(self) -> None:
        """SIGSTOP to the program and its children: alive, but not responding."""
        _send_to_all(process_tree(self.pid), signal.SIGSTOP)

    def thaw(self) -> None:
        _send_to_all(process_tree(self.pid), signal.SIGCONT)


def open_log(path: Path) -> BinaryIO:
    """Open for appending; a log of more than 10 MB is renamed to `….1` first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > MAX_LOG_SIZE:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, or nothing if there is none."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - 16_384))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def kill_tree(pid: int | None) -> None:
    """SIGKILL to a process and all its children, without waiting: a signal handler may call it."""
    _send_to_all(process_tree(pid), signal.SIGKILL)


def process_tree(pid: int | None) -> list[psutil.Process]:
    """A process and its descendants. It comes first, so that after its signal it starts no more children."""
    try:
        root = psutil.Process(pid) if pid else None
        return [root, *root.children(recursive=True)] if root else []
    except psutil.NoSuchProcess:
        return []


def _send_to_all(processes: list[psutil.Process], number: int) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
