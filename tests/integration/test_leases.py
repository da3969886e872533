"""Leases: each has at most one holder, whatever the order; an exclusive one replaces a shared one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from app.background.job import Job
from app.redis import link as redis_link
from app.redis.leases import LEASE, Lease, Leases
from launcher.valkey import Valkey

WORKERS = ["a", "b", "c"]
THINGS = ["t-1", "t-2", "t-3"]
KEYS = [f"pulse:{LEASE}{thing}" for thing in THINGS]
LONG = 1000.0  # seconds: none runs out by itself
ACQUIRE = st.tuples(
    st.just("acquire"),
    st.sampled_from(WORKERS),
    st.lists(st.sampled_from(THINGS), unique=True),
    st.booleans(),
)
RUN_OUT = st.tuples(st.just("run out"), st.sampled_from(THINGS))


@pytest.fixture
def redis(redis_url):
    with Redis.from_url(redis_url) as client:
        client.delete(*KEYS)
        yield client
        client.delete(*KEYS)


@pytest.fixture
def leases(redis_url):
    client = redis_link.connect(redis_url)
    link = redis_link.RedisLink(client)
    yield {name: Leases(link, name, LONG) for name in WORKERS}
    client.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACQUIRE | RUN_OUT, max_size=25))
def test_each_lease_has_one_holder(redis, leases, steps):
    redis.delete(*KEYS)
    holders: dict[str, tuple[str, bool]] = {}  # who, and whether exclusive
    for what, *details in steps:
        if what == "run out":
            holders.pop(details[0], None)
            redis.delete(f"pulse:{LEASE}{details[0]}")
            continue
        worker, things, exclusive = details
        taken = {
            thing
            for thing in things
            if thing not in holders or holders[thing][0] == worker or (exclusive and not holders[thing][1])
        }
        assert leases[worker].acquire(things, exclusive=exclusive) == taken
        holders |= dict.fromkeys(taken, (worker, exclusive))
    kept = {thing: redis.get(f"pulse:{LEASE}{thing}") for thing in THINGS}
    assert {thing: value.decode() for thing, value in kept.items() if value} == {
        thing: worker if exclusive else f"{worker}~" for thing, (worker, exclusive) in holders.items()
    }


def test_acquiring_renews_what_is_held(redis, leases):
    leases["a"].acquire(THINGS)
    for key in KEYS:
        redis.pexpire(key, 5_000)
    leases["b"].acquire(THINGS)
    assert all(redis.pttl(key) <= 5_000 for key in KEYS), "a refusal renews nothing"
    leases["a"].acquire(THINGS)
    assert all(redis.pttl(key) > 900_000 for key in KEYS)


def test_lease_without_redis_is_none(tmp_path):
    valkey = Valkey(tmp_path / "valkey")
    client = redis_link.connect(valkey.start())
    link = redis_link.RedisLink(client)
    leases = Leases(link, "a", LONG)
    assert leases.acquire(THINGS) == set(THINGS)
    valkey.kill()
    assert leases.acquire(THINGS) is None
    for answer in (True, False):
        assert Lease(link, "a", "job", LONG, without_redis=answer).acquire() is answer
    valkey.stop()
    client.close()


def test_job_runs_where_its_lease_is(redis, redis_url):
    redis.delete(f"pulse:{LEASE}job")
    client = redis_link.connect(redis_url)
    calls = []

    def job_of(worker: str) -> Job:
        lease = Lease(redis_link.RedisLink(client), worker, "job", LONG, without_redis=False)
        return Job(
            "history", 1, lambda: calls.append(worker), lease=lease, standby=lambda: calls.append("stands by")
        )

    assert [job_of(worker).run_once() for worker in "aba"] == [True] * 3
    assert calls == ["a", "stands by", "a"]
    client.close()
