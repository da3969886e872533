"""GET …/events/<eventId>: one event with its data, for its author and for admins."""

from urllib.parse import quote

import pytest
from posting import EVENTS, ago, post_batch

DATA = {"messageId": "m-1", "note": "<b>é</b>", "n": 1.5}


@pytest.fixture
def event(mika) -> dict:
    posted = {"eventType": "message.sent", "eventId": "a", "eventData": DATA, "timestamp": ago(hours=1)}
    post_batch(mika, posted)
    return posted


def test_author_and_admin_see_the_event(mika, olivia, event, cast, sql):
    [row] = sql("SELECT received_at FROM events")
    body = mika.get(f"{EVENTS}/a").get_json()
    assert body == {
        "data": {
            "seq": 1,
            "eventId": "a",
            "eventType": "message.sent",
            "userId": str(cast["mika"]),
            "sessionId": None,
            "timestamp": event["timestamp"],
            "receivedAt": row.received_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "eventData": DATA,
        }
    }
    assert olivia.get(f"{EVENTS}/a").get_json() == body


def test_others_may_not(vera, oscar, event):
    answer = vera.get(f"{EVENTS}/a")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "FORBIDDEN")
    assert answer.get_json()["detail"] == "An event's data is for its author and for admins."
    assert oscar.get(f"{EVENTS}/a".replace("acme", "elsewhere")).status_code == 404


@pytest.mark.parametrize("unknown", ["b", "A", "a%20", "%00", "x" * 3_000, "a/b"])
def test_unknown_event_is_404(olivia, event, unknown):
    assert olivia.get(f"{EVENTS}/{unknown}").status_code == 404


@pytest.mark.parametrize("event_id", ["a/b", "a//b", "?x=1&y#z", "100%", "'=\"<>", "export/x", "~" * 128])
def test_encoded_id_of_any_characters(mika, event_id):
    post_batch(mika, {"eventType": "a.b", "eventId": event_id})
    answer = mika.get(f"{EVENTS}/{quote(event_id, safe='')}")
    assert answer.get_json()["data"]["eventId"] == event_id


def test_old_event_is_found_by_seq(olivia, event, sql):
    sql("SET LOCAL pulse.delete_event_ids = 'on'; DELETE FROM event_ids")
    assert olivia.get(f"{EVENTS}/a").status_code == 404
    assert olivia.get(f"{EVENTS}/a").get_json()["detail"].endswith("may take its number too: ?seq=")
    assert olivia.get(f"{EVENTS}/a?seq=1").get_json()["data"]["eventData"] == DATA
    assert olivia.get(f"{EVENTS}/a?seq=2").status_code == 404
    assert olivia.get(f"{EVENTS}/b?seq=1").status_code == 404


def test_server_made_id_never_expires(mika, sql):
    [event] = post_batch(mika, {"eventType": "a.b"})["events"]
    sql("SET LOCAL pulse.delete_event_ids = 'on'; DELETE FROM event_ids")
    assert mika.get(f"{EVENTS}/{event['eventId']}").get_json()["data"]["seq"] == event["seq"]
