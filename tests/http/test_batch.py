"""POST …/batch: committed together, a result for each in order; repeats, actors, and Idempotency-Key."""

import re

import pytest
from posting import BATCH, NDJSON, ago, ndjson, post_batch, stored_ids

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def three() -> list[dict]:
    return [
        {
            "eventType": "message.sent",
            "eventId": "a",
            "eventData": {"messageId": "m"},
            "timestamp": ago(hours=2),
        },
        {"eventType": "task.created", "eventId": "b", "eventData": {"taskId": "t"}, "sessionId": "s"},
        {"eventType": "deploy.finished"},
    ]


def test_batch_is_stored_in_order(mika, sql):
    events = three()
    answer = post_batch(mika, *events)
    first, second, third = answer["events"]
    assert first == {"eventId": "a", "seq": 1, "timestamp": events[0]["timestamp"]}
    assert (second["eventId"], second["seq"]) == ("b", 2)
    assert MOMENT.fullmatch(second["timestamp"])
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}", third["eventId"])
    assert third["seq"] == 3
    assert third["timestamp"] == second["timestamp"]  # received at one moment
    assert {name: value for name, value in answer.items() if name != "events"} == {
        "success": True,
        "message": "Events tracked successfully",
        "count": 3,
        "duplicates": 0,
        "notified": 0,
    }
    assert stored_ids(sql) == ["a", "b", third["eventId"]]


@pytest.mark.parametrize("end", ["\n", "", "\n\n \r\n"])
def test_ndjson_line_endings(mika, sql, end):
    body = "\n" + ndjson(*three()[:2]).replace("\n", "\r\n\n") + '{"eventType":"deploy.finished"}' + end
    answer = mika.post(BATCH, data=body, content_type=f"{NDJSON}; charset=utf-8").get_json()
    assert [event["seq"] for event in answer["events"]] == [1, 2, 3]
    assert stored_ids(sql)[:2] == ["a", "b"]


def test_ndjson_keeps_unicode_line_ends(mika, sql):
    body = '{"eventType":"note.taken","eventData":{"text":"one\u2028two\u0085three"}}'
    assert mika.post(BATCH, data=body.encode(), content_type=NDJSON).status_code == 200
    [row] = sql("SELECT event_data FROM events")
    assert row.event_data == {"text": "one\u2028two\u0085three"}


def test_thousand_events_are_one_batch(mika, sql):
    answer = post_batch(mika, *[{"eventType": "tick.tock", "eventId": f"e{n}"} for n in range(1_000)])
    assert [event["seq"] for event in answer["events"]] == list(range(1, 1_001))
    assert stored_ids(sql) == [f"e{n}" for n in range(1_000)]
    assert [tuple(row) for row in sql("SELECT sum(count) FROM minute_counts")] == [(1_000,)]


def test_author_of_a_batch_is_the_poster(mika, sql, cast):
    post_batch(mika, *three())
    assert {row.user_id for row in sql("SELECT user_id FROM events")} == {cast["mika"]}


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


A = {"eventType": "message.sent", "eventData": {"messageId": "m-1"}}
B = {"eventType": "message.sent", "eventData": {"messageId": "m-2"}}
KEY = {"Idempotency-Key": "import-7"}


def test_ids_derive_from_key_and_position(mika, sql):
    answer = post_batch(mika, A, B | {"eventId": "own"}, A, headers=KEY)
    assert [event["eventId"] for event in answer["events"]] == ["import-7:0", "own", "import-7:2"]
    assert stored_ids(sql) == ["import-7:0", "own", "import-7:2"]


def test_repeat_gets_the_first_answer(mika, sql):
    first = post_batch(mika, A, B, headers=KEY)
    second = post_batch(mika, A, B, headers=KEY)
    assert second["events"] == [event | {"duplicate": True} for event in first["events"]]
    assert len(stored_ids(sql)) == 2


@pytest.mark.parametrize("other", [(B, A), (A,), (A, B, B)])
def test_key_with_other_events_is_refused(mika, sql, other):
    post_batch(mika, A, B, headers=KEY)
    answer = mika.post(BATCH, json={"events": other}, headers=KEY)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert len(stored_ids(sql)) == 2


@pytest.mark.parametrize("key", ["", "a b", "é", "k" * 125])
def test_invalid_key_is_refused(mika, sql, key):
    answer = mika.post(BATCH, json={"events": [A]}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"Idempotency-Key": ["Must be 1 to 124 visible ASCII characters."]}
    assert stored_ids(sql) == []


def test_longest_key_makes_longest_id(mika, sql):
    post_batch(mika, *[A] * 1_000, headers={"Idempotency-Key": "k" * 124})
    assert len(stored_ids(sql)[-1]) == 128
