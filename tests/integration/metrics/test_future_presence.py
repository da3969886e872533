"""Presence that a wrong clock has put days ahead is no presence, and ends with the next event."""

from __future__ import annotations

from datetime import timedelta

import pytest

AHEAD = {
    "user_presence": "last_seen",
    "session_presence": "last_seen",
    "channels": "last_message_at",
    "orchestrators": "state_at",
}
FIGURES = ("onlineUsers", "activeUsers", "activeSessions", "activeChannels", "activeOrchestrators")


@pytest.fixture
def line(timeline):
    """Mika writes in a channel and an orchestrator is online."""
    line = timeline()
    write(line, "12:00")
    return line


def write(line, clock):
    line.at(clock, "message.sent", session="s-1", channelId="general")
    line.at(clock, "orchestrator.online", session="s-1", orchestratorId="o-1")


def seen(line, clock):
    figures = line.figures(clock)
    return [figures[name] for name in FIGURES]


def test_far_future_presence_is_ignored(line, sql):
    assert seen(line, "12:01") == [1] * 5
    for table, column in AHEAD.items():
        sql(f"UPDATE {table} SET {column} = {column} + interval '3 days'")  # noqa: S608
    assert seen(line, "12:01") == [0] * 5
    write(line, "12:02")
    assert seen(line, "12:03") == [1] * 5
    for table, column in AHEAD.items():
        [row] = sql(f"SELECT max({column}) AS at FROM {table}")  # noqa: S608
        assert row.at == line.moment("12:02")


def test_future_timestamp_is_clamped(line, sql):
    """A worker whose clock is ahead lets it pass; the log goes by the database's."""
    event = line.event(line.moment("12:05", day=3), "user.active")
    line.draw(event, received=line.moment("12:05"))
    [row] = sql("SELECT max(occurred_at) AS at FROM events")
    assert row.at == line.moment("12:05") + timedelta(minutes=5)
