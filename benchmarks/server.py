"""A server under test, as a child process on a loopback port of its own."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.cost import Cost, cost_of
from launcher.process import Process, tail
from launcher.settings import ROOT
from launcher.sockets import free_port

START_LIMIT = 30.0  # seconds


class Server:
    """Started by its command, with PORT in the environment or `{port}` in the command.

    It is there when `GET ready` says 200; without `ready`, when it can be connected to.
    """

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], log: Path, ready: str | None = "/readyz"
    ):
        self.port = free_port()
        self._ready = ready
        self._log = log
        self._process = Process(
            [part.replace("{port}", str(self.port)) for part in command],
            log,
            cwd=ROOT,
            env={**environ, "PORT": str(self.port)},
            death_signal=signal.SIGKILL,
        )

    @property
    def pid(self) -> int:
        """Of the program that was started; its workers are its children."""
        assert self._process.pid, f"the server ended with {self._process.exit}:\n{tail(self._log)}"
        return self._process.pid

    def cost(self) -> Cost:
        """CPU and memory of all its processes."""
        return cost_of([self.pid])

    def __enter__(self) -> Server:
        self._process.start()
        deadline = time.monotonic() + START_LIMIT
        while not self._is_ready():
            if time.monotonic() > deadline or not self._process.is_running:
                self._process.kill()
                raise RuntimeError(f"the server did not start:\n{tail(self._log, 30)}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # nothing here is worth a graceful end, which takes seconds with streams open

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
