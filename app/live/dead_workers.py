"""Removes killed workers of this machine from the registry at once, not when their heartbeat expires (10 s).

Clients of a killed worker reconnect within seconds, and would be refused because the streams that they lost still
count. gunicorn's master notices the death first, but must not wait for Redis: it only renames a file. Each worker
has a file named by its process id, with its id in it; the living ones look for renamed files.
"""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path

from app.live.registry import Registry

log = logging.getLogger(__name__)

# Below the directory that gunicorn.conf.py makes for its workers, which renames <pid> to <pid>.dead.
FOLDER = "workers"
DEAD = ".dead"
CHECK_EVERY = 0.2  # seconds; a client waits for at least one second before it reconnects


class DeadWorkers:
    """Removes dead workers. Without a directory, so without gunicorn, only the expiry of their heartbeat does."""

    def __init__(self, directory: str, worker: str, registry: Registry):
        self._folder = Path(directory) / FOLDER if directory else None
        self._worker = worker
        self._registry = registry

    def start(self) -> None:
        """Make this worker's file, and remove dead workers: their clients may be waiting for the first answer."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(exist_ok=True)
            _own_file(self._folder).write_text(self._worker)
        except (
            OSError
        ) as error:  # a full /dev/shm is no reason not to serve: the heartbeat in Redis expires too
            log.warning("killed workers are noticed after 10 seconds only: %s", error)
            self._folder = None
        self.check()

    def stop(self) -> None:
        """Remove this worker's file; the registry removes the worker itself."""
        if self._folder:
            _own_file(self._folder).unlink(missing_ok=True)

    def check(self) -> None:
        """Remove the workers that have died since; tried again while Redis is away."""
        if self._folder is None or not (files := sorted(self._folder.glob(f"*{DEAD}"))):
            return
        dead = {}
        for file in files:
            with contextlib.suppress(FileNotFoundError):  # another worker was faster
                dead[file] = file.read_text()
        if dead and self._registry.remove_workers(dead.values()):
            log.info("streams of killed workers are counted no more: %s", ", ".join(dead.values()))
            for file in dead:
                file.unlink(missing_ok=True)


def _own_file(folder: Path) -> Path:
    return folder / str(os.getpid())
