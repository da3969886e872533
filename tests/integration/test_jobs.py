"""What a worker does again and again goes on after any exception, and each failure is counted."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import gevent
import pytest
from live_side import LiveSide
from redis import Redis
from servers import until
from unreasonable_redis import UnreasonableRedis

from app.background import periodic
from app.background.signals import JOBS
from app.live.registry import WORKERS

KEY = f"pulse:{WORKERS}"  # by the default prefix
FAILURES = re.compile(r'pulse_job_failures_total\{job="([a-z-]+)"\} ([0-9.]+)')
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def proxy(redis_url):
    proxy = UnreasonableRedis(redis_url)
    yield proxy
    proxy.stop()


@pytest.fixture
def side(make_app, cast, sql, proxy):
    workspace = sql("SELECT id FROM workspaces WHERE slug = 'acme'")[0].id
    settings = {"PULSE_CONNECTION_CLEANUP_INTERVAL": "0.1", "PULSE_RATE_LIMIT_EVENTS": "1000/minute"}
    side = LiveSide(make_app(REDIS_URL=proxy.start(), **settings), workspace, cast["mika"])
    yield side
    side.stop()


def failures(side):
    metrics = side.app.test_client().get("/metrics").text
    return {job: float(number) for job, number in FAILURES.findall(metrics)}


def test_jobs_survive_a_redis_that_talks_nonsense(side, proxy, redis_url):
    with Redis.from_url(redis_url) as redis:
        until(lambda: redis.zscore(KEY, side.worker.id), "a beat")
        assert failures(side).keys() == set(JOBS)
        _, client = side.socket_stream()
        proxy.go_mad(mad=True)
        until(lambda: failures(side)["registry-beat"] >= 1, "a beat that failed")
        until(lambda: failures(side)["registry-sweep"] >= 1, "a sweep that failed")
        proxy.go_mad(mad=False)
        redis.delete(KEY)
        until(lambda: redis.zscore(KEY, side.worker.id), "the next beat")
        swept = KEY, {"dead": 1}
        redis.zadd(*swept)
        until(lambda: redis.zscore(KEY, "dead") is None, "the next sweep")
    side.post(1)
    client.read_until(lambda: client.seqs == [1], "an event")


def test_figures_of_the_worker_survive_a_count_that_cannot_be_kept(side):
    side.worker.telemetry.counts["no such counter"] += 1
    side.worker.telemetry.counts["events_committed",] += 41
    until(lambda: failures(side)["telemetry"] == 1, "the failure")
    assert "pulse_events_committed_total 41.0" in side.app.test_client().get("/metrics").text


def test_a_loop_that_ends_by_an_exception_is_begun_again(app):
    left = [RuntimeError("a bug"), gevent.Timeout(), None]

    def run():
        if error := left.pop(0):
            raise error

    periodic.keep_running(run, job="other")
    assert left == []


def test_each_job_has_a_counter_from_the_start():
    for path in ROOT.glob("app/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "job" and isinstance(node.value, ast.Constant):
                assert node.value.value in JOBS, path
