"""How many streams may be open, over all workers of a server; and that nothing else waits for their places."""

import pytest
from servers import until


@pytest.mark.parametrize("adopt", ["1", "0"], ids=["socket", "generator"])
def test_all_slots_taken_is_no_reason_not_to_answer(make_server, visit_at, adopt):
    """Health, snapshots and posts go on; a further stream is refused with a time to come back."""
    server = make_server(workers=1, PULSE_MAX_STREAMS_PER_WORKER="5", PULSE_ADOPT_CONNECTIONS=adopt)
    mika = visit_at(server, "mika")
    streams = [mika.listen() for _ in range(5)]
    for stream in streams:
        stream.until("stats")
    refused = mika.listen()
    assert refused.status == 503
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert mika.get("/healthz").status_code == mika.get("/readyz").status_code == 200
    assert mika.snapshot()["meta"]["connections"] == 5
    event_id = mika.track()["eventId"]
    assert {stream.until("event").json["eventId"] for stream in streams} == {event_id}
    streams[0].close()
    until(lambda: mika.listen().status == 200, "room again")


def test_limits_count_the_streams_of_all_workers(make_server, visit_at):
    server = make_server(PULSE_MAX_STREAMS_PER_USER="3")
    visitors = [visit_at(server, "mika", worker=worker) for worker in server.worker_pids()]
    streams = [visitors[number % 2].listen() for number in range(3)]
    assert {stream.status for stream in streams} == {200}
    for visitor in visitors:
        refused = visitor.listen()
        assert refused.status == 429
        assert 0 < int(refused.headers["retry-after"]) <= 60
    assert visit_at(server, "vera").listen().status == 200
    streams[0].close()
    until(lambda: visitors[1].listen().status == 200, "room again, on the other worker too")
