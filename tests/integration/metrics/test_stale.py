"""A metric whose query takes too long is stale: it keeps its last value and says how old that is."""

from datetime import UTC

import pytest
from sqlalchemy import text

from app.domain.stats import StatsView
from app.insights.tick import compute

LIMIT = 0.2  # seconds; what is slow here waits for a lock that is held all the while


@pytest.fixture
def line(timeline):
    line = timeline()
    line.at("12:00", "task.created", taskId="t-1")
    line.at("12:00", "message.sent", channelId="general")
    return line


@pytest.fixture
def stalled(engine):
    """While this is held, the tasks cannot be read."""
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE"))
        yield
        connection.rollback()


def at(engine, line, clock, before=None):
    now = line.moment(clock).astimezone(UTC)
    found = compute.compute(engine, [line.workspace], now, timeout=LIMIT, previous=lambda _: before)
    return found[line.workspace]


def test_stale_value_stays_and_ages(engine, line, request):
    first = at(engine, line, "12:01")
    assert "stale" not in first.payload
    request.getfixturevalue("stalled")
    second = at(engine, line, "12:01:05", first)
    third = at(engine, line, "12:01:10.500", second)
    for stats, age in ((second, 5), (third, 10.5)):
        assert stats.payload["stale"] == {"tasksInProgress": age}
        assert (stats.payload["tasksInProgress"], stats.payload["messagesToday"]) == (1, 1)
    assert list(third.payload)[-2:] == ["stale", "timestamp"]


def test_never_computed_metric_is_null(engine, line, stalled):
    payload = at(engine, line, "12:01").payload
    assert (payload["tasksInProgress"], payload["stale"]) == (None, {"tasksInProgress": None})
    assert payload["activeChannels"] == 1


def test_answered_query_ends_staleness(engine, line):
    stale = at(engine, line, "12:01")
    stale.payload["stale"] = {"tasksInProgress": 60.0}
    assert "stale" not in at(engine, line, "12:02", stale).payload


def test_samples_leave_out_stale_figures(engine, line, stalled):
    figures_kept = at(engine, line, "12:01", at(engine, line, "12:00:55")).figures()
    assert "tasksInProgress" not in figures_kept
    assert figures_kept["eventCounts"] == 2


def test_narrowed_figures_have_own_age(engine, line, stalled):
    stats = at(engine, line, "12:01")
    assert stats.payload_for(StatsView(frozenset({"tasksInProgress"})))["stale"] == {"tasksInProgress": None}
    assert "stale" not in stats.payload_for(StatsView(frozenset({"activeUsers"})))
