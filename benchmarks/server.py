"""A server under test, as a child process on a loopback port of its own."""

from __future__ import annotations

import signal
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.cost import Cost, cost_of
from launcher.errors import LauncherError
from launcher.process import Process, tail
from launcher.server import Server as ChildServer
from launcher.settings import ROOT
from launcher.sockets import unused_port


class Server(ChildServer):
    """Started by its command, with PORT in the environment or `{port}` in the command.

    It is there when `GET ready` says 200; without `ready`, when it can be connected to.
    """

    name = "the server"
    start_timeout = 30.0

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], log: Path, ready: str | None = "/readyz"
    ):
        super().__init__(log)
        self.port = unused_port()
        self._command = [part.replace("{port}", str(self.port)) for part in command]
        self._environ = {**environ, "PORT": str(self.port)}
        self._ready = ready

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self._launch(
            Process(self._command, self.log, cwd=ROOT, env=self._environ, death_signal=signal.SIGKILL)
        )
        self.wait_until_ready(self._is_ready)

    def cost(self) -> Cost:
        """CPU and memory of all its processes."""
        assert self.pid, f"the server ended with {self.exit}:\n{tail(self.log)}"
        return cost_of([self.pid])

    def __enter__(self) -> Server:
        try:
            self.start()
        except LauncherError as error:
            self.kill()
            raise RuntimeError(f"{error}\n{error.log_tail}") from None
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()  # nothing here is worth a graceful end, which takes seconds with streams open

    def _is_ready(self) -> bool:
        if self._ready is None:
            return self._can_be_connected_to()
        request = f"GET {self._ready} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(request.encode())
                return b" 200 " in connection.recv(64)
        except OSError:
            return False

    def _can_be_connected_to(self) -> bool:
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", self.port)) == 0
