"""Marks that annotations derive: changes of custom metrics and of the timezone, events of the chosen types."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from posting import post_batch

from app.domain.instants import iso, to_millisecond

NOTES = "/api/workspaces/acme/analytics/annotations"
CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
SETTINGS = "/api/workspaces/acme/settings"
METRIC = {"name": "deploys", "aggregate": "count", "types": ["deploy.finished"], "window": "1h"}
NOTHING = {"id": None, "until": None, "url": None, "tags": [], "userId": None, "tokenId": None}


def marks(client, query: str = "") -> list[dict]:
    answer = client.get(f"{NOTES}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()["data"]


def test_changes_are_marks(olivia, vera):
    olivia.post(CUSTOM, json=METRIC)
    for change in ({"title": "Deploys"}, {"window": "24h", "types": []}, {"paused": True}, {"paused": False}):
        assert olivia.patch(f"{CUSTOM}/deploys", json=change).status_code == 200
    olivia.delete(f"{CUSTOM}/deploys")
    olivia.patch(SETTINGS, json={"name": "Acme & Co"})
    olivia.patch(SETTINGS, json={"timezone": "Europe/Berlin"})
    found = marks(vera)
    assert [mark.pop("text") for mark in found] == [
        "The metric deploys was created.",
        "The metric deploys changed: its event types, its window.",
        "The metric deploys was paused.",
        "The metric deploys was resumed.",
        "The metric deploys was removed.",
        "The timezone changed from UTC to Europe/Berlin.",
    ]
    about = {"kind": "metric", "metric": "custom.deploys"}
    assert [{name: mark[name] for name in mark if name != "at"} for mark in found] == [
        *[NOTHING | about] * 5,
        NOTHING | {"kind": "timezone"},
    ]
    assert marks(vera, "tag=web") == []
    assert marks(vera, "until=2026-01-01") == []


TYPES = ("deploy.finished", "task.failed", "message.sent")
NOW = to_millisecond(datetime.now(UTC))


@pytest.fixture
def posted(mika, olivia):
    """Sixty events of the last three hours, several a minute and some at its very edges; by number."""
    events = []
    for number in range(60):
        at = NOW - timedelta(minutes=(number * 7) % 180, seconds=(number * 13) % 60)
        if number % 5 == 0:
            at = at.replace(second=0, microsecond=0)
        data = {"taskId": f"t{number}", "error": "secret"} if TYPES[number % 3] == "task.failed" else {}
        events.append(
            {"eventType": TYPES[number % 3], "eventData": data, "timestamp": iso(at), "eventId": f"e{number}"}
        )
    post_batch(mika, *events)
    return events


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    since=st.integers(0, 200),
    length=st.integers(1, 200),
    second=st.integers(0, 59),
    chosen=st.sets(st.sampled_from(TYPES)),
)
def test_events_of_chosen_types_are_marks(olivia, vera, posted, cast, since, length, second, chosen):
    assert olivia.patch(SETTINGS, json={"markTypes": sorted(chosen)}).status_code == 200
    start = NOW - timedelta(minutes=since, seconds=second)
    first, last = iso(start), iso(start + timedelta(minutes=length))
    expected = sorted(
        (event["timestamp"], event["eventId"])
        for event in posted
        if event["eventType"] in chosen and first <= event["timestamp"] < last
    )
    found = [
        mark for mark in marks(vera, f"since={quote(first)}&until={quote(last)}") if mark["kind"] == "event"
    ]
    assert sorted((mark["at"], mark["event"]["eventId"]) for mark in found) == expected
    assert [mark["at"] for mark in found] == sorted(mark["at"] for mark in found)


def test_mark_of_an_event_leads_to_it(olivia, vera, posted, cast):
    olivia.patch(SETTINGS, json={"markTypes": ["task.failed", "deploy.finished"]})
    found = {mark["event"]["eventId"]: mark for mark in marks(vera)}
    assert len(found) == 40
    event = {"seq": 2, "eventId": "e1", "eventType": "task.failed", "taskId": "t1"}
    usual = {"kind": "event", "text": "task.failed", "userId": str(cast["mika"])}
    assert found["e1"] == NOTHING | usual | {"at": posted[1]["timestamp"], "event": event}
    assert found["e0"]["event"] == {"seq": 1, "eventId": "e0", "eventType": "deploy.finished"}


def test_many_events_are_cut(olivia, mika, vera):
    post_batch(mika, *[{"eventType": "deploy.finished"}] * 230)
    olivia.patch(SETTINGS, json={"markTypes": ["deploy.finished"]})
    answer = vera.get(NOTES).get_json()
    assert answer["meta"]["isComplete"] is False
    assert [mark["event"]["seq"] for mark in answer["data"]] == list(range(31, 231)), "the latest"


def test_wrong_types_are_named(olivia):
    for types, field in (
        (["Deploy"], "markTypes.0"),
        ([f"a.b{n}" for n in range(21)], "markTypes"),
        (["a.b", "a.b"], "markTypes"),
        ("a.b", "markTypes"),
        (None, "markTypes"),
    ):
        answer = olivia.patch(SETTINGS, json={"markTypes": types})
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_types_are_set_on_the_page(olivia):
    form = {"name": "Acme", "timezone": "UTC", "addresses": "off"}
    saved = olivia.post("/w/acme/settings", data=form | {"markTypes": " task.failed,deploy.finished  a.b,"})
    assert saved.status_code == 303
    assert olivia.get(SETTINGS).get_json()["markTypes"] == ["task.failed", "deploy.finished", "a.b"]
    assert 'value="task.failed, deploy.finished, a.b"' in olivia.get("/w/acme/settings").text
    wrong = olivia.post("/w/acme/settings", data=form | {"markTypes": "task.failed, Deploy"})
    assert wrong.status_code == 422
    assert 'value="task.failed, Deploy"' in wrong.text
    assert 'id="markTypes-error"' in wrong.text
    olivia.post("/w/acme/settings", data=form)
    assert len(olivia.get(SETTINGS).get_json()["markTypes"]) == 3, "a form of before has no such field"
    olivia.post("/w/acme/settings", data=form | {"markTypes": ""})
    assert olivia.get(SETTINGS).get_json()["markTypes"] == []
