"""One round of counter repair makes the counts in Redis equal to PostgreSQL's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import gevent
import pytest
from empty_logs import new_workspace
from sql_runner import executed

from app.insights.tick.counter_repair import CounterRepair
from app.redis.counters import Counted, Mark

NOON = datetime(2025, 12, 6, 12, tzinfo=UTC)
MIDNIGHT = NOON.replace(hour=0)


@pytest.fixture
def counter_repair(engine, counters):
    return CounterRepair(engine, counters)


@pytest.fixture
def repair(counter_repair):
    return lambda now=NOON: counter_repair.repair(now)


@pytest.fixture
def counted(counters, workspace):
    def read():
        found = counters.read([workspace]).get(workspace)
        return found and (found.mark.seq, dict(found.counts))

    return read


def test_absent_counts_are_put(repair, post, counted):
    post(NOON, "user.login", "user.login")
    repair()
    assert counted() == (2, {"user.login": 2})


def test_silent_workspace_has_no_counts(repair, post, redis, key):
    post(NOON - timedelta(days=1), "user.login")
    repair()
    assert not redis.exists(key)


def test_missed_commit_is_repaired(repair, post, add_counts, counted):
    add_counts(post(NOON, "user.login"))
    repair()
    post(NOON, "user.login")  # the worker died before it could count it
    add_counts(post(NOON, "user.logout"))
    assert counted() == (1, {"user.login": 1})
    repair()
    assert counted() == (3, {"user.login": 2, "user.logout": 1})


def test_wrong_counts_are_replaced_and_logged(repair, post, redis, key, counted, caplog):
    post(NOON, "user.login")
    repair()
    redis.hincrby(key, "user.login", 5)
    repair()
    assert counted() == (1, {"user.login": 1})
    assert [record.getMessage() for record in caplog.records] == [
        f"the counts of workspace {key[-36:]} were wrong"
    ]


def test_counts_beyond_the_log_are_replaced(repair, post, counters, workspace, counted):
    post(NOON, "user.login")
    counters.put({workspace: Counted(Mark("a1b2c3d4", MIDNIGHT, 9), {"user.login": 9})})  # before a restore
    repair()
    assert counted() == (1, {"user.login": 1})


def test_yesterdays_counts_are_replaced(repair, post, add_counts, counted):
    post(NOON - timedelta(days=1), "user.login")
    repair(NOON - timedelta(days=1))
    assert counted() == (1, {"user.login": 1})
    repair()
    assert counted() == (1, {})


def test_counts_of_other_epoch_are_replaced(repair, post, counters, workspace, counted):
    post(NOON, "user.login")
    counters.put({workspace: Counted(Mark("ffffffff", MIDNIGHT, 9), {"user.login": 9})})
    repair()
    assert counted() == (1, {"user.login": 1})


def test_unchanged_counts_are_not_summed(repair, engine, post, add_counts):
    add_counts(post(NOON, "user.login"))
    repair()
    with executed(engine) as statements:
        repair()
    assert not [statement for statement in statements if "minute_counts" in statement]


def test_all_workspaces_are_repaired(repair, sql, counters):
    workspaces = [new_workspace(sql) for _ in range(450)]
    sql("INSERT INTO minute_counts SELECT id, :at, 'user.login', 3 FROM workspaces", at=NOON)
    sql("UPDATE event_heads SET last_seq = 3")
    repair()
    found = counters.read(workspaces)
    assert len(found) == 450
    assert all(held.counts == {"user.login": 3} and held.mark.seq == 3 for held in found.values())


def test_commits_during_repair_count_once(repair, post, add_counts, redis, key, counted):
    posting = True

    def keep_posting() -> int:
        posted = 0
        while posting:
            news = post(NOON, "user.login", "user.login")
            if posted % 7:  # some are counted late
                add_counts(news)
            else:
                gevent.spawn_later(0.01, add_counts, news)
            posted += 1
        return posted

    posters = [gevent.spawn(keep_posting) for _ in range(3)]
    for round_ in range(20):
        if not round_ % 5:
            redis.flushdb()
        repair()
    posting = False
    posted = sum(poster.get() for poster in posters)
    gevent.sleep(0.05)
    repair()
    assert counted() == (2 * posted, {"user.login": 2 * posted})
