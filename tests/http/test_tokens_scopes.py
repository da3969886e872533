"""A token opens what its scopes name, and says which scope is missing for the rest."""

from scripts import REALTIME


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


def test_scopes_add_up(script):
    both = script("events:write", "stats:read")
    assert [both.post_event().status_code, both.get(REALTIME).status_code] == [200, 200]


def test_a_token_posts_as_its_user(script, cast, sql):
    assert script("events:write", of="mika").post_event().status_code == 200
    assert sql("SELECT user_id FROM events") == [(cast["mika"],)]
