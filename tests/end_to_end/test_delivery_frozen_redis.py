"""A Redis that freezes and thaws: posts go on, streams are told, and no event is lost or doubled on the way."""

import pytest
from servers import until

from launcher.valkey import Valkey


@pytest.fixture(scope="module")
def doorbell(tmp_path_factory):
    """A Valkey that only this module's server uses."""
    valkey = Valkey(tmp_path_factory.mktemp("doorbell"))
    valkey.start()
    yield valkey
    valkey.thaw()
    valkey.stop()


@pytest.fixture(scope="module", params=["1", "0"], ids=["socket", "generator"])
def shared_server(make_server, doorbell, request):
    return make_server(REDIS_URL=doorbell.url, PULSE_ADOPT_CONNECTIONS=request.param)


def test_from_before_the_frost_to_after_the_thaw_every_event_comes_once_and_in_order(server, visit, doorbell):
    posters = [visit("mika", worker=worker) for worker in server.worker_pids()]
    streams = [visit("vera", worker=worker).listen() for worker in server.worker_pids()]
    for stream in streams:
        stream.until("stats")
    posted: list[str] = []

    def post_on_both(times: int) -> None:
        for _ in range(times):
            posted.extend(poster.track("user.active")["eventId"] for poster in posters)

    seen = [read_on(stream) for stream in streams]
    post_on_both(3)
    doorbell.freeze()
    try:
        while not all("degraded" in told for told in seen):
            post_on_both(1)
            for told, stream in zip(seen, streams, strict=True):
                told += read_on(stream)
        post_on_both(20)
    finally:
        doorbell.thaw()
    while not all("recovered" in told for told in seen):
        post_on_both(1)
        for told, stream in zip(seen, streams, strict=True):
            told += read_on(stream)
    post_on_both(3)
    for told, stream in zip(seen, streams, strict=True):
        while posted[-1] not in told:
            told += read_on(stream)
        assert [one for one in told if one in set(posted)] == posted
        assert [one for one in told if one in ("degraded", "recovered")] == ["degraded", "recovered"]
        assert "reset" not in told


def read_on(stream) -> list[str]:
    """The next frame: an event's id, or else its name."""
    frame = stream.next()
    return [frame.json["eventId"] if frame.event == "event" else frame.event]


def test_a_worker_that_starts_while_it_is_frozen_serves(server, visit, doorbell):
    doorbell.freeze()
    try:
        killed = server.kill_worker()
        for worker in server.worker_pids():
            mika = visit("mika", worker=worker)
            stream = mika.listen()
            event_id = mika.track("user.active")["eventId"]
            assert stream.until("event").json["eventId"] == event_id
            assert worker != killed
    finally:
        doorbell.thaw()
    until(lambda: visit().get("/readyz").json()["status"] == "ready", "Redis known to be back")
