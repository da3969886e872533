"""`?compare=1` of snapshots and streams: each figure beside that of yesterday and a week ago."""

import pytest
from frames import FrameParser
from posting import REALTIME


@pytest.fixture
def yesterday(sql, cast):
    """Seven messages a day ago; the workspace is two days old."""
    sql("UPDATE workspaces SET created_at = now() - interval '2 days'")
    sql("""
        INSERT INTO minute_counts SELECT id, date_trunc('day', now()) - interval '1 day', 'message.sent', 7, 0
        FROM workspaces WHERE slug = 'acme'
    """)


def test_snapshot_compares_on_request(vera, yesterday, sql):
    sql("""INSERT INTO minute_counts SELECT id, date_trunc('minute', now()), 'message.sent', 21, 0
        FROM workspaces WHERE slug = 'acme'""")
    data = vera.get(f"{REALTIME}?compare=1").get_json()["data"]
    minute = sql("SELECT extract(hour FROM now()) = 0 AND extract(minute FROM now()) < 2 AS early")[0].early
    if not minute:  # in the first minute of a day, yesterday has nothing yet
        assert data["compare"]["messagesToday"] == {
            "yesterday": {"value": 7, "change": 14, "percent": 200},
            "lastWeek": {"value": None, "change": None, "percent": None},
        }
    assert data["compare"]["onlineUsers"]["yesterday"] == {"value": None, "change": None, "percent": None}
    assert "compare" not in vera.get(f"{REALTIME}?compare=0").get_json()["data"]


def test_comparison_follows_the_metrics(vera, yesterday):
    data = vera.get(f"{REALTIME}?compare=1&metrics=messagesToday,eventCounts").get_json()["data"]
    assert list(data["compare"]) == ["messagesToday", "eventCounts"]


@pytest.mark.parametrize("value", ["", "true", "2"])
def test_compare_must_be_0_or_1(vera, value):
    answer = vera.get(f"{REALTIME}?compare={value}")
    assert (answer.status_code, answer.get_json()["errors"]) == (400, {"compare": ["Must be 0 or 1."]})


STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def first_stats(mika, sql):
    """The first figures of a stream; seven messages were sent a day ago."""
    sql("UPDATE workspaces SET created_at = now() - interval '2 days'")
    sql("""
        INSERT INTO minute_counts SELECT id, date_trunc('day', now()) - interval '1 day', 'message.sent', 7, 0
        FROM workspaces WHERE slug = 'acme'
    """)
    opened = []

    def read(query: str) -> dict:
        response = mika.get(f"{REALTIME}?{query}", headers=STREAM)
        opened.append(response)
        frames = FrameParser().feed(next(response.response))
        return next(frame.json for frame in frames if frame.event == "stats")

    yield read
    for response in opened:
        response.close()


def test_first_stats_have_baselines(first_stats):
    compare = first_stats("compare=1")["compare"]
    assert compare["messagesToday"]["lastWeek"] == {"value": None, "change": None, "percent": None}
    assert compare["messagesToday"]["yesterday"]["value"] in (7, 0)  # 0 in the first minute of a day


def test_ticks_compare_on_request(app, first_stats, sql):
    first_stats("compare=1&metrics=messagesToday")
    first_stats("metrics=messagesToday")
    worker = app.extensions["pulse"]
    [row] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    room = worker.hub.room(row.id)
    assert {stream.view.compare for stream in room.streams} == {True, False}
    frames = room.set_tick(room.tick)
    shown = {view.compare: b'"compare"' in frame.raw for view, frame in frames.items()}
    assert shown[False] is False
    stats = worker.insights.stats(row.id, compare=True)
    assert b'"compare"' in stats.frame(next(view for view in frames if view.compare))
    assert room.baseline is not None
