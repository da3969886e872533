"""lastUsedAt: when a token was last used, to the minute, written behind the request's back."""

import pytest
from scripts import REALTIME
from sql_runner import executed

from app.auth.state import Auth
from app.extensions import component


@pytest.fixture
def last_used(app, sql):
    """When the only token was used, once what is being written is written."""

    def read():
        component(Auth, app).last_use.join()
        [row] = sql("SELECT last_used_at FROM tokens")
        return row.last_used_at

    return read


@pytest.fixture
def writes(engine):
    """How often a use has been written."""
    with executed(engine) as statements:
        yield lambda: sum(one.startswith("UPDATE tokens SET last_used_at=now()") for one in statements)


def test_new_token_was_never_used(script, last_used):
    script("stats:read")
    assert last_used() is None


def test_use_is_recorded(script, last_used, olivia):
    token = script("stats:read")
    token.get(REALTIME)
    last_used()
    [entry] = olivia.get("/api/workspaces/acme/tokens").get_json()["data"]
    assert entry["lastUsedAt"] >= entry["createdAt"]


def test_refused_use_is_recorded(script, last_used):
    script("events:write").get(REALTIME)
    assert last_used() is not None


@pytest.mark.parametrize(("ago", "written"), [("59 seconds", 0), ("61 seconds", 1)])
def test_use_is_written_once_a_minute(script, sql, last_used, clock, writes, ago, written):
    token = script("stats:read")
    sql("UPDATE tokens SET last_used_at = now() - CAST(:ago AS interval)", ago=ago)
    before = last_used()
    for _ in range(3):
        token.get(REALTIME)
        clock.now += 0.5
        after = last_used()
    assert (writes(), after != before) == (written, written == 1)


def test_locked_row_delays_no_request(engine, script, last_used):
    token = script("stats:read")
    with engine.connect() as other:
        other.exec_driver_sql("SELECT * FROM tokens FOR UPDATE")
        assert token.get(REALTIME).status_code == 200
    assert last_used() is not None


def test_concurrent_uses_are_one_write(engine, script, last_used, clock, writes):
    token = script("stats:read")
    with engine.connect() as other:
        other.exec_driver_sql("SELECT * FROM tokens FOR UPDATE")
        for _ in range(5):
            token.get(REALTIME)
            clock.now += 0.5
    last_used()
    assert writes() == 1
