"""Ends: SIGTERM says goodbye to every stream and answers what was posted; a stream that is too old ends itself."""

import signal

import gevent
import httpx
import pytest
from servers import until


def test_sigterm_says_bye_to_every_stream(make_server, visit_at):
    """Neither those who do not read, nor those who keep a connection for their next request, as browsers do."""
    server = make_server()
    visitors = [visit_at(server, "mika", worker=pid) for pid in server.worker_pids()]
    streams = [visitor.listen() for visitor in visitors for _ in range(5)]
    for stream in streams:
        stream.until("stats")
    server.stop()
    for stream in streams:
        bye = stream.rest()[-1]
        assert (bye.event, bye.json) == ("bye", {"reason": "shutdown"})
        assert 1000 <= bye.retry <= 5000


def test_sigterm_says_bye_to_generators(make_server, visit_at):
    server = make_server(workers=1, PULSE_ADOPT_CONNECTIONS="0")
    stream = visit_at(server, "mika").listen()
    stream.until("stats")
    server.stop()
    assert stream.rest()[-1].json == {"reason": "shutdown"}


def test_shutdown_stores_or_refuses_posts(make_server, visit_at, sql):
    """Posts go on until no connection is made; each success is in the log."""
    ending = make_server()
    posters = [visit_at(ending, "mika", worker=pid) for pid in ending.worker_pids()]
    acknowledged: list[str] = []

    def post_on(poster) -> None:
        for number in range(10_000):
            event_id = f"{poster.worker}-{number}"
            try:
                answer = poster.post("/api/workspaces/acme/analytics/realtime", json={
                    "eventType": "user.active", "eventId": event_id})  # fmt: skip
            except httpx.TransportError:
                return
            if answer.status_code == 200:
                acknowledged.append(event_id)
            else:
                assert answer.status_code == 503, answer.text
                assert answer.headers["Retry-After"]

    posting = [gevent.spawn(post_on, poster) for poster in posters]
    until(lambda: len(acknowledged) > 20, "some events posted")
    ending.stop()
    gevent.joinall(posting, raise_error=True, timeout=20)
    stored = {event_id for (event_id,) in sql("SELECT event_id FROM events")}
    assert set(acknowledged) <= stored


def test_interrupt_stops_the_server(make_server, visit_at):
    server = make_server(workers=1)
    visit_at(server, "mika").listen().until("stats")
    server.signal(signal.SIGINT)
    until(lambda: not server.is_running, "the end of the server")


@pytest.mark.parametrize("adopt", ["1", "0"], ids=["socket", "generator"])
def test_old_stream_ends_and_resumes(make_server, visit_at, adopt):
    server = make_server(workers=1, PULSE_MAX_CONNECTION_DURATION="1", PULSE_ADOPT_CONNECTIONS=adopt)
    mika = visit_at(server, "mika")
    stream = mika.listen()
    mika.track()
    seen = stream.until("event")
    *_, bye = stream.rest()
    assert (bye.event, bye.json, bye.id) == ("bye", {"reason": "max-duration"}, None)
    missed = mika.track()["eventId"]
    resumed = mika.listen(headers={"Last-Event-ID": seen.id})
    assert resumed.until("event").json["eventId"] == missed
