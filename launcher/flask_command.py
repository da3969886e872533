"""Runs a `flask` command of the server as a child process, to its end."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher.errors import LauncherError
from launcher.process import Process, tail
from launcher.settings import ROOT


def run(arguments: list[str], environ: Mapping[str, str], log: Path) -> None:
    """Run `flask …`; raises LauncherError with the end of its output if it fails."""
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    process = Process(command, log, cwd=ROOT, env=environ, death_signal=signal.SIGKILL)
    process.start()
    try:
        process.wait()
    finally:
        process.kill()
    if not process.succeeded:
        raise LauncherError(f"`flask {' '.join(arguments)}` failed ({process.exit}); see {log}", tail(log))
