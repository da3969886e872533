"""Admins list the streams of all workers and machines, and close one wherever it is."""

import contextlib
import re

import pytest
from servers import until
from visitor import PATH

CONNECTIONS = PATH.replace("realtime", "connections")
TRANSPORTS = ("socket", "generator")
ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture(scope="module")
def machines(server_of):
    """Two machines over one PostgreSQL and one Redis, by the way in which they carry streams."""
    return {way: server_of(way) for way in TRANSPORTS}


@pytest.fixture
def streams(machines, visit_at):
    """Vera's stream on each machine, past its greeting: the stream, and its `connected`."""
    opened = {way: visit_at(server, "vera").listen() for way, server in machines.items()}
    greeted = {way: (stream, stream.until("connected").json) for way, stream in opened.items()}
    for stream in opened.values():
        stream.until("stats")
    return greeted


@pytest.fixture(params=TRANSPORTS)
def olivia(request, machines, visit_at):
    """On either machine."""
    return visit_at(machines[request.param], "olivia")


def test_streams_are_listed_whole(olivia, streams, visit_at, machines):
    mika = visit_at(machines["socket"], "mika")
    answer = mika.track("user.active")
    for stream, _ in streams.values():
        stream.until("event")
    listed = olivia.get(CONNECTIONS).raise_for_status().json()
    assert listed["meta"]["count"] == 2
    by_transport = {entry.pop("transport"): entry for entry in listed["data"]}
    assert by_transport.keys() == streams.keys()
    workers = {entry.pop("worker") for entry in by_transport.values()}
    assert len(workers) == 2
    for way, (_, connected) in streams.items():
        assert re.fullmatch(ISO, connected["timestamp"])
        epoch = connected["lastEventId"].split("-")[0]
        assert by_transport[way] == {
            "connectionId": connected["connectionId"],
            "userId": visit_at(machines[way], "vera").user_id,
            "name": "Vera",
            "role": "viewer",
            "via": "session",
            "client": "A Python script",
            "address": "127.0.0.1",
            "since": connected["timestamp"],
            "lastEventId": f"{epoch}-{answer['seq']}",
            "lagEvents": 0,
            "lagSeconds": 0,
        }


@pytest.mark.parametrize("way", TRANSPORTS)
def test_one_stream_is_closed_on_any_worker(olivia, streams, way, visit_at, machines):
    stream, connected = streams.pop(way)
    closed = olivia.delete(f"{CONNECTIONS}/{connected['connectionId']}").raise_for_status().json()
    assert (closed["success"], closed["closedCount"]) == (True, 1)
    assert stream.rest()[-1].json == {"reason": "closed-by-admin"}
    [(other, _)] = streams.values()
    event_id = visit_at(machines[way], "mika").track("user.active")["eventId"]
    assert other.until("event").json["eventId"] == event_id
    until(lambda: olivia.get(CONNECTIONS).json()["meta"]["count"] == 1, "one stream listed")
    again = olivia.delete(f"{CONNECTIONS}/{connected['connectionId']}").raise_for_status().json()
    assert again["closedCount"] == 0


def test_lagging_stream_is_listed_with_its_lag(machines, visit_at):
    mika, olivia = visit_at(machines["socket"], "mika"), visit_at(machines["generator"], "olivia")
    stuck = mika.listen()
    events = [{"eventType": "user.active", "sessionId": "x" * 100} for _ in range(1000)]

    def lag() -> int:
        mika.post(f"{PATH}/batch", json={"events": events}).raise_for_status()
        [entry] = olivia.get(CONNECTIONS).json()["data"]
        assert entry["lagSeconds"] >= 0
        return entry["lagEvents"]

    with contextlib.closing(stuck):
        until(lag, "a stream that lags")
