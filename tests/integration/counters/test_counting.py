"""Commits are counted once and in order, in whatever order and however often they are published."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from app.redis.counter_scripts import MAX_FIELDS
from app.redis.counters import Counted, Mark

MIDNIGHT = datetime(2025, 12, 6, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
EPOCH = "a1b2c3d4"


@pytest.fixture
def begin(counters, workspace):
    """Put counts at a number, none by default."""

    def put(seq: int = 0, midnight: datetime = MIDNIGHT, epoch: str = EPOCH, counts=()):
        counters.put({workspace: Counted(Mark(epoch, midnight, seq), dict(counts))})

    return put


@pytest.fixture
def counted(counters, workspace):
    """(number, counts) as they are in Redis, or None."""

    def read():
        found = counters.read([workspace]).get(workspace)
        return found and (found.mark.seq, dict(found.counts))

    return read


def test_commit_is_added(begin, post, add_counts, counted):
    begin(counts={"user.login": 7})
    add_counts(post(NOON, "user.login", "user.login", "message.sent"))
    assert counted() == (3, {"user.login": 9, "message.sent": 1})


def test_commit_without_base_is_not_kept(post, add_counts, redis, key):
    add_counts(post(NOON, "user.login"))
    assert not redis.exists(key)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_order_of_commits_does_not_matter(begin, post, add_counts, counted, order):
    begin()
    commits = [post(NOON, *["user.login"] * size) for size in (1, 2, 3, 4)]
    add_counts(*(commits[number] for number in order))
    assert counted() == (10, {"user.login": 10})


def test_repeated_commit_counts_once(begin, post, add_counts, counted):
    begin()
    first, second, third = (post(NOON, "user.login") for _ in range(3))
    add_counts(first, first, third, third, second, second, first)
    assert counted() == (3, {"user.login": 3})


def test_commits_after_a_gap_wait(begin, post, add_counts, counted):
    begin()
    first, _lost, third = (post(NOON, "user.login") for _ in range(3))
    add_counts(first, third)
    assert counted() == (1, {"user.login": 1})


def test_base_past_the_gap_releases_commits(begin, post, add_counts, counted):
    begin()
    _lost, second, third = (post(NOON, "user.login") for _ in range(3))
    add_counts(third, second)
    begin(1, counts={"user.login": 1})
    assert counted() == (3, {"user.login": 3})


def test_events_count_from_today_on(begin, post, add_counts, counted):
    begin()
    add_counts(
        post(NOON, "user.late", timestamp=MIDNIGHT - timedelta(milliseconds=1)),
        post(NOON, "user.first", timestamp=MIDNIGHT),
        post(NOON, "user.ahead", timestamp=NOON + timedelta(minutes=5)),
        post(MIDNIGHT + timedelta(hours=24), "user.tomorrow"),
    )
    assert counted() == (4, {"user.first": 1, "user.ahead": 1, "user.tomorrow": 1})


def test_older_base_replaces_nothing(begin, post, add_counts, counted):
    begin()
    add_counts(post(NOON, "user.login"), post(NOON, "user.login"))
    begin(1, counts={"user.login": 1})
    begin(2, counts={"user.login": 99})
    assert counted() == (2, {"user.login": 2})


def test_new_day_replaces_the_counts(begin, post, add_counts, counted):
    begin()
    add_counts(post(NOON, "user.login"), post(NOON, "user.login"))
    begin(1, MIDNIGHT + timedelta(days=1))
    assert counted() == (1, {})


def test_new_epoch_drops_the_counts(begin, post, add_counts, redis, key):
    begin(epoch="ffffffff")
    add_counts(post(NOON, "user.login"))
    assert not redis.exists(key)


@pytest.mark.parametrize(
    "damage",
    [
        lambda redis, key: redis.hset(key, "user.login", "many"),
        lambda redis, key: redis.hset(key, "#seq", "x"),
        lambda redis, key: redis.hdel(key, "#since"),
    ],
    ids=["a count that is none", "a number that is none", "no day"],
)
def test_damaged_counts_are_not_read(begin, post, add_counts, counted, redis, key, link, damage):
    begin()
    damage(redis, key)
    assert counted() is None
    add_counts(post(NOON, "user.login"))
    assert not redis.exists(key)
    assert link.pipeline(lambda pipe: pipe.ping()) == [True], "it must not look as if Redis were away"


def test_damaged_commit_drops_the_counts(begin, post, add_counts, redis, key):
    begin()
    redis.hset(key, "+2", "nonsense")
    add_counts(post(NOON, "user.login"))
    assert not redis.exists(key)


def test_number_of_types_is_bounded(begin, post, add_counts, redis, key):
    begin(counts={f"made.up{number}": 1 for number in range(MAX_FIELDS - 10)})
    add_counts(post(NOON, *(f"made.up_too{number}" for number in range(10))))
    assert not redis.exists(key)
    begin(counts={f"made.up{number}": 1 for number in range(MAX_FIELDS + 1)})
    assert not redis.exists(key)


def test_waiting_commits_are_bounded(begin, redis, key, link, counters, workspace):
    begin()
    counts = {(NOON, "user.login"): 1}

    def fill(pipe):
        for seq in range(2, MAX_FIELDS + 2):
            counters.add_into(pipe, workspace, EPOCH, range(seq, seq + 1), counts)

    link.pipeline(fill)
    assert redis.hlen(key) < 10


def test_counts_expire_after_two_days(begin, redis, key):
    begin()
    assert redis.ttl(key) == 2 * 24 * 3600
