"""A token that expires: good until its moment, by the database's clock."""

from datetime import UTC, datetime, timedelta

from scripts import REALTIME


def test_before_its_moment_it_is_good(script):
    token = script("stats:read", expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert token.get(REALTIME).status_code == 200


def test_after_its_moment_it_is_refused(script):
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
