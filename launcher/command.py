"""Main function of `make run`. Exit code 0 after Ctrl-C, 2 for a wrong setting, 1 for any other failure."""

import os
import signal

import psutil

from app.settings.names import unknown_names
from launcher.child_setup import set_parent_death_signal
from launcher.console import Console
from launcher.errors import LauncherError
from launcher.settings import LauncherSettings
from launcher.signals import StopRequested, StopSignals
from launcher.supervisor import Supervisor


def main() -> int:
    console = Console()
    try:
        settings = LauncherSettings.from_environ(os.environ)
    except LauncherError as error:
        console.error(str(error))
        return error.exit_code
    for name, remedy in unknown_names(os.environ).items():
        console.error(f"{name} is not a setting: {remedy}")
    stop_with_make()
    return run(Supervisor(settings, console), console)


def run(supervisor: Supervisor, console: Console) -> int:
    """Run until a signal or a failure, then stop in order; returns the exit code."""
    signals = StopSignals(force=supervisor.kill_children)
    failure: LauncherError | None = None
    try:
        signals.install()
        supervisor.run()
    except StopRequested:
        pass  # Ctrl-C or SIGTERM: the usual end
    except LauncherError as error:
        failure = error
    except OSError as error:  # a full disk, say
        failure = LauncherError(str(error))
    finally:
        signals.begin_stop()
        supervisor.stop()
    return report_failure(failure, console) if failure else 0


def report_failure(failure: LauncherError, console: Console) -> int:
    """Print the error as the last line on the screen; returns the exit code."""
    if failure.log_tail:
        console.line(f"\n{failure.log_tail}\n")
    console.error(str(failure))
    return failure.exit_code


def stop_with_make() -> None:
    """Get a SIGTERM if `make` is killed: Ctrl-C would no longer reach us."""
    parent = os.getppid()
    if psutil.Process(parent).name() in ("make", "gmake"):
        set_parent_death_signal(parent, signal.SIGTERM)
