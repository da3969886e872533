"""Addresses and user agents of events: kept where a workspace asks, seen by its admins, forgotten with a user."""

import json

import pytest
from posting import REALTIME

from app.workspaces.personal_data import erase, lines_of

SETTINGS = "/api/workspaces/acme/settings"
EVENT = f"{REALTIME.replace('realtime', 'events')}/e-1"
BROWSER = {"User-Agent": "curl/8.0 (tests)"}


@pytest.fixture
def post(olivia, mika):
    """`post("full")`: Mika's event in a workspace that wishes this."""

    def post(wish, address="203.0.113.77", **more):
        assert olivia.patch(SETTINGS, json={"addresses": wish}).status_code == 200
        event = {"eventType": "user.active", "eventId": "e-1", **more}
        return mika.post(REALTIME, json=event, headers=BROWSER, environ_base={"REMOTE_ADDR": address})

    return post


def sender(client) -> tuple | None:
    data = client.get(EVENT).get_json()["data"]
    return (data["address"], data["userAgent"]) if "address" in data else None


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        ("off", None),
        ("truncated", ("203.0.113.0", "curl/8.0 (tests)")),
        ("full", ("203.0.113.77", "curl/8.0 (tests)")),
    ],
)
def test_sender_is_stored_as_configured(post, olivia, mika, wish, kept):
    assert post(wish).status_code == 200
    assert sender(olivia) == kept
    assert sender(mika) is None


@pytest.mark.parametrize("address", ["::ffff:203.0.113.77", "203.0.113.77:51234"])
def test_full_address_is_kept_in_one_spelling(post, olivia, address):
    assert post("full", address).status_code == 200
    assert sender(olivia)[0] == "203.0.113.77"


def test_retry_from_elsewhere_is_a_repeat(post, mika, olivia):
    post("full")
    again = mika.post(REALTIME, json={"eventType": "user.active", "eventId": "e-1"}).get_json()
    assert again["duplicate"] is True
    assert sender(olivia)[0] == "203.0.113.77"


def test_sender_is_not_in_lists_or_streams(post, olivia):
    with olivia.get(REALTIME, headers={"Accept": "text/event-stream"}) as stream:
        frames = iter(stream.response)
        next(frames)
        post("full")
        text = next(frames).decode()
    text += olivia.get(EVENT.removesuffix("/e-1")).text
    assert "203.0.113" not in text
    assert "curl/8.0" not in text


def test_sender_is_in_personal_data(app, post, olivia, cast):
    post("full")
    with app.app_context():
        lines = [json.dumps(dict(line), default=str) for line in lines_of(cast["mika"])]
        assert sum('"address": "203.0.113.77"' in line for line in lines) == 1
        erase(cast["mika"])
    assert sender(olivia) is None
