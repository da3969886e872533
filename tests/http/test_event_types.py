"""GET …/event-types: the catalogue and recent custom types; strict workspaces refuse others."""

import pytest
from posting import BATCH, REALTIME, ago, post_batch, stored_ids

from app.domain.catalogue import CATALOGUE

TYPES = "/api/workspaces/acme/analytics/event-types"


def test_known_types_with_fields_and_example(vera):
    body = vera.get(TYPES).get_json()
    known = {entry["eventType"]: entry for entry in body["data"]["known"]}
    assert list(known) == list(CATALOGUE)
    deleted = known["message.deleted"]
    assert deleted["meaning"] == CATALOGUE["message.deleted"].meaning
    assert {"name": "messageId", "required": True, "expected": "must be a string of 1 to 128 characters"} in (
        deleted["fields"]
    )
    assert body["data"]["custom"] == []
    assert body["meta"]["strict"] is False


def test_custom_types_with_count_and_last_seen(vera, mika):
    at = ago(hours=2)
    post_batch(
        mika,
        *[{"eventType": "deploy.finished", "timestamp": at}] * 2,
        {"eventType": "deploy.finished", "timestamp": ago(hours=3)},
        {"eventType": "backup.made", "timestamp": ago(hours=5)},
        {"eventType": "message.sent"},
    )
    deploy, backup = vera.get(TYPES).get_json()["data"]["custom"]
    assert deploy == {"eventType": "deploy.finished", "count": 3, "lastSeen": f"{at[:16]}:00.000Z"}
    assert (backup["eventType"], backup["count"]) == ("backup.made", 1)


def test_known_types_too(vera, mika):
    at = ago(hours=2)
    post_batch(mika, *[{"eventType": "message.sent", "timestamp": at}] * 2)
    known = {entry["eventType"]: entry for entry in vera.get(TYPES).get_json()["data"]["known"]}
    assert (known["message.sent"]["count"], known["message.sent"]["lastSeen"]) == (2, f"{at[:16]}:00.000Z")
    assert (known["call.ended"]["count"], known["call.ended"]["lastSeen"]) == (0, None)


def test_types_older_than_a_week_are_forgotten(vera, mika, sql):
    post_batch(mika, {"eventType": "old.one"}, {"eventType": "new.one"})
    sql("UPDATE minute_counts SET minute = minute - interval '7 days 2 minutes' WHERE event_type = 'old.one'")
    assert [entry["eventType"] for entry in vera.get(TYPES).get_json()["data"]["custom"]] == ["new.one"]


def test_at_most_a_hundred_the_most_frequent(vera, mika):
    post_batch(mika, *[{"eventType": f"made.up_{n}"} for n in range(150)], {"eventType": "made.up_120"})
    custom = vera.get(TYPES).get_json()["data"]["custom"]
    assert len(custom) == 100
    assert custom[0]["eventType"] == "made.up_120"


def test_other_workspaces_types_are_not_shown(oscar, mika):
    post_batch(mika, {"eventType": "secret.plan"})
    assert oscar.get(TYPES.replace("acme", "elsewhere")).get_json()["data"]["custom"] == []


@pytest.fixture
def strict(app, cast):
    def switch(*args: str) -> str:
        done = app.test_cli_runner().invoke(args=["workspace", "strict", *args])
        return f"{done.exit_code} {done.output or done.stderr}"

    return switch


def test_strict_mode_by_command(strict, mika, vera, sql):
    assert mika.post(REALTIME, json={"eventType": "deploy.finished"}).status_code == 200
    assert strict("acme", "on") == "0 acme takes known event types only.\n"
    assert mika.post(REALTIME, json={"eventType": "deploy.finished"}).status_code == 422
    assert mika.post(REALTIME, json={"eventType": "message.sent"}).status_code == 200
    types = REALTIME.replace("realtime", "event-types")
    assert vera.get(types).get_json()["meta"]["strict"] is True
    assert strict("acme", "off") == "0 acme takes custom event types too.\n"
    assert mika.post(REALTIME, json={"eventType": "deploy.finished"}).status_code == 200
    assert len(stored_ids(sql)) == 3


@pytest.mark.parametrize(
    ("wrong", "guess"),
    [
        ("mesage.sent", " Did you mean message.sent?"),
        ("message.send", " Did you mean message.sent?"),
        ("task.complete", " Did you mean task.completed?"),
        ("orchestrator.onlin", " Did you mean orchestrator.online?"),
        ("user.logged_in", " Did you mean user.login?"),
        ("weather.changed", ""),
    ],
)
def test_near_miss_is_refused_with_suggestion(strict, mika, sql, wrong, guess):
    strict("acme", "on")
    message = f"{wrong} is not a known type, and this workspace is strict.{guess}"
    alone = mika.post(REALTIME, json={"eventType": wrong})
    assert (alone.status_code, alone.get_json()["errors"]) == (422, {"eventType": [message]})
    batch = mika.post(BATCH, json={"events": [{"eventType": "user.active"}, {"eventType": wrong}]})
    assert (batch.status_code, batch.get_json()["errors"]) == (422, {"events.1.eventType": [message]})
    assert stored_ids(sql) == []


def test_strict_is_per_workspace(strict, oscar):
    strict("acme", "on")
    path = REALTIME.replace("acme", "elsewhere")
    assert oscar.post(path, json={"eventType": "deploy.finished"}).status_code == 200


def test_command_needs_workspace_and_setting(strict):
    assert strict("nowhere", "on") == "1 Error: There is no workspace nowhere.\n"
    assert strict("acme", "maybe").startswith("2 ")
