"""`actor` in a posted event: a server with events:write-as says which member it was."""

import uuid

import pytest
from scripts import EVENT, REALTIME

UNKNOWN = "Not a member of this workspace; give a user id or an e-mail address."


@pytest.fixture
def server(script):
    return script("events:write-as")


def authors(sql) -> list[uuid.UUID]:
    return [row.user_id for row in sql("SELECT user_id FROM events ORDER BY seq")]


def test_actor_by_address_or_id(server, cast, sql):
    actors = ["mika@acme.test", " Mika@ACME.test ", str(cast["vera"]), str(cast["vera"]).upper()]
    assert [server.post_event(actor=actor).status_code for actor in actors] == [200] * 4
    assert authors(sql) == [cast["mika"], cast["mika"], cast["vera"], cast["vera"]]


def test_default_actor_is_the_tokens_user(server, cast, sql):
    assert [server.post_event().status_code, server.post_event(actor=None).status_code] == [200, 200]
    assert authors(sql) == [cast["olivia"]] * 2


def test_admin_scope_includes_write_as(script, cast, sql):
    assert script("admin").post_event(actor="vera@acme.test").status_code == 200
    assert authors(sql) == [cast["vera"]]


@pytest.mark.parametrize(
    "actor",
    [
        "nobody@acme.test",
        "oscar@elsewhere.test",
        "mika",
        "Mika",
        "acme",
        str(uuid.UUID(int=1)),
        "%",
        "' OR true --",
    ],
)
def test_non_member_is_no_actor(server, sql, actor):
    for _ in range(2):  # what is unknown is not remembered as known
        answer = server.post_event(actor=actor)
        problem = answer.get_json()
        assert (answer.status_code, problem["code"]) == (422, "INVALID_EVENT")
        assert problem["errors"] == {"actor": [UNKNOWN]}
    assert authors(sql) == []


@pytest.mark.parametrize("actor", ["", 7, ["mika@acme.test"], {}, True, "x" * 5_000, "\0", "\ud800"])
def test_invalid_actor_names_the_field(server, sql, actor):
    answer = server.post_event(actor=actor)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["actor"])
    assert authors(sql) == []


def test_inactive_member_is_no_actor(server, sql):
    sql("UPDATE users SET is_active = false WHERE name = 'Mika'")
    assert server.post_event(actor="mika@acme.test").status_code == 422


def test_former_member_is_no_actor(server, sql, clock):
    assert server.post_event(actor="mika@acme.test").status_code == 200
    sql("DELETE FROM memberships USING users WHERE users.id = user_id AND name = 'Mika'")
    clock.now += 0.5
    assert server.post_event(actor="mika@acme.test").status_code == 422


def test_actor_needs_the_scope_write_as(script, sql):
    answer = script("events:write", "stats:read").post_event(actor="mika@acme.test")
    problem = answer.get_json()
    assert (answer.status_code, problem["code"], problem["detail"]) == (
        403,
        "FORBIDDEN",
        "This takes a token with the scope events:write-as.",
    )
    assert authors(sql) == []


@pytest.mark.parametrize("actor", ["mika@acme.test", "olivia@acme.test"])
def test_session_cannot_name_an_actor(olivia, sql, actor):
    answer = olivia.post(REALTIME, json=EVENT | {"actor": actor})
    assert (answer.status_code, answer.get_json()["detail"]) == (
        403,
        "This takes a token with the scope events:write-as.",
    )
    assert authors(sql) == []


def test_actor_needs_an_admins_token(server, sql):
    sql("UPDATE memberships SET role = 'member' FROM users WHERE users.id = user_id AND name = 'Olivia'")
    answer = server.post_event(actor="mika@acme.test")
    assert (answer.status_code, answer.get_json()["detail"]) == (
        403,
        "This takes the role admin; yours is member.",
    )
    assert server.post_event().status_code == 200


def test_retry_with_other_form_of_actor(server, cast):
    first = server.post_event(actor="mika@acme.test", eventId="one").get_json()
    again = server.post_event(actor=str(cast["mika"]), eventId="one").get_json()
    assert (again["seq"], again["duplicate"]) == (first["seq"], True)


def test_id_of_other_actor_is_a_conflict(server):
    server.post_event(actor="mika@acme.test", eventId="one")
    answer = server.post_event(actor="vera@acme.test", eventId="one")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")
