"""The child process that posts the demo's events: `python -m demo`."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from launcher import orphans
from launcher.process import Process
from launcher.server import Server
from launcher.settings import ROOT


class DemoTraffic(Server):
    """Posts PULSE_DEMO_TRAFFIC events a second until it is stopped."""

    name = "the demo traffic"
    stop_signals: ClassVar[Mapping[int, float]] = {signal.SIGTERM: 2.0}

    def __init__(self, environ: Mapping[str, str], instance: Path, log: Path):
        super().__init__(log)
        self._environ, self._state_file = environ, instance / "traffic.json"
        self._marker = orphans.EnvironmentMarker("traffic", instance)

    def start(self) -> None:
        """Start it. One that an earlier run left behind is ended first, lest events come twice as fast."""
        orphans.terminate(self._marker.find, {signal.SIGTERM: 2, signal.SIGKILL: 5})
        command = [sys.executable, "-m", "demo", str(self._state_file)]
        environ = {**self._environ, **self._marker.environ}
        self._launch(Process(command, self.log, cwd=ROOT, env=environ))
