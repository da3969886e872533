"""A token is for one workspace: of any other it learns as little as of one that does not exist."""

import uuid

import pytest
from scripts import EVENT

NOT_FOUND = {
    "type": "/api/docs#NOT_FOUND",
    "title": "There is no such thing, or it is not yours",
    "status": 404,
    "code": "NOT_FOUND",
}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("scope", ["admin", "stats:read"])
def test_what_is_not_its_own_is_not_there(script, sql, scope, method):
    token = script(scope)
    [elsewhere] = sql("SELECT id FROM workspaces WHERE slug = 'elsewhere'")
    refs = ["elsewhere", str(elsewhere.id), "no-such-place", str(uuid.uuid4()), "ACME", "%00", "x" * 5_000]
    for ref in refs:
        answer = token.open(f"/api/workspaces/{ref}/analytics/realtime", method=method, json=EVENT)
        assert (ref, answer.status_code, answer.get_json()) == (ref, 404, NOT_FOUND)


def test_token_of_other_workspace_of_its_user(script, cast, sql):
    sql(
        "INSERT INTO memberships (workspace_id, user_id, role) "
        "SELECT id, :olivia, 'owner' FROM workspaces WHERE slug = 'elsewhere'",
        olivia=cast["olivia"],
    )
    answer = script("admin").get("/api/workspaces/elsewhere/analytics/realtime")
    assert answer.status_code == 404
