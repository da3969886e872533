"""What a token may: what its scopes and its user's role allow now, in its own workspace, until it expires."""

from datetime import UTC, datetime, timedelta

import pytest
from scripts import REALTIME, TOKENS

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
