"""Reading events with a token: stats:read lists them, their data take admin."""

import json

import pytest
from posting import EVENTS, post_batch


@pytest.fixture(autouse=True)
def _events(mika, olivia):
    post_batch(mika, {"eventType": "message.sent", "eventId": "mikas", "eventData": {"messageId": "m"}})
    post_batch(olivia, {"eventType": "message.sent", "eventId": "olivias"})


def exported(token) -> list[dict]:
    with token.get(f"{EVENTS}/export") as answer:
        return [json.loads(line) for line in answer.data.splitlines()]


def test_read_token_sees_no_data(script):
    token = script("stats:read")
    assert len(token.get(EVENTS).get_json()["data"]) == 2
    assert ["eventData" in event for event in exported(token)] == [False, False]
    assert token.get(f"{EVENTS}/mikas").status_code == 403
    assert token.get(f"{EVENTS}/olivias").status_code == 200  # its user's own
    assert token.get(EVENTS.replace("events", "event-types")).status_code == 200


def test_admin_token_sees_the_data(script):
    token = script("admin")
    assert [event["eventData"] for event in exported(token)] == [{"messageId": "m"}, {}]
    assert token.get(f"{EVENTS}/mikas").get_json()["data"]["eventData"] == {"messageId": "m"}


def test_me_is_the_tokens_user(script):
    [mine] = script("stats:read").get(f"{EVENTS}?user=me").get_json()["data"]
    assert mine["eventId"] == "olivias"
