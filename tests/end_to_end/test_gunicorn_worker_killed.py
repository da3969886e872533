"""A worker dies at once, as by an out-of-memory killer: its streams are cut, nothing else is lost."""

import pytest
from servers import until


@pytest.fixture
def doomed(server):
    return server.worker_pids()[0]


def test_the_streams_of_the_others_go_on_and_so_do_their_figures(server, visit, doomed):
    """Also when the dead worker had been the one that computed them."""
    streams = {pid: visit("vera", worker=pid).listen() for pid in server.worker_pids()}
    for stream in streams.values():
        stream.until("stats")
    survivor = streams.pop(next(pid for pid in server.worker_pids() if pid != doomed))
    server.kill_worker(doomed)
    event_id = visit("mika").track()["eventId"]
    assert survivor.until("event").json["eventId"] == event_id
    moments = {survivor.until("stats").json["timestamp"] for _ in range(4)}
    assert len(moments) == 4


def test_its_streams_resume_elsewhere_without_a_gap(server, visit, doomed):
    mika = visit("mika")
    stream = visit("vera", worker=doomed).listen()
    mika.track()
    seen = stream.until("event")
    server.kill_worker(doomed)
    until(lambda: stream.is_cut(), "the end of the connection")
    mika = visit("mika")
    missed = [mika.track()["eventId"] for _ in range(3)]
    resumed = visit("vera").listen(headers={"Last-Event-ID": seen.id})
    assert [event.json["eventId"] for event in resumed.events(3)] == missed


def test_everything_that_was_acknowledged_is_in_the_log(server, visit, sql, doomed):
    mika = visit("mika", worker=doomed)
    acknowledged = [mika.track("user.active")["seq"] for _ in range(30)]
    server.kill_worker(doomed)
    stored = [seq for (seq,) in sql("SELECT seq FROM events ORDER BY seq")]
    assert set(acknowledged) <= set(stored)
    assert stored == list(range(1, len(stored) + 1))
    assert visit("mika").track("user.active")["seq"] == len(stored) + 1


def test_its_streams_are_counted_no_more_once_it_has_been_silent_for_long(server, visit, doomed):
    """Ten seconds; until then it may be merely slow, for all the others know."""
    visit("vera", worker=doomed).listen().until("stats")
    survivor = next(pid for pid in server.worker_pids() if pid != doomed)
    visit("vera", worker=survivor).listen().until("stats")
    mika = visit("mika", worker=survivor)
    server.kill_worker(doomed)
    until(lambda: mika.snapshot()["meta"]["connections"] == 1, "the living counted alone")
    assert mika.track()["notified"] == 1
