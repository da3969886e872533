"""The child process that posts the demo events (`python -m demo`)."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher import orphans
from launcher.process import Process
from launcher.settings import ROOT


class DemoTraffic:
    """Starts and stops the demo traffic."""

    name = "the demo traffic"

    def __init__(self, environ: Mapping[str, str], instance: Path, log: Path):
        self.log = log
        self._mark = orphans.Mark("traffic", instance)
        command = [sys.executable, "-m", "demo", instance / "traffic.json"]
        self._process = Process(command, log, cwd=ROOT, env={**environ, **self._mark.environ})

    def start(self) -> None:
        orphans.end(self._mark.find, {signal.SIGTERM: 2, signal.SIGKILL: 5})
        self._process.start()

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
        self._process.stop({signal.SIGTERM: 2})
