"""POST …/batch: the events are committed together, and the answer has a result for each, in order."""

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
