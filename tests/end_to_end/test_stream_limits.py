"""How many streams may be open, over all workers of a server; and that nothing else waits for their places."""

import pytest
from servers import until


@pytest.mark.parametrize("adopt", ["1", "0"], ids=["socket", "generator"])
def test_full_worker_still_answers(make_server, visit_at, adopt):
    """Health, snapshots and posts go on; a further stream only says `bye`, with a time to come back."""
    server = make_server(workers=1, PULSE_MAX_STREAMS_PER_WORKER="5", PULSE_ADOPT_CONNECTIONS=adopt)
    mika = visit_at(server, "mika")
    streams = [mika.listen() for _ in range(5)]
    for stream in streams:
        stream.until("stats")
    assert_refused(mika.listen())
    assert mika.get("/healthz").status_code == mika.get("/readyz").status_code == 200
    assert mika.snapshot()["meta"]["connections"] == 5
    event_id = mika.track()["eventId"]
    assert {stream.until("event").json["eventId"] for stream in streams} == {event_id}
    streams[0].close()
    until(lambda: mika.listen().next().event == "connected", "room again")


def assert_refused(stream):
    assert stream.status == 200
    [bye] = stream.rest()
    assert (bye.event, bye.json) == ("bye", {"reason": "limit"})
    assert 5_000 <= bye.retry <= 15_000


def test_stream_limit_spans_workers(make_server, visit_at):
    server = make_server(PULSE_MAX_STREAMS_PER_USER="3")
    visitors = [visit_at(server, "mika", worker=worker) for worker in server.worker_pids()]
    streams = [visitors[number % 2].listen() for number in range(3)]
    assert {stream.next().event for stream in streams} == {"connected"}
    for visitor in visitors:
        assert_refused(visitor.listen())
    assert visit_at(server, "vera").listen().next().event == "connected"
    streams[0].close()
    until(lambda: visitors[1].listen().next().event == "connected", "room again, on the other worker too")
