"""Redis killed or frozen: events still come once, in order; streams get `degraded` and `recovered`."""

import pytest
from servers import until
from visitor import PATH

from launcher.valkey import Valkey


@pytest.fixture(scope="module")
def doorbell(tmp_path_factory):
    """A Valkey that only this module's server uses, and that its tests may stop."""
    valkey = Valkey(tmp_path_factory.mktemp("doorbell"))
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture(scope="module")
def shared_server(make_server, doorbell):
    return make_server(REDIS_URL=doorbell.url)


@pytest.fixture(scope="module", params=["socket", "generator"])
def either_server(request, make_server, shared_server, doorbell):
    if request.param == "socket":
        return shared_server
    return make_server(REDIS_URL=doorbell.url, PULSE_ADOPT_CONNECTIONS="0")


@pytest.fixture(autouse=True)
def there_again(doorbell, server, visit):
    """Every test begins and ends with a Redis that is there, and with workers that know it."""
    yield
    doorbell.thaw()
    doorbell.start()
    until(lambda: visit().get("/readyz").json()["status"] == "ready", "Redis known to be back")


def gone(doorbell, how: str) -> None:
    doorbell.kill() if how == "killed" else doorbell.freeze()


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_events_arrive_without_redis(server, visit, doorbell, how):
    first, second = server.worker_pids()
    stream = visit("vera", worker=second).listen()
    stream.until("stats")
    gone(doorbell, how)
    mika = visit("mika", worker=first)
    event_ids = [mika.track("user.active")["eventId"] for _ in range(3)]
    assert [event.json["eventId"] for event in stream.events(3)] == event_ids
    assert stream.until("stats"), "figures go on"


def test_stream_says_degraded_and_recovered(server, visit, doorbell):
    stream = visit("vera").listen()
    stream.until("stats")
    doorbell.kill()
    degraded = stream.until("degraded")
    assert degraded.json["reason"] == "bus"
    doorbell.start()
    assert stream.until("recovered").json["timestamp"]
    event_id = visit("mika").track("user.active")["eventId"]
    assert stream.until("event").json["eventId"] == event_id


def test_stream_without_redis_is_degraded(server, visit, doorbell):
    watchers = {worker: visit("vera", worker=worker).listen() for worker in server.worker_pids()}
    doorbell.kill()
    for worker, watcher in watchers.items():
        watcher.until("degraded")
        mika = visit("mika", worker=worker)
        stream = mika.listen()
        seen: list[str] = []
        while "degraded" not in seen:
            seen.append(stream.next().event)
        assert [name for name in seen if name != "ping"] == ["connected", "stats", "degraded"]
        last = mika.track("user.active")
        # It may begin a little before what the other worker has just stored, but it leaves nothing out.
        numbers = [int(stream.until("event").id.split("-")[1])]
        while numbers[-1] < last["seq"]:
            numbers.append(int(stream.until("event").id.split("-")[1]))
        assert numbers == list(range(numbers[0], last["seq"] + 1))


def test_worker_without_redis_is_degraded(server, visit, doorbell):
    mika = visit("mika", worker=server.worker_pids()[0])
    stream = mika.listen()
    stream.until("stats")
    doorbell.kill()
    until(lambda: mika.get("/readyz").json()["status"] == "degraded", "word of the trouble")
    answer = mika.get("/readyz")
    assert answer.status_code == 200
    checks = answer.json()["checks"]
    assert checks.pop("bus") == "Redis is not answering: PostgreSQL is polled"
    assert set(checks.values()) == {"ok"}
    assert mika.track("user.active")["notified"] == 1
    assert mika.snapshot()["meta"]["connections"] == 1
    assert visit("olivia", worker=mika.worker).delete(PATH).json()["closedCount"] == 1
    assert stream.rest()[-1].json == {"reason": "closed-by-admin"}


def test_server_starts_without_redis(make_server, visit_at, tmp_path):
    valkey = Valkey(tmp_path / "late")
    valkey.start()
    valkey.kill()
    server = make_server(REDIS_URL=valkey.url)
    streams = [visit_at(server, "vera", worker=worker).listen() for worker in server.worker_pids()]
    event_id = visit_at(server, "mika").track("user.active")["eventId"]
    for stream in streams:
        assert stream.until("event").json["eventId"] == event_id
    valkey.start()
    try:
        until(lambda: visit_at(server).get("/readyz").json()["status"] == "ready", "Redis found")
        mika = visit_at(server, "mika")
        until(lambda: mika.track("user.active")["notified"] == 2, "both streams counted")
        for stream in streams:
            stream.close()
        server.stop()
    finally:
        valkey.stop()


def test_freeze_and_thaw_deliver_each_once(either_server, visit_at, doorbell):
    posters = [visit_at(either_server, "mika", worker=worker) for worker in either_server.worker_pids()]
    streams = [
        visit_at(either_server, "vera", worker=worker).listen() for worker in either_server.worker_pids()
    ]
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
        while not all("degraded" in names for names in seen):
            post_on_both(1)
            for names, stream in zip(seen, streams, strict=True):
                names += read_on(stream)
        post_on_both(20)
    finally:
        doorbell.thaw()
    while not all("recovered" in names for names in seen):
        post_on_both(1)
        for names, stream in zip(seen, streams, strict=True):
            names += read_on(stream)
    post_on_both(3)
    for names, stream in zip(seen, streams, strict=True):
        while posted[-1] not in names:
            names += read_on(stream)
        assert [one for one in names if one in set(posted)] == posted
        assert [one for one in names if one in ("degraded", "recovered")] == ["degraded", "recovered"]
        assert "reset" not in names


def read_on(stream) -> list[str]:
    """The next frame: an event's id, or else its name."""
    frame = stream.next()
    return [frame.json["eventId"] if frame.event == "event" else frame.event]


def test_worker_starts_with_frozen_redis(either_server, visit_at, doorbell):
    doorbell.freeze()
    try:
        killed = either_server.kill_worker()
        for worker in either_server.worker_pids():
            mika = visit_at(either_server, "mika", worker=worker)
            stream = mika.listen()
            event_id = mika.track("user.active")["eventId"]
            assert stream.until("event").json["eventId"] == event_id
            assert worker != killed
    finally:
        doorbell.thaw()
    until(
        lambda: visit_at(either_server).get("/readyz").json()["status"] == "ready", "Redis known to be back"
    )
