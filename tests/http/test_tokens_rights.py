"""What a token may: its scopes and role now, its expiry, its last use, and the cache of look-ups."""

from datetime import UTC, datetime, timedelta

import pytest
from scripts import REALTIME, TOKENS
from sql_runner import executed

from app.auth.state import Auth
from app.extensions import component

NOT_VALID = "There is no such token: it is mistyped, expired or revoked."


@pytest.fixture
def demote(sql):
    """`demote("Olivia", "member")`: from now on that is the role."""
    return lambda name, role: sql(
        "UPDATE memberships SET role = :role FROM users WHERE users.id = user_id AND name = :name",
        role=role,
        name=name,
    )


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        ("owner", [200, 200, 200]),
        ("admin", [200, 200, 200]),
        ("member", [200, 200, 403]),
        ("viewer", [200, 403, 403]),
    ],
)
def test_current_role_counts(script, demote, role, opens):
    token = script("admin")
    demote("Olivia", role)
    answers = [token.get(REALTIME), token.post_event(), token.get(TOKENS)]
    assert [answer.status_code for answer in answers] == opens


def test_demotion_reaches_token_in_use(script, demote, clock):
    token = script("admin")
    assert token.get(TOKENS).status_code == 200
    demote("Olivia", "viewer")
    clock.now += 0.5
    assert [token.get(TOKENS).status_code, token.post_event().status_code] == [403, 403]


def test_promotion_widens_no_scopes(script, demote):
    token = script("stats:read", of="vera")
    demote("Vera", "owner")
    assert [token.get(REALTIME).status_code, token.post_event().status_code] == [200, 403]


def refused(token) -> bool:
    answer = token.get(REALTIME)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="pulse", error="invalid_token"'
    return (answer.status_code, answer.get_json()["detail"]) == (401, NOT_VALID)


def test_removal_revokes_tokens(script, sql):
    token = script("stats:read", of="vera")
    sql("DELETE FROM memberships USING users WHERE users.id = user_id AND name = 'Vera'")
    assert refused(token)
    assert sql("SELECT * FROM tokens") == []


def test_removal_reaches_token_in_use(script, sql, clock):
    token = script("stats:read", of="vera")
    assert token.get(REALTIME).status_code == 200
    sql("DELETE FROM memberships USING users WHERE users.id = user_id AND name = 'Vera'")
    clock.now += 0.5
    assert refused(token)


def test_deactivated_user_has_no_tokens(script, sql):
    token = script("stats:read", of="vera")
    sql("UPDATE users SET is_active = false WHERE name = 'Vera'")
    assert refused(token)
    sql("UPDATE users SET is_active = true WHERE name = 'Vera'")
    assert token.get(REALTIME).status_code == 200


def test_rejoining_restores_no_token(script, sql, cast):
    token = script("stats:read", of="vera")
    sql("DELETE FROM memberships WHERE user_id = :vera", vera=cast["vera"])
    sql(
        "INSERT INTO memberships (workspace_id, user_id, role) SELECT id, :vera, 'owner' FROM workspaces",
        vera=cast["vera"],
    )
    assert refused(token)


def test_deleted_user_has_no_tokens(script, sql):
    token = script("stats:read", of="vera")
    sql("DELETE FROM users WHERE name = 'Vera'")
    assert refused(token)


def test_token_of_other_workspace_of_its_user(script, cast, sql):
    sql(
        "INSERT INTO memberships (workspace_id, user_id, role) "
        "SELECT id, :olivia, 'owner' FROM workspaces WHERE slug = 'elsewhere'",
        olivia=cast["olivia"],
    )
    answer = script("admin").get("/api/workspaces/elsewhere/analytics/realtime")
    assert answer.status_code == 404


def test_expired_token_is_refused(script):
    token = script("stats:read", expires_at=datetime.now(UTC) - timedelta(seconds=1))
    answer = token.get(REALTIME)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="pulse", error="invalid_token"',
    )


def test_expiry_of_a_token_in_use(script, sql, clock):
    token = script("stats:read", expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert token.get(REALTIME).status_code == 200
    sql("UPDATE tokens SET expires_at = now()")
    clock.now += 0.5
    assert token.get(REALTIME).status_code == 401


def test_expired_token_stays_listed(script, olivia):
    script("stats:read", expires_at=datetime.now(UTC) - timedelta(days=1))
    assert len(olivia.get("/api/workspaces/acme/tokens").get_json()["data"]) == 1


def test_missing_scope_is_named(script):
    answer = script("stats:read").post_event()
    assert (answer.status_code, answer.mimetype, answer.get_json()) == (
        403,
        "application/problem+json",
        {
            "type": "/api/docs#FORBIDDEN",
            "title": "Your role, or your token, does not allow this",
            "status": 403,
            "code": "FORBIDDEN",
            "detail": "This takes a token with the scope events:write.",
        },
    )
    challenge = 'Bearer realm="pulse", error="insufficient_scope", scope="events:write"'
    assert answer.headers["WWW-Authenticate"] == challenge


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


@pytest.fixture
def look_ups(engine):
    """`look_ups()`: how many statements have asked who a user is since the last call."""
    with executed(engine) as seen:

        def count() -> int:
            found = sum(one.startswith("SELECT") and "memberships" in one for one in seen)
            seen.clear()
            return found

        yield count


def test_token_look_ups_are_cached(script, clock, look_ups):
    token = script("events:write")
    look_ups()
    for _ in range(100):
        assert token.post_event().status_code == 200
        clock.now += 1 / 512
    assert look_ups() == 1


def test_actor_look_ups_are_cached(script, clock, look_ups):
    token = script("events:write-as")
    look_ups()
    for _ in range(10):
        assert token.post_event(actor="mika@acme.test").status_code == 200
    assert look_ups() == 2


def test_each_token_is_looked_up(script, clock, look_ups):
    reader, writer = script("stats:read"), script("events:write")
    look_ups()
    assert [reader.get(REALTIME).status_code, writer.get(REALTIME).status_code] == [200, 403]
    assert look_ups() == 2


def test_sessions_are_not_remembered(mika, look_ups):
    look_ups()
    for _ in range(3):
        mika.get(REALTIME)
    assert look_ups() == 3
