"""Server base classes: a child program that can be stopped, killed and frozen, and one with a locked directory."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

from launcher.account import Account
from launcher.errors import LauncherError
from launcher.lock import LockFile
from launcher.process import Process, tail
from launcher.sockets import remove_unless_below, socket_directory


class Server(ABC):
    """A child program that runs until it is stopped; `start` may follow any end."""

    name: ClassVar[str]  # as printed
    stop_signals: ClassVar[Mapping[int, float]]  # in order, each with the seconds until the next one
    start_timeout: ClassVar[float] = 60.0  # seconds
    poll_interval: ClassVar[float] = 0.02  # seconds

    def __init__(self, log: Path):
        self.log = log
        self._process: Process | None = None

    @abstractmethod
    def start(self) -> object:
        """Start the program with `_launch`; raises LauncherError if it cannot run."""

    @property
    def pid(self) -> int | None:
        """Of the program, whose children may do the work; None while it does not run."""
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self.pid is not None

    @property
    def exit(self) -> str:
        """How it ended, for people: `exit code 1`, `SIGKILL`."""
        return self._process.exit if self._process else "not started"

    def signal(self, number: int) -> None:
        """Send a signal to the program, not to its children."""
        if self._process:
            self._process.signal(number)

    def stop(self) -> None:
        """Orderly shutdown by `stop_signals`, then SIGKILL; returns when every process has ended."""
        if self._process:
            self._process.stop(self.stop_signals)

    def kill(self) -> None:
        """SIGKILL to all its processes at once, as in a power cut."""
        if self._process:
            self._process.kill()

    def freeze(self) -> None:
        """SIGSTOP to all its processes: connections stay open and nothing answers."""
        if self._process:
            self._process.freeze()

    def thaw(self) -> None:
        if self._process:
            self._process.thaw()

    def wait_until_ready(
        self, is_ready: Callable[[], bool], meanwhile: Callable[[float], None] = lambda seconds: None
    ) -> None:
        """Poll `is_ready`; raises LauncherError with the end of the log if the program ends or is too slow.

        `meanwhile` is called between two polls, with the seconds waited so far.
        """
        started = time.monotonic()
        while not is_ready():
            waited = time.monotonic() - started
            if not self.is_running:
                raise self._start_error(f"ended while starting ({self.exit})")
            if waited > self.start_timeout:
                raise self._start_error(f"is not ready after {self.start_timeout:.0f} s")
            meanwhile(waited)
            time.sleep(self.poll_interval)

    def _launch(self, process: Process) -> None:
        self._process = process
        process.start()

    def _start_error(self, reason: str) -> LauncherError:
        return LauncherError(f"{self.name} {reason}; see {self.log}", tail(self.log))


class EmbeddedServer(Server):
    """A server from a wheel with a directory of its own, which a lock file gives to one process at a time."""

    socket_name: ClassVar[str]
    home_mode: ClassVar[int] = 0o700

    def __init__(self, home: Path, log: Path):
        super().__init__(log)
        self.home = home.absolute()
        self._lock = LockFile(self.home / "lock")
        self._socket_directory = self.home / "run"

    def start(self) -> str:
        """Start it and wait until it is ready; returns the URL, the same one after every restart.

        Raises AlreadyRunning, or LauncherError with the end of the log.
        """
        if not self.is_running:
            self.home.mkdir(mode=self.home_mode, parents=True, exist_ok=True)
            self._lock.acquire()
            try:
                self._start()
            except BaseException:
                self.stop()
                raise
        return self.url

    def stop(self) -> None:
        if self._process:
            super().stop()
            remove_unless_below(self.home, self._socket_directory)
        self._lock.release()

    def restart(self) -> str:
        self.stop()
        return self.start()

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect; known once it has started."""

    @abstractmethod
    def _start(self) -> None:
        """With the lock held: remove what an earlier run left, launch, wait until ready."""

    def _make_socket_directory(self, owner: Account | None = None) -> Path:
        self._socket_directory = socket_directory(self.home / "run", self.socket_name, owner)
        return self._socket_directory
