"""Resuming: every missed event once, in order, before live ones; or a `reset`."""

import pytest
from event_source import EventSource
from posting import ndjson
from servers import until
from visitor import PATH


@pytest.fixture
def cursor(mika):
    """`cursor(seq)`: a place in acme's log as it is now."""
    epoch = mika.snapshot()["meta"]["lastEventId"].split("-")[0]
    return lambda seq: f"{epoch}-{seq}"


def track_many(visitor, count: int, start: int = 0) -> list[str]:
    """Post so many events in one batch; their ids."""
    ids = [f"many-{start + number}" for number in range(count)]
    lines = ndjson(*({"eventType": "user.active", "eventId": event_id} for event_id in ids))
    answer = visitor.post(f"{PATH}/batch", content=lines, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    return ids


def ids_of(frames) -> list[str]:
    return [frame.json["eventId"] for frame in frames]


@pytest.mark.parametrize("way", ["header", "query"])
def test_missed_events_come_before_live_ones(mika, way):
    stream = mika.listen()
    last = mika.track()["seq"]
    seen = stream.until("event")
    stream.close()
    missed = [mika.track()["eventId"] for _ in range(5)]
    if way == "header":
        resumed = mika.listen(headers={"Last-Event-ID": seen.id})
    else:
        resumed = mika.listen(f"?lastEventId={seen.id}")
    connected = resumed.next()
    assert (connected.event, connected.json["lastEventId"]) == ("connected", seen.id)
    assert resumed.next().event == "stats"
    live = mika.track()["eventId"]
    events = resumed.events(6)
    assert ids_of(events) == [*missed, live]
    assert [int(frame.id.split("-")[1]) for frame in events] == list(range(last + 1, last + 7))


def test_stream_resumes_from_id_of_connected(mika, vera):
    """As any EventSource does it: it knows no cursor but the last `id:`."""
    source = EventSource(vera)
    until(lambda: source.of("stats"), "the first figures")
    source.lose_line()
    missed = mika.track()
    until(lambda: len(source.of("connected")) == 2 and source.of("event"), "the event, after coming back")
    live = mika.track()
    until(lambda: len(source.of("event")) == 2, "the next event")
    source.close()
    assert ids_of(source.of("event")) == [missed["eventId"], live["eventId"]]
    assert not source.of("reset")


def test_last_event_id_header_wins_over_query(mika, cursor):
    for _ in range(2):
        last = mika.track()
    stream = mika.listen(f"?lastEventId={cursor(0)}", headers={"Last-Event-ID": cursor(last["seq"] - 1)})
    assert stream.until("event").json["eventId"] == last["eventId"]


def test_stream_resumes_from_the_beginning(mika, cursor):
    head = mika.track()["seq"]
    events = mika.listen(headers={"Last-Event-ID": cursor(0)}).events(head)
    assert [frame.id for frame in events] == [cursor(seq) for seq in range(1, head + 1)]


def test_nothing_missed_replays_nothing(mika, cursor):
    head = mika.track()["seq"]
    stream = mika.listen(headers={"Last-Event-ID": cursor(head)})
    assert stream.next().json["lastEventId"] == cursor(head)
    assert stream.next().event == "stats"
    live = mika.track()
    assert stream.until("event").json["eventId"] == live["eventId"]


def test_thousands_missed_are_replayed_whole(server, visit, cursor):
    """More than fit into one read of the log; meanwhile both workers post."""
    first, second = (visit("mika", worker=worker) for worker in server.worker_pids())
    start = first.track()["seq"]
    expected = track_many(first, 900) + track_many(second, 900, start=900)
    stream = visit("vera").listen(headers={"Last-Event-ID": cursor(start)})
    for number in range(20):
        expected.append((first, second)[number % 2].track()["eventId"])
    events = stream.events(len(expected))
    assert ids_of(events) == expected
    assert [frame.id for frame in events] == [cursor(start + 1 + number) for number in range(len(expected))]


@pytest.mark.parametrize("place", ["another-epoch", "another-workspaces", "ahead-of-the-log"])
def test_unknown_cursor_is_reset(mika, oscar, cursor, place):
    """Another workspace's cursor is treated as one that never was."""
    head = mika.track()["seq"]
    elsewhere = oscar.get(PATH.replace("acme", "elsewhere")).json()["meta"]["lastEventId"]
    asked = {
        "another-epoch": "00000000-1",
        "another-workspaces": elsewhere,
        "ahead-of-the-log": cursor(head + 1000),
    }
    stream = mika.listen(headers={"Last-Event-ID": asked[place]})
    connected, stats, reset = (stream.next() for _ in range(3))
    assert [connected.event, stats.event, reset.event] == ["connected", "stats", "reset"]
    assert connected.id is None, "the reset would be lost with the line behind it"
    assert reset.id == reset.json["lastEventId"] == connected.json["lastEventId"] == cursor(head)
    live = mika.track()
    event = stream.until("event")
    assert (event.id, event.json["eventId"]) == (cursor(head + 1), live["eventId"])


def test_too_large_a_replay_is_reset(mika, cursor, sql):
    """The log is made longer than the largest replay, as if 10,001 events had been missed."""
    head = mika.track()["seq"]
    sql("UPDATE event_heads SET last_seq = last_seq + 10001 WHERE workspace_id = (SELECT id FROM workspaces"
        " WHERE slug = 'acme')")  # fmt: skip
    stream = mika.listen(headers={"Last-Event-ID": cursor(head)})
    reset = stream.until("reset")
    assert reset.id == cursor(head + 10001)
    live = mika.track()
    assert stream.until("event").json["eventId"] == live["eventId"]


def test_dropped_events_are_reset(server, mika, visit, cursor, sql):
    start = mika.track()["seq"]
    track_many(mika, 10, start=9000)
    sql("DELETE FROM events WHERE seq <= %s", start + 5)
    server.kill()  # workers remember the latest events for a while
    server.start()
    mika = visit("mika")
    stream = mika.listen(headers={"Last-Event-ID": cursor(start)})
    reset = stream.until("reset")
    assert reset.id == cursor(start + 10)
    assert b"many-" not in stream.content, "half of what was missed, before the reset"
    live = mika.track()
    assert stream.until("event").json["eventId"] == live["eventId"]


def test_new_epoch_resets_open_streams(mika, sql, cursor):
    stream = mika.listen()
    stream.until("stats")
    sql("UPDATE event_heads SET epoch = 'ffffffff', last_seq = 0")
    for table in ("events", "event_ids"):
        sql(f"DELETE FROM {table}")  # noqa: S608
    reset = stream.until("reset")
    assert reset.id.startswith("ffffffff-")
    live = mika.track()
    event = stream.until("event")
    assert (event.id, event.json["eventId"]) == ("ffffffff-1", live["eventId"])
