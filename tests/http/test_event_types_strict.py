"""A strict workspace takes known event types only, and guesses what was meant."""

import pytest
from posting import BATCH, REALTIME, stored_ids


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
