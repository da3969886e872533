"""Ends: SIGTERM says goodbye to every stream and answers what was posted; a stream that is too old ends itself."""

import signal

import gevent
import pytest
from servers import until


@pytest.fixture
def ending(make_server):
    """A server that a test may end for good."""
    return make_server()


def test_at_sigterm_every_stream_hears_goodbye_and_the_server_is_gone(ending, visit_at):
    streams = [
        visit_at(ending, "mika", worker=pid).listen() for pid in ending.worker_pids() for _ in range(5)
    ]
    for stream in streams:
        stream.until("stats")
    ending.stop()
    for stream in streams:
        bye = stream.rest()[-1]
        assert (bye.event, bye.json) == ("bye", {"reason": "shutdown"})
        assert 1000 <= bye.retry <= 5000


def test_a_generators_stream_hears_goodbye_too(make_server, visit_at):
    server = make_server(PULSE_ADOPT_CONNECTIONS="0")
    stream = visit_at(server, "mika").listen()
    stream.until("stats")
    server.stop()
    assert stream.rest()[-1].json == {"reason": "shutdown"}


def test_a_client_that_keeps_its_connection_does_not_hold_the_server_up(ending, visit_at):
    """A browser keeps connections for its next request; `stop` fails if that takes as long as they may last."""
    for pid in ending.worker_pids():
        visit_at(ending, "mika", worker=pid).snapshot()
    ending.stop()


def test_a_client_that_does_not_read_does_not_hold_the_server_up(ending, visit_at):
    stream = visit_at(ending, "mika").listen()
    stream.until("stats")
    ending.stop()


def test_what_is_posted_while_the_server_ends_is_either_stored_or_refused(ending, visit_at, sql):
    """Posts go on until no connection is made; each success is in the log, and nothing else is."""
    posters = [visit_at(ending, "mika", worker=pid) for pid in ending.worker_pids()]
    acknowledged: list[str] = []

    def post_on(poster) -> None:
        for number in range(10_000):
            event_id = f"{poster.worker}-{number}"
            try:
                answer = poster.post("/api/workspaces/acme/analytics/realtime", json={
                    "eventType": "user.active", "eventId": event_id})  # fmt: skip
            except Exception:
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


def test_an_interrupt_ends_it_as_well(ending, visit_at):
    stream = visit_at(ending, "mika").listen()
    stream.until("stats")
    ending.signal(signal.SIGINT)
    until(lambda: not ending.is_running, "the end of the server")


@pytest.mark.parametrize("adopt", ["1", "0"], ids=["socket", "generator"])
def test_a_stream_that_is_too_old_ends_itself_and_can_be_resumed(make_server, visit_at, adopt):
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
