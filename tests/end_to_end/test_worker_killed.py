"""A worker dies at once, as by an out-of-memory killer: its streams are cut, nothing else is lost."""

import psutil
import pytest
from event_source import EventSource
from servers import until


@pytest.fixture
def doomed(server):
    return server.worker_pids()[0]


def test_surviving_streams_and_figures_go_on(server, visit, doomed):
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


@pytest.mark.parametrize("victims", [1, 2])
def test_killed_workers_streams_reconnect(server, visit, victims):
    """Fifteen of one user, whose limit is twenty: what has died must not count against those who come back."""
    sources = [EventSource(visit("vera")) for _ in range(15)]
    until(lambda: all(source.is_live for source in sources), "fifteen streams")
    doomed = server.worker_pids()[:victims]
    cut = [source for source in sources if server.worker_of(source.local_port) in doomed]
    for pid in doomed:
        psutil.Process(pid).kill()
    until(lambda: all(source.openings >= 2 for source in cut), "all that were cut have an answer")
    until(lambda: all(source.is_live for source in sources), "fifteen streams again")
    for source in sources:
        source.close()
    for pid in doomed:
        server.await_heir(pid)
    assert [source.final_status for source in sources] == [None] * 15
    assert not [bye.json for source in sources for bye in source.of("bye")]


def test_killed_workers_streams_are_uncounted(server, visit, doomed):
    visit("vera", worker=doomed).listen().until("stats")
    survivor = next(pid for pid in server.worker_pids() if pid != doomed)
    visit("vera", worker=survivor).listen().until("stats")
    mika = visit("mika", worker=survivor)
    server.kill_worker(doomed)
    until(lambda: mika.snapshot()["meta"]["connections"] == 1, "the living counted alone")
    assert mika.track()["notified"] == 1
