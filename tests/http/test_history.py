"""GET …/analytics/history: what was recorded, in steps, with null where nothing was."""

import csv
import io
import json
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
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
                    "kind": "level",
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
                    "kind": "amount",
                    "overTime": "last",
                    "value": [7, None, None],
                    "min": [6, None, None],
                    "max": [7, None, None],
                    "mean": [None, None, None],
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


TRENDS = REALTIME.replace("realtime", "trends")
SETTINGS = "/api/workspaces/acme/settings"
CUSTOM = REALTIME.replace("realtime", "custom-metrics")
ONE_HOUR = timedelta(hours=1)
ZONES = ["UTC", "Europe/Berlin", "Asia/Tokyo", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
COUNTED = ["messagesToday", "eventCounts", "custom.sent"]
DISTINCT = ["activeUsers", "custom.people"]


def metric(name: str, **more: object) -> dict:
    return {"name": name, "types": ["message.sent"], "window": "today", "aggregate": "count", **more}


@pytest.fixture
def hours(sql, olivia):
    """A message in each hour of three weeks in the past, and the figures of each as they were kept in UTC."""
    for own in (metric("sent"), metric("people", aggregate="countDistinct", field="userId")):
        assert olivia.post(CUSTOM, json=own).status_code == 201
    sql("UPDATE workspaces SET created_at = '2020-01-01'")
    start = datetime(2026, 10, 12, tzinfo=UTC)  # clocks in Berlin and New York go back meanwhile
    moments = [start + count * ONE_HOUR for count in range(24 * 28)]
    keep(sql, *((moment, moment.hour + 1, moment.hour + 1) for moment in moments))
    sql(
        "INSERT INTO minute_counts SELECT id, at + interval '10 minutes', 'message.sent', 1, 0"
        " FROM workspaces, unnest(CAST(:moments AS timestamptz[])) AS at WHERE slug = 'acme'",
        moments=moments,
    )
    return moments


def keep(sql, *figures: tuple[datetime, int, int]) -> None:
    """Figures of hours, of all metrics: they came to a highest value, and were a last one at the hour's end."""
    kept = {}
    for at, highest, last in figures:
        values = [720, 720 * highest, highest - 1, highest, last]
        kept[at] = json.dumps(dict.fromkeys([*COUNTED, *DISTINCT, "onlineUsers"], values))
    sql(
        "INSERT INTO roll_ups SELECT id, 3600, at, CAST(figures AS jsonb) FROM workspaces,"
        " unnest(CAST(:at AS timestamptz[]), CAST(:figures AS text[])) AS kept (at, figures) WHERE slug = 'acme'",
        at=list(kept),
        figures=list(kept.values()),
    )


def days(client, *names: str, **parameters: str) -> list[dict]:
    """Each day of the answer, metric by metric: when it begins, and its columns."""
    query = {
        "metric": ",".join(names),
        "step": "1d",
        "since": "2026-10-21",
        "until": "2026-11-03",
        **parameters,
    }
    answer = client.get(HISTORY, query_string=query)
    assert answer.status_code == 200, answer.text
    data = answer.get_json()["data"]
    found = []
    for series in data["series"]:
        columns = {key: values for key, values in series.items() if isinstance(values, list)}
        rows = zip(data["at"], *columns.values(), strict=True)
        found += [{"at": at, **dict(zip(columns, row, strict=True))} for at, *row in rows]
    return found


def recounted(moments, zone: str) -> list[int]:
    """Messages in each local day, from local midnight to local midnight."""
    first = datetime(2026, 10, 21).date()
    edges = [
        datetime.combine(first + timedelta(days=count), time(), ZoneInfo(zone)).astimezone(UTC)
        for count in range(14)
    ]
    return [
        sum(start <= at + timedelta(minutes=10) < end for at in moments) for start, end in pairwise(edges)
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_days_equal_a_recount_in_any_zone(vera, hours, zone):
    found = days(vera, *COUNTED, tz=zone)
    assert [day["value"] for day in found] == recounted(hours, zone) * len(COUNTED)
    assert [day["last"] for day in found] == [day["value"] for day in found]
    # What was seen meanwhile is of the workspace's own days.
    assert {day[name] is None for day in found for name in ("min", "max")} == {zone != "UTC"}


def test_days_after_a_change_of_timezone(olivia, hours):
    assert olivia.patch(SETTINGS, json={"timezone": "America/New_York"}).status_code == 200
    found = days(olivia, *COUNTED)
    assert [day["value"] for day in found] == recounted(hours, "America/New_York") * len(COUNTED)
    assert {day["min"] for day in found} == {None}


@pytest.mark.parametrize("name", DISTINCT)
@pytest.mark.parametrize("path", [f"{HISTORY}?step=1d&", f"{TRENDS}?"])
def test_distinct_days_in_other_zone_are_422(vera, hours, name, path):
    answer = vera.get(f"{path}metric={name}&tz=America/New_York")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "INVALID_INPUT")
    [advice] = answer.get_json()["errors"]["tz"]
    assert advice.startswith("Counted by the days of UTC: leave tz out")
    assert answer.get_json()["detail"] == f"{name}: {advice}"


@pytest.mark.parametrize("name", [*DISTINCT, "onlineUsers"])
def test_equal_days_and_hours_in_any_zone(vera, hours, name):
    assert [day["value"] for day in days(vera, name, tz="Etc/UTC")] == [
        day["value"] for day in days(vera, name)
    ]
    assert vera.get(f"{TRENDS}?metric={name}&tz=Africa/Abidjan").status_code == 200
    assert vera.get(f"{HISTORY}?metric={name}&step=1h&tz=Asia/Tokyo").status_code == 200
    if name == "onlineUsers":
        assert vera.get(f"{HISTORY}?metric={name}&step=1d&tz=Asia/Tokyo").status_code == 200


def test_distinct_days_begin_at_zone_change(olivia, hours, sql):
    assert {day["value"] for day in days(olivia, "activeUsers")} == {24}
    olivia.patch(SETTINGS, json={"timezone": "Europe/Berlin"})
    [(since,)] = sql("SELECT timezone_since FROM workspaces WHERE slug = 'acme'")
    assert abs(datetime.now(UTC) - since) < timedelta(minutes=5)
    sql("UPDATE workspaces SET timezone_since = '2026-10-30 12:00:00+00'")
    values = [day["value"] for day in days(olivia, "activeUsers")]
    assert values[:9] == [None] * 9  # kept in the days of UTC
    assert None not in values[9:]


def test_other_setting_keeps_distinct_days(olivia, cast, sql):
    olivia.patch(SETTINGS, json={"name": "Acme Inc.", "timezone": "UTC"})
    assert sql("SELECT timezone_since FROM workspaces WHERE slug = 'acme'") == [(None,)]


@pytest.mark.parametrize(
    ("within", "before", "value"),
    [
        ((9, 3), 8, 9),  # nine until midnight, three by the end of the hour
        ((4, 4), 4, 4),  # nothing happened
        ((7, 7), 2, None),  # seven is of the next day; before midnight it was anything from two to seven
    ],
)
def test_hour_with_midnight_is_of_two_days(olivia, cast, sql, within, before, value):
    sql("UPDATE workspaces SET timezone = 'Asia/Kolkata', created_at = '2020-01-01'")
    midnight = datetime(2026, 10, 21, 18, 30, tzinfo=UTC)
    hour = midnight - timedelta(minutes=30)
    keep(sql, (hour - ONE_HOUR, before, before), (hour, *within))
    [day] = days(olivia, "activeUsers", since="2026-10-21", until="2026-10-22")
    assert (day["at"], day["value"], day["max"]) == ("2026-10-20T18:30:00.000Z", value, value)


@pytest.fixture
def weeks(sql, cast):
    """The four weeks before HOUR by hour: 8, 10, 12 and 14 users online, half as many active since midnight."""
    rows = {}
    for week, value in enumerate((8, 10, 12, 14), 1):
        for hours in range(-26, 26):
            low = value // 2
            rows[HOUR - timedelta(weeks=week) + hours * ONE_HOUR] = json.dumps(
                {"onlineUsers": [10, 10 * value, 0, 99, 1], "activeUsers": [10, 10, low, low, low]}
            )
    sql(
        "INSERT INTO roll_ups SELECT id, 3600, at, CAST(figures AS jsonb) FROM workspaces,"
        " unnest(CAST(:at AS timestamptz[]), CAST(:figures AS text[])) AS kept (at, figures) WHERE slug = 'acme'",
        at=list(rows),
        figures=list(rows.values()),
    )


def test_expected_beside_value(vera, weeks, kept):
    kept(3600, HOUR, onlineUsers=[2, 6, 2, 4, 4])
    for step, since in (("1h", HOUR), ("5m", HOUR + ONE_HOUR - timedelta(minutes=5))):
        body = history(
            vera, metric="onlineUsers", since=iso(since), until=iso(HOUR + ONE_HOUR), step=step, expected=1
        )
        [series] = body["data"]["series"]
        band = {name: series[name] for name in ("expected", "low", "high", "weeks", "learning")}
        # The deviations from 11 are 1 and 3, twice each: 1.4826 × 2 is less than the root of 11.
        assert band == {"expected": [11], "low": [-2.266], "high": [24.266], "weeks": [4], "learning": False}
    assert list(series)[4:] == [
        *("value", "min", "max", "mean", "last", "expected", "low", "high", "weeks"),
        "learning",
    ]


def test_expected_of_a_total_in_the_running_day(vera, weeks):
    """All of it had come by the first hour of each day; what is expected is what was there by now."""
    [day] = history(
        vera, metric="activeUsers", since=iso(HOUR), until=iso(HOUR + ONE_HOUR), step="1d", expected=1
    )["data"]["series"]
    assert (day["expected"], day["weeks"]) == ([5.5], [4])


def test_new_workspace_is_learning(vera, kept):
    kept(3600, HOUR - timedelta(weeks=1), onlineUsers=[1, 1, 1, 1, 1])
    answer = history(vera, metric="onlineUsers", since=iso(HOUR), step="1h", expected=1)
    [series] = answer["data"]["series"]
    assert (series["learning"], set(series["expected"]), max(series["weeks"])) == (True, {None}, 1)


def test_expected_in_csv(vera, weeks):
    window = {"since": iso(HOUR), "until": iso(HOUR + ONE_HOUR), "step": "1h", "format": "csv", "expected": 1}
    rows = list(
        csv.reader(io.StringIO(vera.get(HISTORY, query_string={"metric": "onlineUsers", **window}).text))
    )
    assert rows[0][6:] == [f"onlineUsers.{name}" for name in ("expected", "low", "high", "weeks")]
    assert rows[1][6:] == ["11", "-2.266", "24.266", "4"]


@pytest.mark.parametrize(
    ("name", "zone", "day", "band", "known"),
    [
        # Three weeks of 24; nothing was sent in the three before. 1.4826 × 12 is the most of the spreads.
        ("messagesToday", "UTC", "2026-11-05", [12, -59.165, 83.165], 6),
        ("messagesToday", "Europe/Berlin", "2026-11-08", [12, -59.165, 83.165], 6),  # 24, 25 and 24 hours
        # Nothing was recorded in the three weeks before. The root of 24 is the most.
        ("activeUsers", "UTC", "2026-11-05", [24, 4.404, 43.596], 3),
        ("activeUsers", "UTC", "2026-11-01", [None, None, None], 2),
    ],
)
def test_expected_of_a_day(vera, hours, name, zone, day, band, known):
    until = datetime.fromisoformat(day) + timedelta(days=1)
    [found] = days(vera, name, since=day, until=f"{until:%Y-%m-%d}", tz=zone, expected="1")
    assert ([found[column] for column in ("expected", "low", "high")], found["weeks"]) == (band, known)
