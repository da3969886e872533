"""History is written whether or not anybody watches, and goes on when the worker that wrote it dies."""

import pytest
from posting import ago
from redis import Redis
from servers import until

HISTORY = "/api/workspaces/acme/analytics/history?metric=messagesToday,onlineUsers"
SAMPLES = "SELECT count(*) FROM samples AS s JOIN workspaces AS w ON w.id = workspace_id WHERE slug = %s"


@pytest.fixture
def samples(sql):
    """How many ticks of a workspace have been kept."""
    return lambda slug: sql(SAMPLES, slug)[0][0]


def test_nobody_watches_and_still_it_is_there_and_rolled_up(server, visit, samples, sql):
    mika = visit("mika")
    mika.track("message.sent")
    until(lambda: samples("acme") >= 3, "three ticks kept")
    assert samples("elsewhere") == 0, "nothing has ever happened there"
    until(lambda: sql("SELECT 1 FROM roll_ups WHERE step = 60 AND figures ? 'messagesToday'"), "a minute", 40)
    until(
        lambda: sql("SELECT 1 FROM roll_ups WHERE step = 3600 AND figures ? 'messagesToday'"), "an hour", 40
    )


def test_it_goes_on_when_the_worker_that_wrote_it_dies(server, visit, samples, environ):
    visit("mika").track("message.sent")
    until(lambda: samples("acme"), "a tick kept")
    before = server.worker_pids()
    for pid in before:  # one of them held the lease
        server.kill_worker(pid)
        count = samples("acme")
        until(lambda count=count: samples("acme") >= count + 3, "three more ticks kept")
    with Redis.from_url(environ["REDIS_URL"]) as redis:
        assert redis.get("pulse:lead:unwatched")


def test_what_is_kept_can_be_read(server, visit):
    mika = visit("mika")
    mika.track("message.sent")

    def last_known() -> object:
        answer = mika.get(f"{HISTORY}&since={ago(minutes=10)}").json()
        assert answer["meta"]["step"] == "5s"
        [messages, _online] = answer["data"]["series"]
        return next((value for value in reversed(messages["value"]) if value is not None), None)

    until(lambda: last_known(), "a figure")
