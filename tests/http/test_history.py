"""GET …/analytics/history: what was recorded, in steps, with null where nothing was."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from posting import REALTIME

from app.domain.instants import iso

HISTORY = REALTIME.replace("realtime", "history")
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)


@pytest.fixture
def kept(sql, cast):
    """`kept(60, at, onlineUsers=[2, 6, 2, 4, 4])`: something rolled up; `kept(0, at, onlineUsers=3)`: a sample."""

    def insert(step: int, at: datetime, **figures: object) -> None:
        into, columns = ("roll_ups", ":step, :at") if step else ("samples", ":at")
        statement = f"INSERT INTO {into} SELECT id, {columns}, CAST(:figures AS jsonb) FROM workspaces"  # noqa: S608
        values = {"step": step} if step else {}
        sql(f"{statement} WHERE slug = 'acme'", at=at, figures=json.dumps(figures), **values)

    return insert


def history(client, **parameters: object) -> dict:
    answer = client.get(HISTORY, query_string=parameters)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_gap_between_minutes_is_null(vera, kept):
    kept(60, HOUR, onlineUsers=[2, 6, 2, 4, 4], messagesToday=[2, 13, 6, 7, 7])
    kept(60, HOUR + timedelta(minutes=2), onlineUsers=[3, 10, 3, 4, 3])
    body = history(
        vera,
        metric="onlineUsers,messagesToday",
        since=iso(HOUR),
        until=iso(HOUR + timedelta(minutes=3)),
        step="1m",
    )
    assert body == {
        "data": {
            "at": [iso(HOUR + timedelta(minutes=n)) for n in range(3)],
            "series": [
                {
                    "metric": "onlineUsers",
                    "unit": "users",
                    "overTime": "mean",
                    "value": [3, None, 3.333],
                    "min": [2, None, 3],
                    "max": [4, None, 4],
                    "mean": [3, None, 3.333],
                    "last": [4, None, 3],
                },
                {
                    "metric": "messagesToday",
                    "unit": "messages",
                    "overTime": "last",
                    "value": [7, None, None],
                    "min": [6, None, None],
                    "max": [7, None, None],
                    "mean": [6.5, None, None],
                    "last": [7, None, None],
                },
            ],
        },
        "meta": {
            "since": iso(HOUR),
            "until": iso(HOUR + timedelta(minutes=3)),
            "step": "1m",
            "timezone": "UTC",
            "points": 3,
        },
    }


def test_step_aggregates_its_minutes(vera, kept):
    kept(60, HOUR, onlineUsers=[2, 6, 2, 4, 4])
    kept(60, HOUR + timedelta(minutes=2), onlineUsers=[3, 10, 1, 8, 1])
    body = history(
        vera, metric="onlineUsers", since=iso(HOUR), until=iso(HOUR + timedelta(minutes=5)), step="5m"
    )
    [series] = body["data"]["series"]
    assert [series[name] for name in ("value", "min", "max", "mean", "last")] == [[3.2], [1], [8], [3.2], [1]]


def test_steps_of_hours_and_days(vera, kept):
    kept(3600, HOUR, onlineUsers=[720, 1440, 0, 4, 1])
    for step in ("1h", "1d"):
        body = history(
            vera, metric="onlineUsers", since=iso(HOUR), until=iso(HOUR + timedelta(minutes=1)), step=step
        )
        assert body["data"]["series"][0]["value"] == [2]


def test_finest_step_is_the_tick(vera, kept):
    now = datetime.now(UTC)
    turn = now.replace(microsecond=0, second=now.second // 5 * 5) - timedelta(seconds=60)
    kept(0, turn, onlineUsers=3, messagesToday=9)
    body = history(vera, metric="onlineUsers", since=iso(turn), until=iso(turn + timedelta(seconds=10)))
    assert (body["meta"]["step"], body["data"]["series"][0]["value"]) == ("5s", [3, None])


def test_times_are_in_the_timezone(vera, kept):
    kept(60, HOUR, onlineUsers=[1, 1, 1, 1, 1])
    until = iso(HOUR + timedelta(minutes=1))
    body = history(vera, metric="onlineUsers", since=iso(HOUR), until=until, step="1m", tz="Asia/Kathmandu")
    [at] = body["data"]["at"]
    assert at.endswith(":45:00.000+05:45")
    assert datetime.fromisoformat(at) == HOUR
    assert body["meta"]["timezone"] == "Asia/Kathmandu"


def test_range_defaults_to_a_day(vera, cast):
    meta = history(vera, metric="onlineUsers")["meta"]
    length = datetime.fromisoformat(meta["until"]) - datetime.fromisoformat(meta["since"])
    assert (meta["step"], length) == ("1m", timedelta(hours=24, minutes=1))


def test_history_as_csv(vera, kept):
    kept(60, HOUR, onlineUsers=[2, 6, 2, 4, 4])
    window = {"since": iso(HOUR), "until": iso(HOUR + timedelta(minutes=2)), "step": "1m", "format": "csv"}
    answer = vera.get(HISTORY, query_string={"metric": "onlineUsers", **window})
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acme-history.csv"'
    assert list(csv.reader(io.StringIO(answer.text, newline=""), strict=True)) == [
        ["at", "onlineUsers", *(f"onlineUsers.{name}" for name in ("min", "max", "mean", "last"))],
        [iso(HOUR), "3", "2", "4", "3", "4"],
        [iso(HOUR + timedelta(minutes=1)), "", "", "", "", ""],
    ]


def test_csv_for_excel(vera, kept):
    kept(60, HOUR, onlineUsers=[3, 10, 3, 4, 3])
    window = {"since": iso(HOUR), "until": iso(HOUR + timedelta(minutes=1)), "step": "1m", "format": "csv"}
    query = {"metric": "onlineUsers", "csv": "excel", "tz": "Asia/Tokyo", **window}
    text = vera.get(HISTORY, query_string=query).text
    assert text.startswith("\ufeffat;onlineUsers;")
    [_head, row] = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    local = f"{HOUR.astimezone(ZoneInfo('Asia/Tokyo')):%Y-%m-%d %H:%M:%S}"
    assert row == [local, "3,333", "3", "4", "3,333", "3"]


def test_more_than_1500_points_are_422(vera):
    answer = vera.get(f"{HISTORY}?metric=onlineUsers&since=2026-01-01&until=2026-01-02&step=5s")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "INVALID_INPUT")
    assert answer.get_json()["errors"] == {
        "step": [
            "In steps of 5s that makes more than 1500 points: "
            "ask for a shorter stretch of time or a longer step (1m, 5m, 1h, 1d)."
        ]
    }
