"""Workers of this machine that were killed: their streams stop counting at once, not when their lease ends (10 s).

Clients of a killed worker come back within seconds, and would be refused because what they have lost still counts
against them. gunicorn's master learns of the death first, but must not wait for Redis: it only renames a file.
Every worker keeps one, named by its process id, with its id in it; those that live look for renamed ones.
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
LOOK_EVERY = 0.2  # seconds; a client waits for at least one second before it comes back


class DeadWorkers:
    """Takes dead workers out of the registry. Without a directory, so without gunicorn, their lease has to end."""

    def __init__(self, directory: str, worker: str, registry: Registry):
        self._folder = Path(directory) / FOLDER if directory else None
        self._worker = worker
        self._registry = registry

    def start(self) -> None:
        """Say that this worker lives; clients of dead ones may be waiting for its first answer."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(exist_ok=True)
            self._own.write_text(self._worker)
        except OSError as error:  # a full /dev/shm is no reason not to serve: the lease in Redis ends too
            log.warning("killed workers are noticed after 10 seconds only: %s", error)
            self._folder = None
        self.look()

    def stop(self) -> None:
        """Leave in order: the worker signs off in Redis by itself."""
        if self._folder:
            self._own.unlink(missing_ok=True)

    def look(self) -> None:
        """Take those that have died since out of the sums; tried again while Redis is away."""
        if self._folder is None or not (files := sorted(self._folder.glob(f"*{DEAD}"))):
            return
        dead = {}
        for file in files:
            with contextlib.suppress(FileNotFoundError):  # another worker was faster
                dead[file] = file.read_text()
        if dead and self._registry.forget(dead.values()):
            log.info("streams of killed workers are counted no more: %s", ", ".join(dead.values()))
            for file in dead:
                file.unlink(missing_ok=True)

    @property
    def _own(self) -> Path:
        return self._folder / str(os.getpid())  # type: ignore[operator]
