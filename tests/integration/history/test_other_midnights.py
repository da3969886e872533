"""What begins anew at midnight is compared with figures of the same day and timezone alone."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.domain.calendar_periods import Period

from .test_baselines import DAYS, baseline, local, roll_up, there
from .test_trends import values

__all__ = ["there"]

NAMES = ("activeUsers", "custom.day", "onlineUsers", "custom.hour")
KOLKATA = "Asia/Kolkata"
FIVE = [1, 5, 5, 5, 5]


@pytest.fixture
def custom(there, sql):
    """Two metrics of the workspace's own, one of the day and one of the last hour."""
    for name, window in (("day", "today"), ("hour", "1h")):
        definition = {"aggregate": "count", "field": None, "types": [], "where": [], "window": window}
        sql(
            "INSERT INTO custom_metrics (id, workspace_id, name, title, unit, definition, changed_at)"
            " VALUES (gen_random_uuid(), :ws, :name, '', '', CAST(:definition AS jsonb), now())",
            ws=there.workspace,
            name=name,
            definition=json.dumps(definition),
        )
    return there


def figures(values=FIVE) -> str:
    return json.dumps(dict.fromkeys(NAMES, values))


def of(found, back) -> dict:
    return {name: found[name][back] if name in found else None for name in NAMES}


ALL = dict.fromkeys(NAMES, 5)
NOT_OF_THE_DAY = ALL | {"activeUsers": None, "custom.day": None}


def test_other_timezone_is_no_baseline(custom, sql):
    now = local(DAYS[1], 12)
    for days in (1, 7):
        roll_up(sql, custom.workspace, 60, local(DAYS[1] - timedelta(days=days), 11, 59), figures())
    assert of(baseline(custom, now), "yesterday") == of(baseline(custom, now), "lastWeek") == ALL
    sql("UPDATE workspaces SET timezone_since = :at", at=now - timedelta(hours=20))
    found = baseline(custom, now)
    assert of(found, "yesterday") == of(found, "lastWeek") == NOT_OF_THE_DAY


def test_yesterday_is_no_baseline_of_today(custom, sql):
    midnight = local(DAYS[1])
    roll_up(sql, custom.workspace, 60, local(DAYS[1] - timedelta(days=1)) - timedelta(minutes=1), figures())
    assert of(baseline(custom, midnight), "yesterday") == NOT_OF_THE_DAY


def test_hour_with_midnight_is_no_baseline(custom, sql):
    sql("UPDATE workspaces SET timezone = :zone", zone=KOLKATA)
    then = local(DAYS[1] - timedelta(days=7), 0, 10, KOLKATA)
    roll_up(sql, custom.workspace, 3600, then.replace(minute=0), figures())
    assert of(baseline(custom, local(DAYS[1], 0, 10, KOLKATA)), "lastWeek") == NOT_OF_THE_DAY


@pytest.mark.parametrize(("highest", "last", "best"), [(9, 3, 9), (7, 7, 5)])
def test_daily_best_in_the_hour_of_midnight(there, sql, highest, last, best):
    day = Period(local(DAYS[0], zone=KOLKATA), local(DAYS[1], zone=KOLKATA))
    hour = day.end - timedelta(minutes=30)
    recorded = {"activeUsers": [1, highest, last, highest, last]}
    roll_up(sql, there.workspace, 3600, hour - timedelta(hours=1), json.dumps({"activeUsers": FIVE}))
    roll_up(sql, there.workspace, 3600, hour, json.dumps(recorded))
    now = day.end + timedelta(days=5)
    assert values(there, "activeUsers", [day], now) == [best]


def test_daily_best_of_another_timezone(there, sql):
    day = Period(local(DAYS[0]), local(DAYS[1]))
    roll_up(sql, there.workspace, 3600, day.start + timedelta(hours=3), figures())
    now = day.end + timedelta(days=5)
    assert values(there, "activeUsers", [day], now) == values(there, "onlineUsers", [day], now) == [5]
    sql("UPDATE workspaces SET timezone_since = :at", at=day.end)
    assert (values(there, "activeUsers", [day], now), values(there, "onlineUsers", [day], now)) == (
        [None],
        [5],
    )
