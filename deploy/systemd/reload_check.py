"""Refuses a reload that would have no effect: systemd runs `reload_check.py PID` before SIGHUP.

gunicorn's master keeps the environment that it was started with and the packages that it has imported, and its new
workers are forks of it. After a changed setting or an upgraded package a reload would succeed and change nothing.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path

import click

PREFIX = "PULSE_"
SETTINGS = frozenset(["DATABASE_URL", "REDIS_URL", "PORT", "WEB_CONCURRENCY"])
# gunicorn.conf.py makes the master's directory, and writes there which packages it started with.
SHARED_MEMORY = Path("/dev/shm")
DIRECTORIES = "pulse-metrics-{uid}-{pid}-*"
PACKAGES = "packages.json"


def reasons_to_restart(master: int, environ: Mapping[str, str]) -> Iterator[str]:
    """One line for each setting or package in which the running master differs from one that is started now.

    Values are not shown: some are secrets. Raises OSError if there is no such process, or if it is another user's.
    """
    running = _settings_of(_environ_of(master))
    wanted = _settings_of(environ)
    for name in sorted(running.keys() | wanted.keys()):
        if running.get(name) != wanted.get(name):
            yield f"{name} has changed"
    before, now = _packages_at_start(master), installed_packages()
    for name in sorted(before.keys() | now.keys() if before else ()):
        if before.get(name) != now.get(name):
            yield f"the package {name} was {before.get(name, 'absent')} and is {now.get(name, 'absent')}"


def installed_packages() -> dict[str, str]:
    """Name → version of all packages of this Python."""
    return {found.metadata["Name"]: found.version for found in distributions()}


def _settings_of(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: text
        for name, text in environ.items()
        if (name.startswith(PREFIX) or name in SETTINGS) and text.strip()
    }


def _environ_of(process: int) -> dict[str, str]:
    entries = Path(f"/proc/{process}/environ").read_bytes().decode("utf-8", "surrogateescape").split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def _packages_at_start(master: int) -> dict[str, str]:
    home = SHARED_MEMORY if SHARED_MEMORY.is_dir() else Path(tempfile.gettempdir())
    for directory in home.glob(DIRECTORIES.format(uid=os.getuid(), pid=master)):
        if (written := directory / PACKAGES).exists():
            return json.loads(written.read_text())
    return {}


@click.command()
@click.argument("pid", type=click.IntRange(min=1))
def main(pid: int) -> None:
    """Exit with 1 and the reasons on stderr if a reload of the gunicorn master PID would have no effect."""
    try:
        reasons = list(reasons_to_restart(pid, os.environ))
    except OSError as error:
        raise click.ClickException(f"process {pid} cannot be examined: {error.strerror}") from None
    for reason in reasons:
        click.echo(f"pulse: {reason}: a reload has no effect on that, restart the service", err=True)
    if reasons:
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main()
