"""GET …/analytics/trends: whole periods, each beside the one before, and the running one up to the same time."""

from datetime import UTC, datetime, timedelta

import pytest
from posting import REALTIME

TRENDS = REALTIME.replace("realtime", "trends")


@pytest.fixture
def long_there(sql, cast):
    """A message a minute for three days, of which the first is not whole."""
    sql("UPDATE workspaces SET created_at = now() - interval '1 year'")
    sql("""
        INSERT INTO minute_counts
        SELECT id, m, 'message.sent', 1, 0 FROM workspaces, generate_series(
            date_trunc('minute', now()) - interval '3 days', date_trunc('minute', now()), '1 minute'
        ) AS m WHERE slug = 'acme'
    """)


def test_whole_days_and_the_current_day(vera, long_there):
    body = vera.get(f"{TRENDS}?metric=messagesToday&period=day&count=2").get_json()
    data, running = body["data"], body["data"]["running"]
    assert {name: data[name] for name in ("metric", "unit", "period", "trend")} == {
        "metric": "messagesToday",
        "unit": "messages",
        "period": "day",
        "trend": "sum",
    }
    before, last = data["periods"]
    assert (before["change"], before["percent"], before["value"]) == (None, None, 1440)
    assert (last["value"], last["change"], last["percent"]) == (1440, 0, 0)
    assert last["end"] == running["start"]
    length = datetime.fromisoformat(running["until"]) - datetime.fromisoformat(running["start"])
    minutes = length // timedelta(minutes=1)
    assert (running["value"], running["before"]["value"], running["change"]) == (minutes, minutes, 0)
    assert running["before"]["start"] == last["start"]


def test_days_are_of_the_given_timezone(vera, long_there):
    body = vera.get(f"{TRENDS}?metric=messagesToday&count=1&tz=Asia/Kathmandu").get_json()
    assert body["meta"]["timezone"] == "Asia/Kathmandu"
    start = datetime.fromisoformat(body["data"]["running"]["start"]).astimezone(UTC)
    assert (start.hour, start.minute) == (18, 15)


@pytest.mark.parametrize(("period", "count"), [("day", 14), ("week", 8), ("month", 12)])
def test_default_number_of_periods(vera, period, count):
    data = vera.get(f"{TRENDS}?metric=onlineUsers&period={period}").get_json()["data"]
    assert len(data["periods"]) == count
    assert {period["value"] for period in data["periods"]} == {None}
