"""One child program: started so that it dies with us, logged to a file, stopped by its pid."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

from launcher.account import Account

GUARD = str(Path(__file__).with_name("guard.py"))
LOG_LIMIT = 10 * 1024 * 1024


class Process:
    """A child program in a session of its own, so that a Ctrl-C in the terminal reaches the launcher only.

    The kernel watches the *thread* that starts it: call `start` from one that lives as long as the program.
    """

    def __init__(
        self,
        command: list[str | Path],
        log: Path,
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        death_signal: int = signal.SIGTERM,
        account: Account | None = None,
        reach: tuple[Path, ...] = (),
    ):
        self.command = [str(part) for part in command]
        self.log = log
        self.death_signal = death_signal
        self._cwd, self._env = cwd, env
        self._account, self._reach = account, reach
        self._child: subprocess.Popen | None = None

    def start(self) -> None:
        orders = {"parent": os.getpid(), "death_signal": int(self.death_signal)}
        if self._account:
            orders |= {
                "uid": self._account.uid,
                "gid": self._account.gid,
                "reach": [str(p) for p in self._reach],
            }
        with open_log(self.log) as log:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-S", GUARD, json.dumps(orders), *self.command],
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
        return self._child.pid if self.is_running else None

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def exit(self) -> str:
        """How it ended, for people: `exit code 1` or `SIGKILL`."""
        code = self._child.returncode if self._child else None
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    @property
    def succeeded(self) -> bool:
        return self._child is not None and self._child.returncode == 0

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for its end; False if it still runs after that time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self._child is not None:
                self._child.wait(seconds)
        return not self.is_running

    def stop(self, signals: Mapping[int, float]) -> None:
        """Send each signal in turn, giving it that many seconds, until the program and its children ended."""
        offspring = family(self.pid)[1:]
        for number, patience in signals.items():
            self.signal(number)
            self.thaw()  # a frozen one would not act on it
            if self.wait(patience):
                break
        else:
            self.kill()
        _, alive = psutil.wait_procs(offspring, timeout=3)
        _each(alive, signal.SIGKILL)

    def signal(self, number: int) -> None:
        if self.is_running:
            self._child.send_signal(number)

    def kill(self) -> None:
        """SIGKILL to the program and all its children, as in a power cut."""
        end_family(self.pid)
        self.wait()

    def freeze(self) -> None:
        """SIGSTOP to the program and its children: alive, and silent."""
        _each(family(self.pid), signal.SIGSTOP)

    def thaw(self) -> None:
        _each(family(self.pid), signal.SIGCONT)


def open_log(path: Path):
    """Open for appending; what grew past 10 MB is set aside once as `….1`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
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


def end_family(pid: int | None) -> None:
    """SIGKILL to a process and all its children. Waits for nothing, so that a signal handler may use it."""
    _each(family(pid), signal.SIGKILL)


def family(pid: int | None) -> list[psutil.Process]:
    """A process and all below it; itself first, so that it makes no more children while we go through them."""
    try:
        head = psutil.Process(pid) if pid else None
        return [head, *head.children(recursive=True)] if head else []
    except psutil.NoSuchProcess:
        return []


def _each(processes: list[psutil.Process], number: int) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
