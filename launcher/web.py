"""gunicorn as a child process: the web server, and the one question whether it is ready."""

import contextlib
import http.client
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher import orphans
from launcher.errors import LauncherError, SettingError
from launcher.process import Process, tail
from launcher.settings import ROOT


class Web:
    """The gunicorn master and its workers on a loopback port."""

    name = "gunicorn"

    def __init__(self, port: int, environ: Mapping[str, str], instance: Path, log: Path):
        self.port, self.log = port, log
        self._mark = orphans.Mark("web", instance)
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
        # When we die the database dies as well, so nothing is gained by waiting for open streams: SIGQUIT.
        self._process = Process(
            command, log, cwd=ROOT, env={**environ, **self._mark.environ}, death_signal=signal.SIGQUIT
        )

    def start(self) -> None:
        """Start it, without waiting until it is ready. Workers of a master that was killed end first."""
        orphans.end(self._mark.find, {signal.SIGQUIT: 3, signal.SIGKILL: 5})
        self._process.start()

    def check_ready(self) -> bool:
        """Whether `GET /readyz` says 200; raises LauncherError if the server has ended."""
        if not self.is_running:
            raise LauncherError(
                f"gunicorn ended while starting ({self.exit}); see {self.log}", tail(self.log)
            )
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.is_running

    @property
    def exit(self) -> str:
        return self._process.exit

    def stop(self) -> None:
        """Let streams say goodbye for a few seconds, then end them."""
        self._process.stop({signal.SIGTERM: 6, signal.SIGQUIT: 2})


def check_port(port: int) -> None:
    """Raise SettingError unless the port can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SettingError(
                f"PORT {port} cannot be used ({error.strerror}): set another, e.g. `PORT={port + 1} make run`"
            ) from None
