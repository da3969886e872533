"""What a forecast is based on equals a recount of the messages of those days, whatever clocks did on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.forecast import DayCount
from app.insights.forecast.same_weekdays import read_same_weekdays
from app.insights.metrics.registry import METRICS

from .test_baselines import BERLIN, count, there

__all__ = ["there"]

ZONES = [BERLIN, "America/Havana", "Asia/Kolkata"]
# Sundays after those on which the clocks of Berlin and Havana changed, and such a Sunday itself.
TODAY = [date(2026, 4, 19), date(2026, 3, 29), date(2026, 11, 8)]


def wall(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def read(past, now: datetime, zone: str, metric: str = "messagesToday"):
    with past.engine.connect() as connection:
        return read_same_weekdays(connection, past.workspace, METRICS[metric].minute_sum, now, zone)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(ZONES),
    today=st.sampled_from(TODAY),
    clock=st.times().map(lambda one: one.replace(hour=max(4, one.hour), second=0, microsecond=0)),
    events=st.lists(st.tuples(st.integers(0, 9), st.integers(-300, 1740), st.integers(1, 9)), max_size=30),
)
def test_days_equal_a_recount(there, sql, zone, today, clock, events):
    sql("DELETE FROM minute_counts")
    now = wall(today, clock, zone)
    occurred = [
        (wall(today, time(), zone) - timedelta(days=7 * weeks) + timedelta(minutes=minutes), many)
        for weeks, minutes, many in events
    ]
    for at, many in occurred:
        count(sql, there.workspace, at, "message.sent", many)

    def sent(since: datetime, until: datetime) -> int:
        return sum(many for at, many in occurred if since <= at < until)

    def counted(day: date) -> DayCount:
        since, until = wall(day, time(), zone), wall(day + timedelta(days=1), time(), zone)
        return DayCount(sent(since, wall(day, clock, zone)), sent(since, until))

    found = read(there, now, zone)
    days = [today - timedelta(days=7 * weeks) for weeks in range(1, 9)]
    assert found.so_far == sent(wall(today, time(), zone), now)
    assert found.days == {day: counted(day) for day in days}
    assert list(found.days) == days, "the latest first"


def test_days_before_the_workspace_do_not_count(there, sql):
    now = wall(TODAY[0], time(12), BERLIN)
    third = TODAY[0] - timedelta(days=21)
    for created, days in ((time(), 3), (time(0, 1), 2)):
        sql("UPDATE workspaces SET created_at = :at", at=wall(third, created, BERLIN))
        assert len(read(there, now, BERLIN).days) == days


def test_deleted_messages_do_not_count(there, sql):
    now = wall(TODAY[0], time(12), BERLIN)
    count(sql, there.workspace, now - timedelta(days=7, hours=1), "message.sent", 5, retracted=2)
    assert read(there, now, BERLIN).days[TODAY[0] - timedelta(days=7)] == DayCount(3, 3)
    assert read(there, now, BERLIN, "eventCounts").days[TODAY[0] - timedelta(days=7)] == DayCount(5, 5)
