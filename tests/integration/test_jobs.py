"""Each job of a worker goes on after any exception, which is logged with its name and counted."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import replace

import gevent
import pytest
from redis import Redis
from servers import until
from unreasonable_redis import UnreasonableRedis

from app.background import job as jobs
from app.background.job import JOB_NAMES, PERIODIC_NAMES
from app.errors import JobRefused
from app.live.registry import WORKERS
from app.redis.leases import LEASE
from app.worker.jobs import periodic_jobs

KEY = f"pulse:{WORKERS}"  # by the default prefix
TOKEN = "0" * 32
FAILURES = re.compile(r'pulse_job_failures_total\{job="([a-z-]+)"\} ([0-9.]+)')


@pytest.fixture
def proxy(redis_url):
    proxy = UnreasonableRedis(redis_url)
    yield proxy
    proxy.stop()


def until_connected(worker, redis_url):
    """A worker that is stopped while it connects would leave the socket to the garbage collector."""
    with Redis.from_url(redis_url) as redis:
        until(lambda: redis.zscore(KEY, worker.id), "a beat")


@pytest.fixture
def side(make_side, proxy, redis_url):
    settings = {"PULSE_CONNECTION_CLEANUP_INTERVAL": "0.1", "PULSE_RATE_LIMIT_EVENTS": "1000/minute"}
    side = make_side(REDIS_URL=proxy.start(), PULSE_DRAIN_SECONDS="5", **settings)
    until_connected(side.worker, redis_url)
    return side


def failures(app):
    metrics = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    return {job: float(number) for job, number in FAILURES.findall(metrics)}


def test_jobs_survive_redis_nonsense(side, proxy, redis_url):
    with Redis.from_url(redis_url) as redis:
        assert failures(side.app).keys() == set(JOB_NAMES)
        _, client = side.socket_stream()
        proxy.go_mad(mad=True)
        until(lambda: failures(side.app)["registry-beat"] >= 1, "a beat that failed")
        until(lambda: failures(side.app)["registry-sweep"] >= 1, "a sweep that failed")
        proxy.go_mad(mad=False)
        redis.delete(KEY)
        until(lambda: redis.zscore(KEY, side.worker.id), "the next beat")
        swept = KEY, {"dead": 1}
        redis.zadd(*swept)
        until(lambda: redis.zscore(KEY, "dead") is None, "the next sweep")
    side.post(1)
    client.read_until(lambda: client.seqs == [1], "an event")


def release_leases(redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        names = "history", "hour-counts", "counts", "custom-backfill"
        redis.delete(*(f"pulse:{LEASE}{name}" for name in names))


@pytest.fixture
def all_jobs(make_app, redis_url):
    """An app whose settings switch every job on; its worker has started, and no other has a lease."""
    release_leases(redis_url)
    app = make_app(
        PULSE_SMTP_URL="smtp://127.0.0.1:1",
        PULSE_PUBLIC_URL="https://pulse.test",
        PULSE_METRICS_TOKEN=TOKEN,
        PULSE_UPKEEP_INTERVAL="3600",
    )
    app.extensions["pulse"].start()
    until_connected(app.extensions["pulse"], redis_url)
    return app


def test_list_has_every_job_once(all_jobs):
    assert sorted(job.name for job in periodic_jobs(all_jobs.extensions["pulse"])) == sorted(PERIODIC_NAMES)


@pytest.mark.parametrize("name", PERIODIC_NAMES)
def test_failing_job_runs_again(all_jobs, name, caplog, redis_url):
    """A second runner of the job, in short intervals: its first run does the real work, and then raises."""
    [job] = [job for job in periodic_jobs(all_jobs.extensions["pulse"]) if job.name == name]
    runs = []

    def fail_once():
        with suppress(JobRefused):  # upkeep, by partitions that other tests made
            job.work()
        runs.append(name)
        if len(runs) == 1:
            raise RuntimeError("a bug")

    before = failures(all_jobs)[name]
    quick = replace(job, every=0.01, first_after=0.0, jitter=0.0, delay=None, work=fail_once)
    release_leases(redis_url)  # workers of other tests may have renewed theirs
    with caplog.at_level(logging.ERROR, jobs.__name__):
        running = gevent.spawn(quick.run)
        until(lambda: len(runs) > 1, "the next run")
        running.kill()
    [line] = [record for record in caplog.records if record.getMessage() == f"{name} failed"]
    assert str(line.exc_info[1]) == "a bug"
    assert failures(all_jobs)[name] == before + 1


def test_loop_that_raises_is_started_again():
    left = [RuntimeError("a bug"), gevent.Timeout(), None]

    def run():
        if error := left.pop(0):
            raise error

    jobs.supervise(run, job="poller")
    assert left == []
