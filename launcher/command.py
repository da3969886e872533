"""The command behind `make run`. Exit code 0 after Ctrl-C, 2 for a wrong setting, 1 for any other failure."""

import os
import signal

import psutil

from app.setting_names import unknown_names
from launcher.console import Console
from launcher.errors import LauncherError
from launcher.guard import die_with
from launcher.settings import Settings
from launcher.signals import StopRequested, StopSignals
from launcher.supervisor import Supervisor


def main() -> int:
    console = Console()
    try:
        settings = Settings.from_environ(os.environ)
    except LauncherError as error:
        console.complain(str(error))
        return error.exit_code
    for name, remedy in unknown_names(os.environ).items():
        console.complain(f"{name} is no setting: {remedy}")
    follow_make()
    return run(Supervisor(settings, console), console)


def run(supervisor: Supervisor, console: Console) -> int:
    """Run until a signal or a failure, then stop in order; returns the exit code."""
    signals = StopSignals(hurry=supervisor.hurry)
    failure: LauncherError | None = None
    try:
        signals.install()
        supervisor.run()
    except StopRequested:
        pass
    except LauncherError as error:
        failure = error
    except OSError as error:  # a full disk, say
        failure = LauncherError(str(error))
    finally:
        signals.stopping()
        supervisor.stop()
    return explain(failure, console) if failure else 0


def explain(failure: LauncherError, console: Console) -> int:
    """Say what went wrong, as the last thing on the screen; returns the exit code."""
    if failure.log_tail:
        console.say(f"\n{failure.log_tail}\n")
    console.complain(str(failure))
    return failure.exit_code


def follow_make() -> None:
    """If `make` is killed, nobody is left who could press Ctrl-C: stop as if somebody had."""
    parent = os.getppid()
    if psutil.Process(parent).name() in ("make", "gmake"):
        die_with(parent, signal.SIGTERM)
