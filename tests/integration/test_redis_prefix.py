"""PULSE_REDIS_PREFIX begins every key and channel: two installations can share one Redis."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from redis import Redis
from servers import until

from app.live.identity import Identity
from app.redis.state import probe_redis

OWN = "own.one:"


@pytest.fixture
def start(make_side, valkey):
    """`start(prefix)`: a worker with that prefix, which ticks often."""
    often = {"PULSE_STATS_UPDATE_INTERVAL": "0.2", "PULSE_RATE_LIMIT_STREAMS": "10/minute"}
    return lambda prefix: make_side(REDIS_URL=valkey.url, PULSE_REDIS_PREFIX=prefix, **often)


def test_keys_stay_within_the_prefix(start, valkey, cast, caplog):
    """Redis itself refuses everything else."""
    with Redis.from_url(valkey.url) as redis:
        redis.execute_command(
            "ACL", "SETUSER", "default", "resetkeys", f"~{OWN}*", "resetchannels", f"&{OWN}*"
        )
        with caplog.at_level(logging.WARNING, logger="app"):
            ours, theirs = start(OWN), start(OWN)
            _, client = theirs.socket_stream()
            ours.post(2)
            client.read_until(lambda: client.seqs == [1, 2], "messages over the bus")
            ours.worker.rate_limits.streams.charge(own=["mika"])
            until(lambda: list(redis.scan_iter(f"{OWN}rate:*")), "rates stored")
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
            assert probe_redis(ours.worker.link).is_well
    assert not caplog.records, [record.getMessage() for record in caplog.records]


def test_stream_counts_are_per_prefix(start, cast):
    ours, theirs = start(OWN), start("other:")
    identity = Identity("conn_1_aaaaaa", ours.workspace, cast["mika"], b"", "local", datetime.now(UTC))
    ours.worker.registry.register(identity)
    assert ours.worker.registry.count(ours.workspace) == 1
    assert theirs.worker.registry.count(ours.workspace) == 0
