"""A batch from a server that speaks for others: each event by its own actor, all of them known, or none stored."""

import pytest
from posting import BATCH, post_batch, stored_ids


@pytest.fixture
def server(script):
    return script("events:write-as")


def test_actor_by_id_or_address(server, cast, sql):
    post_batch(
        server,
        {"eventType": "a.one", "actor": "mika@acme.test"},
        {"eventType": "a.two", "actor": str(cast["vera"])},
        {"eventType": "a.three"},
        {"eventType": "a.four", "actor": " Mika@ACME.test"},
    )
    by = {row.event_type: row.user_id for row in sql("SELECT event_type, user_id FROM events")}
    assert by == {
        "a.one": cast["mika"],
        "a.two": cast["vera"],
        "a.three": cast["olivia"],
        "a.four": cast["mika"],
    }


def test_unknown_actors_are_named(server, sql, cast):
    strangers = ["nobody@acme.test", "oscar@elsewhere.test", str(cast["oscar"]), "Mika"]
    events = [{"eventType": "a.b", "actor": actor} for actor in ["mika@acme.test", *strangers]]
    answer = server.post(BATCH, json={"events": events})
    assert answer.status_code == 422
    unknown = ["Not a member of this workspace; give a user id or an e-mail address."]
    assert answer.get_json()["errors"] == {f"events.{n}.actor": unknown for n in range(1, 5)}
    assert stored_ids(sql) == []


def test_actor_needs_its_scope(script, olivia, mika, sql):
    events = [{"eventType": "a.b"}, {"eventType": "a.b", "actor": "vera@acme.test"}]
    for person in (script("events:write"), olivia, mika):
        assert person.post(BATCH, json={"events": events}).status_code == 403
    assert stored_ids(sql) == []
