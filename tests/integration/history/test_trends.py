"""The values of periods: exact sums of additive metrics, of all others the mean or the highest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.calendar_periods import Period, periods, same_point
from app.insights.metrics.registry import METRICS
from app.insights.metrics.series_catalogue import built_in_series
from app.insights.trends import period_values

from .conftest import KEPT
from .test_baselines import BERLIN, LONG_AGO, count, roll_up, there

__all__ = ["there"]

NOW = datetime(2026, 3, 30, 9, 30, tzinfo=UTC)  # Berlin, the day after one of 23 hours
HOUR = timedelta(hours=1)


def values(past, name, ranges, now=NOW):
    metric = built_in_series(METRICS[name])
    with past.engine.connect() as connection:
        return period_values.period_values(connection, past.workspace, metric, ranges, now, KEPT)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["day", "week", "month"]),
    events=st.lists(st.integers(0, 70 * 1440), max_size=30),
    hours=st.integers(0, 40 * 24),
)
def test_sums_equal_a_recount(there, sql, kind, events, hours):
    sql("DELETE FROM minute_counts")
    now = NOW - hours * HOUR
    occurred = [now - timedelta(minutes=back) for back in events]
    for at in occurred:
        count(sql, there.workspace, at, "message.sent", 1)
    *whole, running = periods(kind, now, BERLIN, 3)
    ranges = [*whole, Period(running.start, now), Period(whole[-1].start, same_point(kind, now, BERLIN))]
    expected = [sum(start <= at < end for at in occurred) for start, end in ranges]
    assert values(there, "messagesToday", ranges, now) == expected
    assert values(there, "eventCounts", ranges, now) == expected


def test_sums_exclude_deleted_messages(there, sql):
    count(sql, there.workspace, NOW - HOUR, "message.sent", 5, retracted=2)
    assert values(there, "messagesToday", [Period(NOW - 2 * HOUR, NOW)]) == [3]
    assert values(there, "eventCounts", [Period(NOW - 2 * HOUR, NOW)]) == [5]


def test_time_before_workspace_is_null(there, sql):
    sql("UPDATE workspaces SET created_at = :at", at=NOW - HOUR)
    ranges = [Period(NOW - 3 * HOUR, NOW - 2 * HOUR), Period(NOW - 2 * HOUR, NOW)]
    assert values(there, "messagesToday", ranges) == [None, 0]


def test_gauges_are_means_and_daily_maxima(there, sql):
    old = Period(NOW - timedelta(days=10), NOW - timedelta(days=9))
    recorded = '{{"onlineUsers": [{n}, {total}, 0, 9, 1], "activeUsers": [{n}, 1, 0, {high}, 0]}}'
    start = old.start.replace(minute=0)
    roll_up(sql, there.workspace, 3600, start + HOUR, recorded.format(n=720, total=1440, high=11))
    roll_up(sql, there.workspace, 3600, start + 2 * HOUR, recorded.format(n=80, total=0, high=13))
    assert values(there, "onlineUsers", [old]) == [1.8]
    assert values(there, "activeUsers", [old]) == [13]


def test_recent_trend_is_exact_to_a_minute(there, sql):
    for minutes in range(4):
        at = NOW - timedelta(minutes=minutes + 1)
        roll_up(sql, there.workspace, 60, at, f'{{"onlineUsers": [1, {minutes}, 0, 0, 0]}}')
    assert values(there, "onlineUsers", [Period(NOW - timedelta(minutes=3), NOW - timedelta(minutes=1))]) == [
        1.5
    ]


def test_nothing_recorded_is_null(there):
    assert values(there, "onlineUsers", [Period(LONG_AGO, NOW)]) == [None]
