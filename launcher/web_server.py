"""gunicorn as a child process, and the check that it serves: `GET /readyz`."""

import contextlib
import http.client
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from launcher import orphans
from launcher.errors import SettingError
from launcher.process import Process
from launcher.server import Server
from launcher.settings import ROOT


class WebServer(Server):
    """The gunicorn master and its workers on a loopback port."""

    name = "gunicorn"
    # SIGTERM: streams get their closing event; SIGQUIT ends those whose client does not read it.
    stop_signals: ClassVar[Mapping[int, float]] = {signal.SIGTERM: 6.0, signal.SIGQUIT: 2.0}
    poll_interval = 0.1

    def __init__(self, port: int, environ: Mapping[str, str], instance: Path, log: Path):
        super().__init__(log)
        self.port = port
        self._environ = environ
        self._marker = orphans.EnvironmentMarker("web", instance)

    def start(self) -> None:
        """Start it, without waiting until it is ready. Workers of a killed master are ended first."""
        orphans.terminate(self._marker.find, {signal.SIGQUIT: 3, signal.SIGKILL: 5})
        self._launch(
            Process(
                [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
                self.log,
                cwd=ROOT,
                env={**self._environ, **self._marker.environ},
                # The database dies with the launcher too, so draining the streams would gain nothing.
                death_signal=signal.SIGQUIT,
            )
        )

    def is_ready(self) -> bool:
        """Whether `GET /readyz` returns 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False


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
