"""Without Redis there are no counts, and only PostgreSQL has more to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.insights.tick import compute
from app.redis import link
from app.redis.counters import Counted, Counters, Mark
from app.redis.link import RedisLink

NOON = datetime(2025, 12, 6, 12, tzinfo=UTC)


@pytest.fixture
def counters(tmp_path):
    client = link.connect(f"unix://{tmp_path}/missing.sock")
    yield Counters(RedisLink(client))
    client.close()


def test_counts_without_redis_are_none(counters, workspace):
    counters.put({workspace: Counted(Mark("a1b2c3d4", NOON, 0), {})})
    counters.drop([workspace])
    assert counters.read([workspace]) == {}


def test_figures_fall_back_to_minute_sums(counters, engine, workspace, post):
    post(NOON, "message.sent", "user.login")
    shown = compute.compute(engine, [workspace], NOON, counters)[workspace].payload
    assert shown["eventCounts"] == {"message.sent": 1, "user.login": 1}
    assert shown["messagesToday"] == 1
