"""On each tick exactly one worker computes a workspace's figures; one that dies or fails is replaced."""

from __future__ import annotations

import logging
from uuid import UUID

import gevent
import pytest
from redis import Redis
from servers import until

from app.background.job import Job
from app.domain.ids import Cursor
from app.domain.stats import Stats
from app.insights.tick.collector import LEASE_TICKS, PHASE_RANGE, UNWATCHED, Collector
from app.redis import link as redis_link
from app.redis.leases import LEASE as LEAD
from app.redis.leases import Leases
from launcher.valkey import Valkey

ACME, ELSEWHERE = UUID(int=1), UUID(int=2)
KEYS = [f"pulse:{LEAD}{name}" for name in (ACME, ELSEWHERE, UNWATCHED)]
LONG = 1000.0  # seconds between ticks: tests tick by hand, and no lease runs out by itself
SHORT = 0.05


class Desk:
    """A worker's collector, what it is asked to watch, and what it has computed and shared."""

    def __init__(self, name: str, redis_url: str, interval: float = LONG):
        self.client = redis_link.connect(redis_url)
        self.watched: dict[UUID, float] = {ACME: 0.0}
        self.active: list[UUID] = []
        self.computed: list[set[UUID]] = []
        self.recorded: list[set[UUID]] = []
        self.shared: list[UUID] = []
        self.failures: list[Exception] = []
        link = redis_link.RedisLink(self.client)
        self._collector = Collector(
            Leases(link, name, LEASE_TICKS * interval),
            interval,
            self._compute,
            lambda: self.watched,
            lambda _now: self.active,
            lambda found: self.shared.extend(found),
            lambda found, _now: self.recorded.append(set(found)),
        )
        self.tick = self._collector.tick
        self.job = Job("figures", interval, self.tick, delay=self._collector.seconds_until_tick)

    def _compute(self, workspaces, now):
        self.computed.append(set(workspaces))
        if self.failures:
            raise self.failures.pop()
        return {workspace: Stats({}, Cursor("a1b2c3d4", 0)) for workspace in workspaces}


@pytest.fixture
def desk(redis_url):
    """`desk("a")`: the collector of a worker called a."""
    made: list[Desk] = []

    def make(name: str, url: str = redis_url, interval: float = LONG) -> Desk:
        made.append(Desk(name, url, interval))
        return made[-1]

    with Redis.from_url(redis_url) as redis:
        redis.delete(*KEYS)
        yield make
        redis.delete(*KEYS)
    for one in made:
        one.client.close()


@pytest.fixture
def expire(redis_url):
    """A lease runs out, as when its holder has not renewed it in time."""

    def now(workspace: UUID) -> None:
        with Redis.from_url(redis_url) as redis:
            assert redis.delete(f"pulse:{LEAD}{workspace}") == 1

    return now


def test_first_worker_stays_leader(desk):
    a, b = desk("a"), desk("b")
    for _ in range(3):
        a.tick()
        b.tick()
    assert (a.shared, b.shared) == ([ACME] * 3, [])


def test_led_workspaces_share_a_computation(desk):
    a = desk("a")
    a.watched = {ACME: 0.0, ELSEWHERE: 0.0}
    a.tick()
    assert a.computed == [{ACME, ELSEWHERE}]
    assert set(a.shared) == {ACME, ELSEWHERE}


def test_unwatched_workspace_is_not_computed(desk):
    a = desk("a")
    a.watched = {}
    a.tick()
    assert a.computed == []


def test_leadership_is_per_workspace(desk):
    a, b = desk("a"), desk("b")
    a.tick()
    b.watched = {ACME: 0.0, ELSEWHERE: 0.0}
    b.tick()
    a.watched = {ACME: 0.0, ELSEWHERE: 0.0}
    a.tick()
    assert (a.shared, b.shared) == ([ACME, ACME], [ELSEWHERE])


def test_lease_of_dead_leader_runs_out(desk, expire):
    a, b = desk("a"), desk("b")
    a.tick()
    b.tick()
    expire(ACME)
    b.tick()
    assert b.shared == [ACME]
    a.tick()
    assert a.shared == [ACME], "the old leader, come back to life, follows the new one"


def test_lease_is_renewed_by_every_tick(desk, redis_url):
    a = desk("a")
    with Redis.from_url(redis_url) as redis:
        for _ in range(2):
            a.tick()
            assert 2 * LONG * 1000 < redis.pttl(f"pulse:{LEAD}{ACME}") <= LEASE_TICKS * LONG * 1000
            redis.pexpire(f"pulse:{LEAD}{ACME}", 5_000)


def test_dead_leader_costs_two_ticks():
    earliest, latest = PHASE_RANGE
    assert latest + LEASE_TICKS < 3 + earliest, "the third turn's tick finds the lease free"


def test_missing_figures_are_computed(desk):
    a, b = desk("a"), desk("b")
    a.tick()
    b.watched = {ACME: 1.5 * LONG}
    b.tick()
    assert b.shared == []
    b.watched = {ACME: 1.7 * LONG}
    b.tick()
    assert b.shared == [ACME]


def test_without_redis_each_worker_computes(desk, tmp_path):
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    a, b = desk("a", valkey.url), desk("b", valkey.url)
    a.tick()
    valkey.kill()
    for one in (a, b):
        one.tick()
    valkey.stop()
    assert (a.shared, b.shared) == ([ACME, ACME], [ACME])


def test_unwatched_is_recorded_by_one_worker(desk):
    a, b = desk("a"), desk("b")
    for one in (a, b):
        one.watched, one.active = {}, [ACME, ELSEWHERE]
    for _ in range(2):
        a.tick()
        b.tick()
    assert (a.recorded, b.recorded) == ([{ACME, ELSEWHERE}] * 2, [])
    assert (a.shared, b.shared) == ([], [])


def test_watcher_replaces_recorder(desk):
    a, b = desk("a"), desk("b")
    a.watched, a.active = {}, [ACME, ELSEWHERE]
    b.active = [ACME, ELSEWHERE]
    a.tick()
    b.tick()
    a.tick()
    assert (b.shared, b.recorded) == ([ACME], [{ACME}])
    assert a.recorded == [{ACME, ELSEWHERE}, {ELSEWHERE}]
    b.watched = {}
    b.tick()
    assert b.recorded == [{ACME}], "its lease runs out, and the recorder of the others takes it back"


def test_watched_workspace_is_recorded(desk):
    a = desk("a")
    a.active = [ACME, ELSEWHERE]
    a.tick()
    assert (a.shared, a.recorded) == ([ACME], [{ACME, ELSEWHERE}])
    assert a.computed == [{ACME, ELSEWHERE}], "in one go"


def test_dead_recorder_is_replaced(desk, redis_url):
    a, b = desk("a"), desk("b")
    for one in (a, b):
        one.watched, one.active = {}, [ACME]
    a.tick()
    b.tick()
    with Redis.from_url(redis_url) as redis:
        assert redis.delete(*KEYS) == 2
    b.tick()
    assert (a.recorded, b.recorded) == ([{ACME}], [{ACME}])


def test_failed_tick_is_logged(desk, caplog):
    a = desk("a", interval=SHORT)
    a.failures = [RuntimeError("a bug")]
    ticking = gevent.spawn(a.job.run)
    with caplog.at_level(logging.ERROR, "app.background.job"):
        until(lambda: len(a.shared) >= 2, "two ticks after the failure")
    ticking.kill()
    assert [record.message for record in caplog.records] == ["figures failed"]
    assert len(a.computed) == len(a.shared) + 1
