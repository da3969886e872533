"""require_member: a foreign workspace looks like none, and a role includes the lower ones."""

import dataclasses
import uuid

import pytest
from conftest import Browser, new_browser
from sql_runner import executed

from app.auth.access import require_member
from app.extensions import db

NOT_FOUND = {
    "type": "/api/docs#NOT_FOUND",
    "title": "There is no such thing, or it is not yours",
    "status": 404,
    "code": "NOT_FOUND",
}


@pytest.fixture
def door(make_app):
    """An app whose one extra route, `/door/<workspace>/<role>`, is guarded by require_member."""
    app = make_app()

    @app.get("/door/<workspace>/<role>")
    def enter(workspace: str, role: str):
        access = dataclasses.asdict(require_member(workspace, role))
        return {key: value.hex() if isinstance(value, bytes) else str(value) for key, value in access.items()}

    return app


@pytest.fixture
def enter(door, cast):
    def by(name: str | None) -> Browser:
        browser = new_browser(door)
        if name:
            browser.sign_in(cast[name])
        return browser

    return by


def test_member_access_has_every_field(enter, cast, sql):
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    mika = enter("mika")
    [session] = sql("SELECT token_hash FROM sessions")
    assert mika.get("/door/acme/member").get_json() == {
        "user_id": str(cast["mika"]),
        "user_name": "Mika",
        "session_id": bytes(session.token_hash).hex(),
        "role": "member",
        "workspace_id": str(acme.id),
        "slug": "acme",
        "workspace_name": "Acme",
        "timezone": "UTC",
        "strict": "False",
        "addresses": "off",
        "token_id": "None",
        "scopes": "('events:write', 'stats:read', 'admin')",
    }


def test_slug_and_id_are_equivalent(enter, sql):
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    vera = enter("vera")
    by_slug = vera.get("/door/acme/viewer").get_json()
    assert vera.get(f"/door/{acme.id}/viewer").get_json() == by_slug
    assert vera.get(f"/door/{str(acme.id).upper()}/viewer").get_json() == by_slug


ROLES = ["viewer", "member", "admin", "owner"]


@pytest.mark.parametrize("own", ROLES)
@pytest.mark.parametrize("needed", ROLES)
def test_role_includes_lower_roles(enter, sql, own, needed):
    sql("UPDATE memberships SET role = :role FROM users WHERE users.id = user_id AND name = 'Mika'", role=own)
    answer = enter("mika").get(f"/door/acme/{needed}")
    if ROLES.index(own) >= ROLES.index(needed):
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.get_json()) == (
            403,
            {
                "type": "/api/docs#FORBIDDEN",
                "title": "Your role, or your token, does not allow this",
                "status": 403,
                "code": "FORBIDDEN",
                "detail": f"This takes the role {needed}; yours is {own}.",
            },
        )


MALFORMED = ["ACME", "acme ", "-", "x" * 35, "x" * 36, "x" * 5_000, "é", "%00", "%ff", "acme%00", "{id}"]


@pytest.mark.parametrize("role", ["viewer", "owner"])
def test_foreign_workspace_looks_unknown(enter, sql, role):
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    oscar = enter("oscar")
    for workspace in ["acme", str(acme.id), "no-such-place", str(uuid.uuid4()), acme.id.hex, *MALFORMED]:
        answer = oscar.get(f"/door/{workspace}/{role}")
        assert (workspace, answer.status_code, answer.get_json()) == (workspace, 404, NOT_FOUND)
        assert "Set-Cookie" not in answer.headers


def test_one_query_and_no_connection_held(door, enter):
    held = []
    with door.app_context():
        engine = db.engine

    @door.get("/long/<workspace>")
    def long_view(workspace: str):
        require_member(workspace)
        held.append(engine.pool.checkedout())
        return ""

    mika = enter("mika")
    with executed(engine) as queries:
        assert mika.get("/long/acme").status_code == 200
    assert (len(queries), held) == (1, [0])
