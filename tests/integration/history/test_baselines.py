"""Earlier values are those of the same local time yesterday and a week ago; none is null, not 0."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sql_runner import executed

from app.insights.history.baselines import Baselines

BERLIN = "Europe/Berlin"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TYPES = ["message.sent", "task.created"]
DAYS = [date(2026, 3, 29), date(2026, 3, 30), date(2026, 4, 5), date(2026, 10, 25), date(2026, 10, 26)]


def local(day: date, hour: int = 0, minute: int = 0, zone: str = BERLIN) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.fixture
def there(past, sql):
    """The workspace has been there for long, in Berlin."""
    sql("UPDATE workspaces SET timezone = :zone, created_at = :at", zone=BERLIN, at=LONG_AGO)
    return past


def count(sql, workspace, at, event_type, count, retracted=0):
    sql(
        "INSERT INTO minute_counts VALUES (:id, :at, :type, :count, :retracted)"
        " ON CONFLICT (workspace_id, minute, event_type) DO UPDATE"
        " SET count = minute_counts.count + excluded.count",
        id=workspace,
        at=at,
        type=event_type,
        count=count,
        retracted=retracted,
    )


def roll_up(sql, workspace, step, at, figures):
    sql(
        "INSERT INTO roll_ups VALUES (:id, :step, :at, CAST(:f AS jsonb))",
        id=workspace,
        step=step,
        at=at,
        f=figures,
    )


def baseline(past, now):
    return Baselines(past.engine).get([past.workspace], now)[past.workspace]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    day=st.sampled_from(DAYS),
    clock=st.tuples(st.integers(4, 23), st.integers(0, 59)),
    events=st.lists(st.tuples(st.integers(0, 8 * 1440), st.sampled_from(TYPES)), max_size=30),
)
def test_sums_equal_a_recount_of_that_time(there, sql, day, clock, events):
    sql("DELETE FROM minute_counts")
    now = local(day, *clock)
    occurred = [(now - timedelta(minutes=back), event_type) for back, event_type in events]
    for at, event_type in occurred:
        count(sql, there.workspace, at, event_type, 1)
    found = baseline(there, now + timedelta(seconds=59))
    for name, days in (("yesterday", 1), ("lastWeek", 7)):
        then = local(day - timedelta(days=days), *clock)
        since = local(day - timedelta(days=days))
        of_the_day = [kind for at, kind in occurred if since <= at < then]
        assert found["eventCounts"][name] == len(of_the_day)
        assert found["messagesToday"][name] == of_the_day.count("message.sent")


def test_baselines_exclude_deleted_messages(there, sql):
    now = local(DAYS[0], 12)
    count(sql, there.workspace, local(DAYS[0] - timedelta(days=1), 9), "message.sent", 5, retracted=2)
    assert baseline(there, now)["messagesToday"]["yesterday"] == 3


def test_new_workspace_has_no_baseline(there, sql):
    now = local(DAYS[2], 12)
    sql("UPDATE workspaces SET created_at = :at", at=now - timedelta(days=3))
    assert baseline(there, now)["messagesToday"] == {"yesterday": 0, "lastWeek": None}


@pytest.mark.parametrize(("minute", "nearest"), [(0, 5), (29, 5), (30, 2), (59, 2)])
def test_gauge_baseline_was_recorded(there, sql, minute, nearest):
    """The minute's last figure, or the one at the nearest end of an hour; a mean was never there."""
    now = local(DAYS[1], 12, minute)  # clocks changed the day before
    yesterday, last_week = (local(DAYS[1] - timedelta(days=days), 12, minute) for days in (1, 7))
    for minutes, last in ((-1, 7), (0, 99)):
        at = yesterday + timedelta(minutes=minutes)
        roll_up(
            sql,
            there.workspace,
            60,
            at,
            f'{{"onlineUsers": [2, 9, 2, 7, {last}], "custom.x": [1, 3, 3, 3, 3]}}',
        )
    hour = last_week.replace(minute=0)
    roll_up(
        sql, there.workspace, 3600, hour, '{"onlineUsers": [3, 10, 1, 7, 2], "custom.young": [1, 4, 4, 4, 4]}'
    )
    roll_up(sql, there.workspace, 3600, hour - timedelta(hours=1), '{"onlineUsers": [3, 10, 1, 7, 5]}')
    found = baseline(there, now)
    assert found["onlineUsers"] == {"yesterday": 7, "lastWeek": nearest}
    assert found["custom.young"] == {"yesterday": None, "lastWeek": 4}
    assert found["custom.x"] == {"yesterday": 3, "lastWeek": None}


def test_unrecorded_baseline_is_null(there):
    assert "onlineUsers" not in baseline(there, local(DAYS[0], 12))


def test_baselines_are_cached_per_minute(there, engine):
    baselines, noon = Baselines(engine), local(DAYS[0], 12)
    with executed(engine) as seen:
        for seconds, queries in ((0, 3), (59, 4), (60, 7)):
            baselines.get([there.workspace], noon + timedelta(seconds=seconds))
            assert len(seen) == queries
