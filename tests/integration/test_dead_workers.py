"""Streams of a worker that gunicorn's master has marked as dead are no longer counted."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from servers import until

from app.live.dead_workers import DEAD, FOLDER, DeadWorkers
from app.live.identity import Identity


@pytest.fixture
def two(make_app, tmp_path):
    """A worker with a stream, and another one of the same machine."""
    workers = [make_app(PROMETHEUS_MULTIPROC_DIR=str(tmp_path)).extensions["pulse"] for _ in range(2)]
    for worker in workers:
        worker.registry.start()
        worker.registry.beat()
    yield workers
    for worker in workers:
        worker.registry.stop()


def test_marked_worker_is_taken_out_once(two, tmp_path):
    doomed, heir = two
    workspace = uuid4()
    doomed.registry.register(Identity("conn_1_a", workspace, uuid4(), b"", "local", datetime.now(UTC)))
    until(lambda: heir.registry.count(workspace) == 1, "the stream counted by the other")
    DeadWorkers(str(tmp_path), doomed.id, doomed.registry).start()
    own = tmp_path / FOLDER / str(os.getpid())
    own.rename(own.with_suffix(DEAD))  # as gunicorn's master does
    DeadWorkers(str(tmp_path), heir.id, heir.registry).check()
    assert heir.registry.count(workspace) == 0
    assert not list((tmp_path / FOLDER).iterdir())


def test_worker_starts_without_directory(two, tmp_path):
    dead_workers = DeadWorkers(str(tmp_path / "missing"), "a", two[0].registry)
    dead_workers.start()
    dead_workers.check()
    dead_workers.stop()
