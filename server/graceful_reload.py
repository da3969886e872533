"""Graceful reload: old workers are stopped only when the new ones have loaded and accept connections.

gunicorn stops them as soon as it has forked the new ones, which need a second or more until they accept.
"""

from __future__ import annotations

import logging
import os
import time

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

log = logging.getLogger("gunicorn.error")

LOAD_TIMEOUT = 30  # seconds
READY = b"ready"  # in the worker's heartbeat file, of which gunicorn uses the modification time alone


def signal_ready(worker: Worker) -> None:
    """Tell the master that this worker accepts connections."""
    os.write(worker.tmp.fileno(), READY)


def delay_stop_of_old_workers(arbiter: Arbiter) -> None:
    """In `on_reload`: have the next `manage_workers`, which stops the old workers, wait for the new ones."""
    newest_old_age = arbiter.worker_age

    def manage_workers() -> None:
        del arbiter.manage_workers  # once: from now on it is the class's own again
        _await_workers(arbiter, newest_old_age)
        arbiter.manage_workers()

    arbiter.manage_workers = manage_workers  # type: ignore[method-assign]  # gunicorn has no hook there


def _await_workers(arbiter: Arbiter, newest_old_age: int) -> None:
    deadline = time.monotonic() + LOAD_TIMEOUT
    while time.monotonic() < deadline:
        arbiter.reap_workers()  # which ends the server if one cannot load
        new = [worker for worker in arbiter.WORKERS.values() if worker.age > newest_old_age]
        if new and all(os.fstat(worker.tmp.fileno()).st_size for worker in new):
            return
        time.sleep(0.05)
    log.warning("new workers have not loaded in %d seconds; the old ones go", LOAD_TIMEOUT)
