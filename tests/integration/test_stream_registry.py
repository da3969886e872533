"""The stream registry: counts recover from trouble of Redis and from dead workers."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from live_side import LiveSide
from servers import until

from app.domain.event import NewEvent
from app.live.dead_workers import DEAD, FOLDER, DeadWorkers
from app.live.identity import Identity


@pytest.fixture
def sides(make_side, valkey):
    """Two workers."""
    yield [make_side(REDIS_URL=valkey.url) for _ in range(2)]
    valkey.thaw()


def identity(side: LiveSide) -> Identity:
    return Identity(uuid4().hex, side.workspace, side.user, b"", "local", datetime.now(UTC))


def count_on(side: LiveSide) -> int:
    return side.worker.registry.count(side.workspace)


def test_end_during_freeze_is_not_counted(sides, valkey):
    here, there = sides
    stay, *leave = [identity(here) for _ in range(3)]
    kept = identity(there)  # keeps what the other worker stored from expiring
    for one in (stay, *leave):
        here.worker.registry.register(one)
    there.worker.registry.register(kept)
    until(lambda: count_on(there) == 4, "all are counted")
    valkey.freeze()
    for one in (stay, *leave):
        here.worker.registry.unregister(one)
    until(lambda: not here.worker.link.pipeline(lambda pipe: pipe.ping(), probe=True), "Redis is away")
    valkey.thaw()
    until(lambda: count_on(there) == 1, "only the other worker's own is counted")
    there.worker.registry.unregister(kept)
    until(lambda: count_on(here) == 0, "none is counted")


def test_start_during_freeze_is_counted(sides, valkey):
    here, there = sides
    valkey.freeze()
    here.worker.registry.register(mine := identity(here))
    assert count_on(here) == 1
    valkey.thaw()
    until(lambda: count_on(there) == 1, "the other worker counts it")
    here.worker.registry.unregister(mine)
    until(lambda: count_on(there) == 0, "none is counted")


def test_emptied_redis_is_filled_again(sides, valkey):
    here, there = sides
    here.worker.registry.register(mine := identity(here))
    here.worker.link.pipeline(lambda pipe: pipe.flushall())
    until(lambda: count_on(there) == 1, "the other worker counts it")
    here.worker.registry.unregister(mine)


def test_receipt_counts_streams_of_all_workers(sides):
    """Also that of a retry, which adds no event."""
    here, there = sides
    for side in sides:
        side.worker.registry.register(identity(side))
    until(lambda: count_on(there) == count_on(here) == 2, "both streams are counted")
    events = [NewEvent(here.workspace, "e-1", "user.active", {}, here.user)]
    receipts = [here.worker.committer.submit(events) for _ in range(2)]
    assert [(receipt.receipts[0].duplicate, receipt.notified) for receipt in receipts] == [
        (False, 2),
        (True, 2),
    ]


def test_reserved_unused_room_is_closed(sides):
    hub = sides[0].hub
    hub.enter(sides[0].workspace)
    until(lambda: not hub.rooms, "the room is closed")


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
