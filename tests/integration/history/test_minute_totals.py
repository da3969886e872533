"""Totals of periods are the same from hours that are summed up as from their minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.calendar_periods import Period
from app.domain.event import HOUR_FINAL_AFTER
from app.insights.activity import hour_rollup
from app.insights.history.minute_totals import period_totals
from app.insights.metrics.registry import METRICS
from app.insights.metrics.series_catalogue import minute_sum_of

from .test_baselines import TYPES, count, there

__all__ = ["there"]

START = datetime(2026, 3, 28, 9, 30, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAYS = 3
SUMS = {
    "messages": METRICS["messagesToday"].minute_sum,
    "events": METRICS["eventCounts"].minute_sum,
    "all": minute_sum_of(()),
    "tasks": minute_sum_of(("task.created",)),
    "both": minute_sum_of(tuple(TYPES)),
}
MOMENTS = st.integers(0, DAYS * 1440).map(lambda minutes: START + minutes * MINUTE)


def head(sql, workspace, mark: datetime) -> None:
    """The log has come so far that hours up to `mark` are final."""
    sql(
        "INSERT INTO event_heads (workspace_id, epoch, last_received_at) VALUES (:id, 'a1b2c3d4', :at)",
        id=workspace,
        at=mark + HOUR_FINAL_AFTER,
    )


def totals(past, ranges) -> dict[str, list[float | None]]:
    with past.engine.connect() as connection:
        return {
            name: period_totals(connection, past.workspace, one, ranges) for name, one in SUMS.items() if one
        }


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counted=st.dictionaries(
        st.tuples(MOMENTS, st.sampled_from(TYPES)), st.tuples(st.integers(1, 9), st.booleans()), max_size=25
    ),
    ranges=st.lists(
        st.tuples(MOMENTS, st.integers(0, 300).map(lambda minutes: minutes * MINUTE)), min_size=1, max_size=6
    ),
    mark=st.integers(0, DAYS * 24).map(lambda hours: START - START.minute * MINUTE + hours * HOUR),
)
def test_totals_from_hours_equal_a_recount(there, sql, counted, ranges, mark):
    sql("DELETE FROM minute_counts")
    sql("DELETE FROM hour_counts")
    sql("DELETE FROM event_heads")
    head(sql, there.workspace, mark)
    deleted = {
        at: int(many) for (at, kind), (many, is_deleted) in counted.items() if is_deleted and kind == TYPES[0]
    }
    for (at, kind), (many, _) in counted.items():
        count(sql, there.workspace, at, kind, many, deleted.get(at, 0) if kind == TYPES[0] else 0)
    there.commit(hour_rollup.roll_up)
    periods = [Period(since, since + length) for since, length in ranges]
    found = totals(there, periods)
    for number, (since, until) in enumerate(periods):
        within = {
            kind: sum(many for (at, one), (many, _) in counted.items() if one == kind and since <= at < until)
            for kind in TYPES
        }
        gone = sum(many for at, many in deleted.items() if since <= at < until)
        assert {name: column[number] for name, column in found.items()} == {
            "messages": within[TYPES[0]] - gone,
            "events": sum(within.values()),
            "all": sum(within.values()) - gone,
            "tasks": within["task.created"],
            "both": sum(within.values()) - gone,
        }


def test_minutes_of_final_hours_are_not_read(there, sql):
    mark = datetime(2026, 3, 29, 12, tzinfo=UTC)
    head(sql, there.workspace, mark)
    for hours in range(-6, 1):
        count(sql, there.workspace, mark + hours * HOUR + 7 * MINUTE, "message.sent", 10)
    there.commit(hour_rollup.roll_up)
    sql(
        "UPDATE minute_counts SET count = 1000 WHERE minute < :mark AND minute >= :since",
        mark=mark,
        since=mark - 5 * HOUR,
    )
    day = Period(mark - 5 * HOUR - 55 * MINUTE, mark + HOUR / 2)
    assert totals(there, [day])["messages"] == [70]
