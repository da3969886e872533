"""Figures of a tick as streams show them, and the windows that metrics are counted over."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.ids import Cursor
from app.domain.stats import MAX_TYPES, Stats, StatsView, most_frequent
from app.domain.windows import NOW, TODAY, last

STATS = Stats(
    {"activeUsers": 42, "onlineUsers": 15, "eventCounts": {}, "timestamp": "2025-12-06T12:00:00.000Z"},
    Cursor("a1b2c3d4", 812),
)


def test_view_selects_metrics():
    assert STATS.payload_for() == STATS.payload
    assert STATS.payload_for(StatsView(frozenset({"onlineUsers"}))) == {
        "onlineUsers": 15,
        "timestamp": "2025-12-06T12:00:00.000Z",
    }
    assert STATS.payload_for(StatsView(frozenset())) == {"timestamp": "2025-12-06T12:00:00.000Z"}


def test_stats_frame_has_no_id():
    head, data, *rest = STATS.frame(StatsView(frozenset({"activeUsers"}))).decode().split("\n")
    assert (head, rest) == ("event: stats", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == {
        "activeUsers": 42,
        "timestamp": "2025-12-06T12:00:00.000Z",
    }


def test_types_are_ranked_by_count_then_by_name():
    assert list(most_frequent({"b.b": 2, "c.c": 5, "a.a": 2}).items()) == [("c.c", 5), ("a.a", 2), ("b.b", 2)]


def test_rare_types_are_summed_as_other():
    counts = {f"type.n{number}": 1000 - number for number in range(MAX_TYPES + 3)}
    shown = most_frequent(counts)
    assert len(shown) == MAX_TYPES + 1
    assert list(shown)[-1] == "other"
    assert shown["other"] == 900 + 899 + 898
    assert sum(shown.values()) == sum(counts.values())


def test_no_counts_give_no_types():
    assert most_frequent({}) == {}


NOON = datetime(2026, 3, 29, 10, tzinfo=UTC)  # in Berlin, of a day that has lost an hour


@pytest.mark.parametrize(
    ("span", "name", "words"),
    [
        ({"seconds": 90}, "90s", "the last 90 seconds"),
        ({"minutes": 1}, "1m", "the last minute"),
        ({"minutes": 5}, "5m", "the last 5 minutes"),
        ({"minutes": 60}, "1h", "the last hour"),
        ({"hours": 24}, "24h", "the last 24 hours"),
        ({"hours": 36}, "36h", "the last 36 hours"),
        ({"days": 7}, "7d", "the last 7 days"),
    ],
)
def test_window_is_named_by_its_length(span, name, words):
    window = last(**span)
    assert (window.name, window.words, window.has_start) == (name, words, False)
    assert window.start(NOON, "Europe/Berlin") == NOON - timedelta(**span)


def test_today_begins_at_local_midnight():
    assert TODAY.start(NOON, "Europe/Berlin") == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert TODAY.start(NOON, "UTC") == datetime(2026, 3, 29, tzinfo=UTC)
    assert (TODAY.words, TODAY.has_start) == ("since local midnight", True)


def test_now_has_no_start():
    assert NOW.start(NOON, "UTC") is None
    assert NOW.words == "now"
