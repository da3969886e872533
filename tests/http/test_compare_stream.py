"""A stream with `?compare=1` carries earlier values in its first figures and in every tick; others do not."""

import pytest
from frames import FrameParser
from posting import REALTIME

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
