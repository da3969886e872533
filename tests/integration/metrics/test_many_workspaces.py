"""Figures of many workspaces are computed together: their own each, one moment, no more queries than for one."""

from datetime import UTC, datetime

import gevent
import pytest
from sql_runner import executed

from app.domain.event import NewEvent
from app.ingest.transaction import commit
from app.insights.tick import compute

from .timeline import MIKA


@pytest.fixture
def statements(engine):
    """What is executed, as it is executed."""
    with executed(engine) as seen:
        yield seen


def test_figures_are_per_workspace_and_day(timeline, engine):
    """
    UTC        17:00     18:45
               message   message
    Kolkata    22:30   │ 00:15
    """
    lines = {zone: timeline(zone) for zone in ("UTC", "Asia/Kolkata", "America/New_York")}
    for number, line in enumerate(lines.values(), start=1):
        for _ in range(number):
            line.at(lines["UTC"].moment("17:00"), "message.sent")
        line.at(lines["UTC"].moment("18:45"), "message.sent")
    now = lines["UTC"].moment("19:00")
    found = compute.compute(engine, [line.workspace for line in lines.values()], now)
    today = {zone: found[line.workspace].payload["messagesToday"] for zone, line in lines.items()}
    assert today == {"UTC": 2, "Asia/Kolkata": 1, "America/New_York": 4}


def test_unknown_workspace_has_no_figures(timeline, engine):
    line = timeline()
    assert list(compute.compute(engine, [line.workspace, MIKA], datetime.now(UTC))) == [line.workspace]
    assert compute.compute(engine, [MIKA], datetime.now(UTC)) == {}


def test_number_of_queries_is_constant(timeline, engine, statements):
    lines = [timeline() for _ in range(6)]
    now = lines[0].moment("12:00")
    compute.compute(engine, [lines[0].workspace], now)  # a connection's first use asks more
    statements.clear()
    compute.compute(engine, [lines[0].workspace], now)
    for_one = len(statements)
    for line in lines:
        line.draw(*(line.event("11:30", "message.sent", channelId=f"c-{n}") for n in range(50)))
    statements.clear()
    compute.compute(engine, [line.workspace for line in lines], now)
    assert len(statements) == for_one


def test_figures_match_their_cursor(timeline, engine):
    line = timeline()
    now = line.moment("12:00")

    def write() -> None:
        for number in range(60):
            fields = ("message.sent", {"channelId": f"c-{number}"}, MIKA, f"s-{number}", now)
            commit(engine, [[NewEvent(line.workspace, f"w-{number}", *fields)]], now)

    writer = gevent.spawn(write)
    seen = set()
    while not writer.ready():
        stats = compute.compute(engine, [line.workspace], now)[line.workspace]
        seq, payload = stats.cursor.seq, stats.payload
        assert payload["eventCounts"].get("message.sent", 0) == seq
        counted = {name: payload[name] for name in ("messagesToday", "messagesLastHour", "activeChannels")}
        assert set(counted.values()) == {seq}, f"{counted} at {seq}"
        assert payload["activeSessions"] == seq
        seen.add(seq)
    writer.get()
    assert len(seen) > 1
