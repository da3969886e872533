"""PULSE_REDIS_PREFIX begins every key and channel: two installations can share one Redis."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from live_side import LiveSide
from redis import Redis
from servers import until

from app.live.identity import Identity
from app.redis.state import ask_redis
from launcher.valkey import Valkey

OWN = "own.one:"


@pytest.fixture
def valkey(tmp_path):
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
def make_side(make_app, cast, sql, valkey):
    """`make_side(prefix)`: a worker with that prefix, which ticks often."""
    workspace = sql("SELECT id FROM workspaces WHERE slug = 'acme'")[0].id
    sides: list[LiveSide] = []

    def make(prefix: str) -> LiveSide:
        app = make_app(
            REDIS_URL=valkey.url,
            PULSE_REDIS_PREFIX=prefix,
            PULSE_STATS_UPDATE_INTERVAL="0.2",
            PULSE_RATE_LIMIT_STREAMS="10/minute",
            PULSE_DRAIN_SECONDS="0.1",
        )
        sides.append(LiveSide(app, workspace, cast["mika"]))
        return sides[-1]

    yield make
    for side in sides:
        side.stop()


def test_keys_stay_within_the_prefix(make_side, valkey, cast, caplog):
    """Redis itself is told to refuse everything else."""
    with Redis.from_url(valkey.url) as redis:
        redis.execute_command(
            "ACL", "SETUSER", "default", "resetkeys", f"~{OWN}*", "resetchannels", f"&{OWN}*"
        )
        with caplog.at_level(logging.WARNING, logger="app"):
            ours, theirs = make_side(OWN), make_side(OWN)
            _, client = theirs.socket_stream()
            ours.post(2)
            client.read_until(lambda: client.seqs == [1, 2], "news over the bus")
            ours.worker.rate_limits.streams.take(own=["mika"])
            until(lambda: list(redis.scan_iter(f"{OWN}rate:*")), "rates told")
            until(lambda: list(redis.scan_iter(f"{OWN}lead:*")), "leases claimed")
            until(lambda: redis.exists(f"{OWN}counts:{ours.workspace}"), "counts kept")
            theirs.worker.registry.register(
                Identity("conn_1_aaaaaa", ours.workspace, cast["mika"], b"", "local", datetime.now(UTC))
            )
            until(
                lambda: len(ours.worker.registry.other_workers(ours.workspace)) == 1, "a stream of the other"
            )
            answers = ours.worker.rpc.call(ours.workspace, "list")
            assert [len(streams) for streams in answers] == [0, 1]
            assert ask_redis(ours.worker.link).is_well
    assert not caplog.records, [record.getMessage() for record in caplog.records]


def test_stream_counts_are_per_prefix(make_side, cast):
    ours, theirs = make_side(OWN), make_side("other:")
    identity = Identity("conn_1_aaaaaa", ours.workspace, cast["mika"], b"", "local", datetime.now(UTC))
    ours.worker.registry.register(identity)
    assert ours.worker.registry.count(ours.workspace) == 1
    assert theirs.worker.registry.count(ours.workspace) == 0
