"""A token opens what its scopes name, and says which scope is missing for the rest."""

import pytest
from scripts import EVENT, REALTIME, TOKENS

DOORS = {
    "post": ("POST", REALTIME, "events:write"),
    "snapshot": ("GET", REALTIME, "stats:read"),
    "close": ("DELETE", REALTIME, "admin"),
    "tokens": ("GET", TOKENS, "admin"),
}
OPENS = {
    "events:write": {"post"},
    "events:write-as": {"post"},
    "stats:read": {"snapshot"},
    "admin": {"post", "snapshot", "close", "tokens"},
}


@pytest.mark.parametrize("scope", OPENS)
@pytest.mark.parametrize("door", DOORS)
def test_a_scope_opens_its_doors(script, door, scope):
    method, path, needed = DOORS[door]
    answer = script(scope).open(path, method=method, json=EVENT if method == "POST" else None)
    if door in OPENS[scope]:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.mimetype, answer.get_json()) == (
            403,
            "application/problem+json",
            {
                "type": "/api/docs#FORBIDDEN",
                "title": "Your role, or your token, does not allow this",
                "status": 403,
                "code": "FORBIDDEN",
                "detail": f"This takes a token with the scope {needed}.",
            },
        )


def test_scopes_add_up(script):
    both = script("events:write", "stats:read")
    assert [both.post_event().status_code, both.get(REALTIME).status_code] == [200, 200]


@pytest.mark.parametrize(
    ("scope", "status", "kind"),
    [("stats:read", 200, "text/event-stream"), ("events:write", 403, "application/problem+json")],
)
def test_the_stream_is_for_those_who_may_read(script, scope, status, kind):
    with script(scope).get(REALTIME, headers={"Accept": "text/event-stream"}) as answer:
        assert (answer.status_code, answer.mimetype) == (status, kind)


def test_a_token_posts_as_its_user(script, cast, sql):
    assert script("events:write", of="mika").post_event().status_code == 200
    assert sql("SELECT user_id FROM events") == [(cast["mika"],)]


@pytest.mark.parametrize("scopes", [("stats:read", "events:write"), ("admin",)])
def test_a_page_is_for_people(script, scopes):
    answer = script(*scopes).get("/api/auth/me")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "AUTH_REQUIRED")
