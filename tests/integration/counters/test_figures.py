"""Figures of the day come from Redis where its counts are exact at the snapshot; they are always the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sql_runner import executed

from app.insights.tick import compute
from app.redis.counters import Counted, Mark

NOON = datetime(2025, 12, 6, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def today(engine, workspace, counters):
    """(messages, counts) of today as computed with the counts in Redis."""

    def read(now: datetime = NOON):
        shown = compute.compute(engine, [workspace], now, counters)[workspace].payload
        return shown["messagesToday"], shown["eventCounts"]

    return read


@pytest.fixture
def summed(engine):
    """How often minute sums of events are read."""
    with executed(engine) as seen:
        yield lambda: sum("m.event_type, sum(m.count)" in statement for statement in seen)


def test_only_first_computation_sums_up(today, post, add_counts, summed):
    add_counts(post(NOON, "message.sent", "user.login"))
    assert today() == (1, {"message.sent": 1, "user.login": 1})
    assert summed() == 1
    add_counts(post(NOON, "message.sent"))
    add_counts(post(NOON, "user.login"))
    assert today() == (2, {"message.sent": 2, "user.login": 2})
    assert summed() == 1


def test_counts_behind_snapshot_are_unused(today, post, summed):
    today()
    post(NOON, "message.sent")  # the worker died before it could count it
    assert today() == (1, {"message.sent": 1})
    assert today() == (1, {"message.sent": 1})
    assert summed() == 2


def test_counts_ahead_of_snapshot_are_unused(today, post, counters, workspace, summed):
    post(NOON, "message.sent")
    counters.put({workspace: Counted(Mark("a1b2c3d4", NOON.replace(hour=0), 2), {"message.sent": 2})})
    assert today() == (1, {"message.sent": 1})


def test_deleted_messages_are_not_counted(today, post, add_counts, summed):
    today()
    add_counts(post(NOON, "message.sent", messageId="m-1"), post(NOON, "message.sent", messageId="m-2"))
    add_counts(post(NOON + MINUTE, "message.deleted", messageId="m-1"))
    assert today(NOON + MINUTE) == (1, {"message.sent": 2, "message.deleted": 1})
    add_counts(post(NOON + MINUTE, "message.deleted", messageId="m-9"))
    add_counts(post(NOON + MINUTE, "message.sent", messageId="m-9"))
    assert today(NOON + MINUTE) == (1, {"message.sent": 3, "message.deleted": 2})
    assert summed() == 1


def test_deleting_yesterdays_message_today(today, post, add_counts):
    add_counts(post(NOON, "message.sent", messageId="m-1"))
    tomorrow = NOON + timedelta(days=1)
    assert today(tomorrow) == (0, {})
    add_counts(post(tomorrow, "message.deleted", messageId="m-1"))
    assert today(tomorrow) == (0, {"message.deleted": 1})


def test_day_begins_at_local_midnight(today, post, add_counts, sql, workspace, summed):
    """
    Kathmandu is 5:45 ahead of UTC:   18:14:59.999 | 18:15 UTC is midnight
    """
    sql("UPDATE workspaces SET timezone = 'Asia/Kathmandu' WHERE id = :id", id=workspace)
    midnight = NOON.replace(hour=18, minute=15)
    add_counts(post(NOON, "user.login"))
    assert today(midnight - timedelta(milliseconds=1)) == (0, {"user.login": 1})
    assert today(midnight) == (0, {})
    add_counts(post(midnight + MINUTE, "message.sent"))
    add_counts(post(midnight + MINUTE, "user.login", timestamp=NOON))
    assert today(midnight + MINUTE) == (1, {"message.sent": 1})
    assert summed() == 2


def test_event_before_midnight_counts_twice(today, post, add_counts):
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    today(NOON)
    add_counts(post(midnight - MINUTE, "user.ahead", timestamp=midnight + MINUTE))
    assert today(midnight - MINUTE) == (0, {"user.ahead": 1})
    assert today(midnight) == (0, {"user.ahead": 1})


def test_change_of_timezone_recounts(today, post, add_counts, sql, workspace):
    add_counts(post(NOON.replace(hour=1), "user.early"), post(NOON, "user.late"))
    assert today() == (0, {"user.early": 1, "user.late": 1})
    sql(
        "UPDATE workspaces SET timezone = 'America/New_York' WHERE id = :id", id=workspace
    )  # midnight is at 5
    assert today() == (0, {"user.late": 1})
    add_counts(post(NOON, "user.late"), post(NOON, "user.early", timestamp=NOON.replace(hour=4)))
    assert today() == (0, {"user.late": 2})
    sql("UPDATE workspaces SET timezone = 'UTC' WHERE id = :id", id=workspace)
    assert today() == (0, {"user.early": 2, "user.late": 2})


def test_top_types_are_shown(today, post, add_counts):
    add_counts(post(NOON, *(f"made.up{number}" for number in range(120)), "user.login", "user.login"))
    for _ in range(2):  # from the sums, then from Redis
        _, shown = today()
        assert len(shown) == 101
        assert next(iter(shown.items())) == ("user.login", 2)
        assert shown["other"] == 21
