"""lastUsedAt: when a token was last used, to the minute, written behind the request's back."""

import pytest
from scripts import REALTIME
from sqlalchemy import event

from app.auth.state import Auth
from app.extensions import component, db


@pytest.fixture
def last_used(app, sql):
    """When the only token was used, once what is being written is written."""

    def read():
        component(Auth, app).last_use.join()
        [row] = sql("SELECT last_used_at FROM tokens")
        return row.last_used_at

    return read


@pytest.fixture
def writes(app):
    """The statements that note a use."""
    statements = []
    with app.app_context():
        engine = db.engine

    def note(*details: object) -> None:
        if details[2].startswith("UPDATE tokens SET last_used_at=now()"):
            statements.append(details[2])

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


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


@pytest.mark.parametrize(("ago", "written"), [("59 seconds", 0), ("61 seconds", 1)])
def test_it_is_written_at_most_once_a_minute(script, sql, last_used, clock, writes, ago, written):
    token = script("stats:read")
    sql("UPDATE tokens SET last_used_at = now() - CAST(:ago AS interval)", ago=ago)
    before = last_used()
    for _ in range(3):
        token.get(REALTIME)
        clock.now += 0.5
        after = last_used()
    assert (len(writes), after != before) == (written, written == 1)


def test_a_locked_row_holds_nobody_up(app, script, last_used):
    token = script("stats:read")
    with app.app_context():
        engine = db.engine
    with engine.connect() as other:
        other.exec_driver_sql("SELECT * FROM tokens FOR UPDATE")
        assert token.get(REALTIME).status_code == 200
    assert last_used() is not None


def test_many_uses_at_once_are_one_write(app, script, last_used, clock, writes):
    token = script("stats:read")
    with app.app_context():
        engine = db.engine
    with engine.connect() as other:
        other.exec_driver_sql("SELECT * FROM tokens FOR UPDATE")
        for _ in range(5):
            token.get(REALTIME)
            clock.now += 0.5
    last_used()
    assert len(writes) == 1
