"""Figures: narrowed to a view's metrics, and bounded however many types there are."""

import json

from app.domain.ids import Cursor
from app.domain.stats import MAX_TYPES, Stats, StatsView, most_frequent

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
