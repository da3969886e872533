"""Two workers behave as one: what is posted to either reaches the streams of both, and counts are of both."""

import json
import re

import pytest
from posting import EVENTS
from servers import until
from visitor import PATH

from .conftest import BOTH_TRANSPORTS


@pytest.fixture
def streams(server, visit):
    """A stream on each worker, past its greeting."""
    opened = [visit("vera", worker=worker).listen() for worker in server.worker_pids()]
    assert [server.worker_of(stream.local_port) for stream in opened] == server.worker_pids()
    for stream in opened:
        stream.until("stats")
    return opened


@pytest.mark.parametrize("poster", [0, 1])
def test_event_reaches_streams_of_both_workers(server, visit, streams, poster):
    mika = visit("mika", worker=server.worker_pids()[poster])
    answer = mika.track("message.sent", {"messageId": "m-1"})
    assert answer["notified"] == 2
    first, second = (stream.until("event") for stream in streams)
    assert first.raw == second.raw
    assert first.json["eventId"] == answer["eventId"]


@BOTH_TRANSPORTS
def test_all_ways_say_what_events_are_about(server, visit, streams):
    """Live on the worker that was posted to and by the bus, resumed, in pages of the log, in the page's data."""
    mika = visit("mika", worker=server.worker_pids()[0])
    about = {"channelId": "général", "orchestratorId": "o-1"}
    seq = mika.track("file.uploaded", about | {"name": "secret"})["seq"]
    vera = visit("vera")
    pushed = [stream.until("event") for stream in streams]
    before = pushed[0].id.replace(f"-{seq}", f"-{seq - 1}")
    resumed = vera.listen(headers={"Last-Event-ID": before}).until("event")
    told = [frame.json for frame in (*pushed, resumed)]
    [listed] = vera.get(f"{EVENTS}?after={seq - 1}").json()["data"]
    told.append({name: listed[name] for name in listed.keys() - {"seq", "sessionId"}})
    block = re.search(r'id="page-data">(.*?)</script>', vera.get("/w/acme").text, re.DOTALL)
    told.append(json.loads(block[1])["events"][-1])
    assert told == [told[0]] * 5
    usual = {"eventType", "userId", "timestamp", "eventId"}
    assert {name: told[0][name] for name in told[0].keys() - usual} == about


def test_note_reaches_streams_of_both_workers(server, visit, streams):
    for worker in server.worker_pids():
        mika = visit("mika", worker=worker)
        answer = mika.post(PATH.replace("realtime", "annotations"), json={"text": "Release 7"})
        made = {name: value for name, value in answer.json()["data"].items() if name != "mayChange"}
        for stream in streams:
            assert stream.until("annotation").json == {"change": "created", "annotation": made}


def test_streams_are_counted_over_both_workers(server, visit, streams):
    for worker in server.worker_pids():
        mika = visit("mika", worker=worker)
        assert mika.snapshot()["meta"]["connections"] == 2
        assert mika.track()["notified"] == 2
    streams[0].close()
    for worker in server.worker_pids():
        mika = visit("mika", worker=worker)
        until(lambda mika=mika: mika.snapshot()["meta"]["connections"] == 1, "one stream counted")
        until(lambda mika=mika: mika.track()["notified"] == 1, "one stream notified")


def test_tick_is_computed_once(streams):
    first, second = ([stream.until("stats").raw for _ in range(5)] for stream in streams)
    # One may have missed the other's first tick while it was being read.
    assert len(set(first) & set(second)) >= 4


@pytest.mark.parametrize("closer", [0, 1])
def test_close_all_reaches_both_workers(server, visit, streams, oscar, closer):
    bystander = oscar.listen(path=PATH.replace("acme", "elsewhere"))
    olivia = visit("olivia", worker=server.worker_pids()[closer])
    answer = olivia.delete(PATH)
    assert answer.status_code == 200
    assert {**answer.json(), "timestamp": ""} == {
        "success": True,
        "message": "Connections closed",
        "closedCount": 2,
        "timestamp": "",
    }
    for stream in streams:
        bye = stream.rest()[-1]
        assert (bye.event, bye.json) == ("bye", {"reason": "closed-by-admin"})
    assert olivia.delete(PATH).json()["closedCount"] == 0
    assert bystander.until("stats"), "streams of other workspaces go on"


def test_stream_after_close_all_lives(server, visit, streams):
    visit("olivia").delete(PATH)
    for worker in server.worker_pids():
        mika = visit("mika", worker=worker)
        stream = mika.listen()
        event_id = mika.track()["eventId"]
        assert stream.until("event").json["eventId"] == event_id
