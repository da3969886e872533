"""GET …/analytics/forecast: where today's total will end, from the last same weekdays."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from posting import REALTIME

from app.domain.instants import iso

FORECAST = REALTIME.replace("realtime", "forecast")
WEEK = timedelta(days=7)


@pytest.fixture
def noon(sql, cast):
    """The workspace has been there for a year, in a timezone where it is between noon and one o'clock."""
    ahead = datetime.now(UTC).hour - 12
    zone = f"Etc/GMT{ahead:+d}"
    sql("UPDATE workspaces SET timezone = :zone, created_at = '2020-01-01'", zone=zone)
    return datetime.now(ZoneInfo(zone)).replace(hour=12, minute=0, second=0, microsecond=0)


def send(sql, *counts: tuple[datetime, int]) -> None:
    for at, count in counts:
        sql(
            "INSERT INTO minute_counts SELECT id, :at, 'message.sent', :count, 0 FROM workspaces"
            " WHERE slug = 'acme'",
            at=at,
            count=count,
        )


def test_forecast_of_messages(vera, noon, sql):
    send(sql, (noon - timedelta(hours=2), 12))
    for weeks in range(1, 9):
        morning = noon - weeks * WEEK - timedelta(hours=2)
        send(sql, (morning, 10), (morning + timedelta(hours=8), 5))
    answer = vera.get(f"{FORECAST}?metric=messagesToday")
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    timestamp = datetime.fromisoformat(body["meta"].pop("timestamp"))
    assert iso(timestamp).endswith(":00.000Z")
    assert datetime.now(UTC) - timestamp < timedelta(minutes=2)
    assert body == {
        "data": {
            "metric": "messagesToday",
            "unit": "messages",
            "soFar": 12,
            "expected": 17,
            "low": 17,
            "high": 17,
            "covers": "7 of 9",
            "rule": "additive",
            "basis": [f"{noon - weeks * WEEK:%Y-%m-%d}" for weeks in range(1, 9)],
            "learning": False,
        },
        "meta": {"timezone": noon.tzinfo.key},
    }


def test_new_workspace_is_learning(vera, noon, sql):
    sql("UPDATE workspaces SET created_at = :at", at=noon - 2 * WEEK - timedelta(hours=12))
    send(sql, (noon - timedelta(hours=2), 12))
    data = vera.get(f"{FORECAST}?metric=eventCounts").get_json()["data"]
    assert data == {
        "metric": "eventCounts",
        "unit": "events",
        "soFar": 12,
        **dict.fromkeys(("expected", "low", "high", "covers", "rule")),
        "basis": [f"{noon - weeks * WEEK:%Y-%m-%d}" for weeks in (1, 2)],
        "learning": True,
    }


@pytest.mark.parametrize("metric", ["activeUsers", "onlineUsers", "messagesLastHour", "custom.hourly"])
def test_metric_that_does_not_add_up(vera, olivia, metric):
    own = {"types": ["message.sent"], "aggregate": "count"}
    for name, window in (("hourly", "1h"), ("daily", "today")):
        made = olivia.post(
            f"{FORECAST.replace('forecast', 'custom-metrics')}", json=own | {"name": name, "window": window}
        )
        assert made.status_code == 201, made.text
    answer = vera.get(f"{FORECAST}?metric={metric}")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["metric"])
    assert vera.get(f"{FORECAST}?metric=custom.daily").status_code == 200
