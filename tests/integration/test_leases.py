"""Leases: each thing has one holder at most, whoever claims when; firm claims take over from loose ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from app.redis import link as redis_link
from app.redis.leases import LEASE, Leases
from launcher.valkey import Valkey

WORKERS = ["a", "b", "c"]
THINGS = ["t-1", "t-2", "t-3"]
KEYS = [f"pulse:{LEASE}{thing}" for thing in THINGS]
LONG = 1000.0  # seconds: none runs out by itself
CLAIMS = st.tuples(
    st.just("claim"), st.sampled_from(WORKERS), st.lists(st.sampled_from(THINGS), unique=True), st.booleans()
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
@given(st.lists(CLAIMS | RUN_OUT, max_size=25))
def test_whatever_happens_each_thing_has_the_holder_that_it_should(redis, leases, steps):
    redis.delete(*KEYS)
    holders: dict[str, tuple[str, bool]] = {}  # who, and whether firmly
    for what, *details in steps:
        if what == "run out":
            holders.pop(details[0], None)
            redis.delete(f"pulse:{LEASE}{details[0]}")
            continue
        worker, things, firmly = details
        taken = {
            thing
            for thing in things
            if thing not in holders or holders[thing][0] == worker or (firmly and not holders[thing][1])
        }
        assert leases[worker].claim(things, firmly=firmly) == taken
        holders |= dict.fromkeys(taken, (worker, firmly))
    kept = {thing: redis.get(f"pulse:{LEASE}{thing}") for thing in THINGS}
    assert {thing: value.decode() for thing, value in kept.items() if value} == {
        thing: worker if firmly else f"{worker}~" for thing, (worker, firmly) in holders.items()
    }


def test_a_claim_renews_all_that_is_held(redis, leases):
    leases["a"].claim(THINGS)
    for key in KEYS:
        redis.pexpire(key, 5_000)
    leases["b"].claim(THINGS)
    assert all(redis.pttl(key) <= 5_000 for key in KEYS), "a vain claim renews nothing"
    leases["a"].claim(THINGS)
    assert all(redis.pttl(key) > 900_000 for key in KEYS)


def test_without_redis_nobody_knows(tmp_path):
    valkey = Valkey(tmp_path / "valkey")
    client = redis_link.connect(valkey.start())
    leases = Leases(redis_link.RedisLink(client), "a", LONG)
    assert leases.claim(THINGS) == set(THINGS)
    valkey.kill()
    assert leases.claim(THINGS) is None
    valkey.stop()
    client.close()
