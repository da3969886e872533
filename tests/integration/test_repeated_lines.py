"""An outage of Redis or PostgreSQL is one log line, not one for each greenlet that meets it."""

from __future__ import annotations

import logging

import gevent
import pytest


@pytest.mark.parametrize(
    ("setting", "form", "said"),
    [
        ("REDIS_URL", "unix://{}", "redis away: "),
        ("DATABASE_URL", "postgresql:///x?host={}", "database away: "),
    ],
)
def test_outage_is_one_log_line(make_app, cast, tmp_path, caplog, setting, form, said):
    place = tmp_path / "nowhere"  # a name of its own: what other tests met is logged already
    app = make_app(**{setting: form.format(place)}, PULSE_STATS_UPDATE_INTERVAL="0.1")
    worker = app.extensions["pulse"]
    client = app.test_client()
    with caplog.at_level(logging.WARNING, "app"):
        worker.start()
        for _ in range(3):  # requests that meet it are counted, not logged one by one
            client.post("/api/auth/login", json={"email": "mika@acme.test", "password": "wrong"})
        gevent.sleep(3)
        worker.stop()
    # The line of each request is not about the outage.
    lines = [record.getMessage() for record in caplog.records if record.name != "app.http.request_log"]
    [line] = [line for line in lines if line.startswith(said)]
    assert str(place) in line, "its own words"
    assert len([line for line in lines if str(place) in line]) <= 2, lines  # the bus says so for itself


def test_requests_add_no_line_each(make_app, tmp_path, caplog):
    client = make_app(DATABASE_URL=f"postgresql:///x?host={tmp_path}/nowhere").test_client()
    with caplog.at_level(logging.WARNING, "app"):
        for _ in range(5):
            answer = client.post("/api/auth/login", json={"email": "mika@acme.test", "password": "wrong"})
            assert (answer.status_code, answer.get_json()["code"]) == (503, "UNAVAILABLE")
    [line] = [text for text in caplog.messages if "database away" in text]
    assert "No such file or directory" in line
    assert [text for text in caplog.messages if text == "request"] == []
