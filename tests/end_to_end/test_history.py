"""History is recorded with and without streams, and continues when its worker dies."""

import time
from datetime import datetime

import psutil
import pytest
from posting import ago
from redis import Redis
from servers import until
from visitor import PATH

from app.insights.tick.collector import LEASE_TICKS

HISTORY = "/api/workspaces/acme/analytics/history?metric=messagesToday,onlineUsers"
ELSEWHERE = PATH.replace("acme", "elsewhere")
SAMPLES = (
    "SELECT at FROM samples AS s JOIN workspaces AS w ON w.id = workspace_id WHERE slug = %s ORDER BY at"
)
TICK = 0.5  # seconds


@pytest.fixture(scope="module")
def shared_server(make_server):
    return make_server(PULSE_STATS_UPDATE_INTERVAL=str(TICK))


@pytest.fixture
def samples(sql):
    """The ticks of a workspace that have been kept: when their turns began, as Unix times."""
    return lambda slug: [at.timestamp() for (at,) in sql(SAMPLES, slug)]


@pytest.fixture
def lease(sql, environ):
    """`lease("acme")`: who leads a workspace, or None, and when that ends unless it is renewed."""
    ids = dict(sql("SELECT slug, id FROM workspaces"))
    redis = Redis.from_url(environ["REDIS_URL"], decode_responses=True)

    def read(slug: str) -> tuple[str | None, float]:
        key = f"pulse:lead:{ids[slug]}"
        holder, left = redis.get(key), redis.pttl(key)
        return holder and holder.removesuffix("~"), time.time() + max(left, 0) / 1000

    yield read
    redis.close()


@pytest.fixture
def streams(server, visit):
    """A stream of `elsewhere` on each worker, by the name that the worker leads under; with the worker's pid."""
    oscars = {pid: visit("oscar@elsewhere.test", worker=pid) for pid in server.worker_pids()}
    opened = {pid: oscar.listen(path=ELSEWHERE) for pid, oscar in oscars.items()}
    ids = {stream.until("connected").json["connectionId"]: pid for pid, stream in opened.items()}
    listed = visit("oscar@elsewhere.test").get(ELSEWHERE.replace("realtime", "connections")).json()["data"]
    pids = {one["worker"]: ids[one["connectionId"]] for one in listed}
    return {worker: (pid, opened[pid]) for worker, pid in pids.items()}


def test_history_is_recorded_without_streams(visit, samples, sql):
    visit("mika").track("message.sent")
    until(lambda: len(samples("acme")) >= 3, "three ticks kept")
    assert samples("elsewhere") == [], "nothing has ever happened there"
    until(lambda: sql("SELECT 1 FROM roll_ups WHERE step = 60 AND figures ? 'messagesToday'"), "a minute", 40)


def test_gap_of_a_dead_leader_is_a_lease(server, visit, samples, lease, streams):
    """At the survivor's first tick afterwards, so that two are missing at most: see test_collector.py.

    What the survivor's stream of another workspace tells is when the survivor ticked.
    """
    visit("mika").track("message.sent")
    until(lambda: samples("acme") and lease("acme")[0] in streams, "acme led by a worker")
    leader, stream = streams.pop(lease("acme")[0])
    stream.close()
    [(heir, (_, witness))] = streams.items()
    until(lambda: lease("elsewhere")[0] == heir, "elsewhere led by the heir")
    psutil.Process(leader).kill()
    before, (_, ended) = samples("acme")[-1], lease("acme")
    assert ended <= time.time() + LEASE_TICKS * TICK
    ticked = 0.0
    while ticked < ended:
        ticked = datetime.fromisoformat(witness.until("stats").json["timestamp"]).timestamp()
    until(lambda: samples("acme")[-1] > before, "the next tick kept")
    assert min(at for at in samples("acme") if at > before) <= ticked
    server.await_heir(leader)


def test_recorded_history_is_readable(visit):
    mika = visit("mika")
    mika.track("message.sent")

    def last_known() -> object:
        answer = mika.get(f"{HISTORY}&since={ago(minutes=10)}").json()
        assert answer["meta"]["step"] == "5s"
        [messages, _online] = answer["data"]["series"]
        return next((value for value in reversed(messages["value"]) if value is not None), None)

    until(lambda: last_known(), "a figure")
