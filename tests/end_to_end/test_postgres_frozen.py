"""A PostgreSQL that freezes under a commit: posts are refused, the worker lives, and goes on when it thaws."""

from __future__ import annotations

import secrets

import acme
import gevent
import psycopg2
import pytest
from servers import until
from visitor import PATH

from launcher.postgres import Postgres

WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
HOLD = "SELECT FROM event_heads FOR UPDATE"


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """A PostgreSQL that only this module's server uses."""
    postgres = Postgres(tmp_path_factory.mktemp("frosty"))
    acme.fill(postgres.start())
    yield postgres
    postgres.thaw()
    postgres.stop()


@pytest.fixture(scope="module")
def environ(database, valkey):
    return {
        "DATABASE_URL": database.url,
        "REDIS_URL": valkey.url,
        "PULSE_SECRET_KEY": secrets.token_hex(32),
    }


@pytest.fixture(scope="module")
def shared_server(make_server):
    return make_server(workers=1)


@pytest.fixture
def busy(database):
    """Somebody else holds the heads, so that commits are caught in the middle."""
    holder = psycopg2.connect(database.url)
    holder.cursor().execute(HOLD)
    yield holder
    holder.close()


def test_posts_caught_in_it_are_refused_and_stored_once_when_they_are_sent_again(
    visit, database, busy, sql, server
):
    people = [visit("mika") for _ in range(8)]
    posts = [gevent.spawn(post, mika, f"e-{number}") for number, mika in enumerate(people)]
    until(lambda: sql(WAITING), "a commit that waits")
    database.freeze()
    try:
        gevent.joinall(posts, raise_error=True)
        for refused in (*(caught.value for caught in posts), post(people[0], "e-8")):
            assert refused.status_code == 503
            assert refused.json()["code"] in ("UNAVAILABLE", "OUTCOME_UNKNOWN")
            assert 1 <= int(refused.headers["Retry-After"]) <= 5
        assert visit().get("/healthz").status_code == 200
    finally:
        database.thaw()
    busy.rollback()
    [worker] = server.worker_pids()
    seqs = [posted_again(people[0], f"e-{number}") for number in range(9)]
    assert sorted(seqs) == list(range(1, 10))
    assert server.worker_pids() == [worker], "it went on by itself"
    assert sql("SELECT count(DISTINCT event_id), max(seq) FROM events") == [(9, 9)]


def post(visitor, event_id: str):
    return visitor.post(PATH, json={"eventType": "user.active", "eventId": event_id})


def posted_again(visitor, event_id: str) -> int:
    """The event's number, once the server takes it."""
    answers = []
    until(
        lambda: answers.append(post(visitor, event_id)) or answers[-1].status_code == 200, "posts taken again"
    )
    return answers[-1].json()["seq"]
