"""The directory in which prometheus_client keeps the metrics of a master's workers, in memory-mapped files.

One for each master, with the master's pid in its name: a reload keeps it, and the next start removes what a kill
left behind.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# /dev/shm is memory: the workers write often.
PARENT = Path("/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir())
PREFIX = f"pulse-metrics-{os.getuid()}-"
PACKAGES = "packages.json"  # read by deploy/systemd/reload_check.py


def create() -> str:
    """The directory of this master, new unless this is a reload; directories of dead masters are removed."""
    current = os.environ.get(VARIABLE, "")
    if f"/{PREFIX}{os.getpid()}-" in current:
        return current
    for path in PARENT.glob(f"{PREFIX}*"):
        if not _is_alive(int(path.name.split("-")[3])):
            shutil.rmtree(path, ignore_errors=True)
    directory = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=PARENT)
    # A reload forks this master again, with the packages that it has imported: systemd/reload_check.py compares.
    packages = {found.metadata["Name"]: found.version for found in importlib.metadata.distributions()}
    Path(directory, PACKAGES).write_text(json.dumps(packages))
    return directory


def remove_worker(pid: int) -> None:
    """Drop the gauges of a worker that has exited, such as its open streams; its counters stay."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # prometheus_client types only a part
    # Living workers remove its streams from Redis (app/live/dead_workers.py): the master must not wait for a
    # server, and an exception here would end it. A worker that stopped in order has removed its file itself.
    with contextlib.suppress(OSError):
        own = Path(os.environ[VARIABLE], "workers", str(pid))
        own.rename(own.with_suffix(".dead"))


def remove() -> None:
    """Remove the directory of this master."""
    shutil.rmtree(os.environ[VARIABLE], ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
