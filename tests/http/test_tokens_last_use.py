"""lastUsedAt: when a token was last used, to the minute, written behind the request's back."""

import pytest
from scripts import REALTIME
from sqlalchemy import event

from app.auth.service import NAME
from app.extensions import db


@pytest.fixture
def last_used(app, sql):
    """When the only token was used, once what is being written is written."""

    def read():
        app.extensions[NAME].last_use.join()
        [row] = sql("SELECT last_used_at FROM tokens")
        return row.last_used_at

    return read


def test_a_new_token_was_never_used(script, last_used):
    script("stats:read")
    assert last_used() is None


def test_a_use_is_noted(script, last_used, olivia):
    token = script("stats:read")
    token.get(REALTIME)
    last_used()
    [entry] = olivia.get("/api/workspaces/acme/tokens").get_json()["data"]
    assert entry["lastUsedAt"] >= entry["createdAt"]


def test_a_use_that_was_refused_is_a_use(script, last_used):
    script("events:write").get(REALTIME)
    assert last_used() is not None


@pytest.mark.parametrize(("ago", "written"), [("59 seconds", False), ("61 seconds", True)])
def test_it_is_written_at_most_once_a_minute(script, sql, last_used, clock, ago, written):
    token = script("stats:read")
    sql("UPDATE tokens SET last_used_at = now() - CAST(:ago AS interval)", ago=ago)
    before = last_used()
    for _ in range(3):
        token.get(REALTIME)
        clock.now += 0.5
    assert (last_used() != before) is written


def test_a_locked_row_holds_nobody_up(app, script, last_used):
    token = script("stats:read")
    with app.app_context():
        engine = db.engine
    with engine.connect() as other:
        other.exec_driver_sql("SELECT * FROM tokens FOR UPDATE")
        assert token.get(REALTIME).status_code == 200
    assert last_used() is not None


def test_many_uses_at_once_are_one_write(app, script, sql, last_used, clock):
    with app.app_context():
        engine = db.engine
    written = []

    def note(*details: object) -> None:
        if details[2].startswith("UPDATE tokens"):
            written.append(details[2])

    token = script("stats:read")
    event.listen(engine, "before_cursor_execute", note)
    try:
        with engine.connect() as other:
            other.exec_driver_sql("SELECT * FROM tokens FOR UPDATE")
            for _ in range(5):
                token.get(REALTIME)
                clock.now += 0.5
        last_used()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(written) == 1
