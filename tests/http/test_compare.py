"""`?compare=1`: each figure beside what it was at the same time yesterday and a week ago."""

import pytest
from posting import REALTIME


@pytest.fixture
def yesterday(sql, cast):
    """Seven messages a day ago; the workspace is two days old."""
    sql("UPDATE workspaces SET created_at = now() - interval '2 days'")
    sql("""
        INSERT INTO minute_counts SELECT id, date_trunc('day', now()) - interval '1 day', 'message.sent', 7, 0
        FROM workspaces WHERE slug = 'acme'
    """)


def test_snapshot_compares_on_request(vera, yesterday, sql):
    sql("""INSERT INTO minute_counts SELECT id, date_trunc('minute', now()), 'message.sent', 21, 0
        FROM workspaces WHERE slug = 'acme'""")
    data = vera.get(f"{REALTIME}?compare=1").get_json()["data"]
    minute = sql("SELECT extract(hour FROM now()) = 0 AND extract(minute FROM now()) < 2 AS early")[0].early
    if not minute:  # in the first minute of a day, yesterday has nothing yet
        assert data["compare"]["messagesToday"] == {
            "yesterday": {"value": 7, "change": 14, "percent": 200},
            "lastWeek": {"value": None, "change": None, "percent": None},
        }
    assert data["compare"]["onlineUsers"]["yesterday"] == {"value": None, "change": None, "percent": None}
    assert "compare" not in vera.get(f"{REALTIME}?compare=0").get_json()["data"]


def test_comparison_follows_the_metrics(vera, yesterday):
    data = vera.get(f"{REALTIME}?compare=1&metrics=messagesToday,eventCounts").get_json()["data"]
    assert list(data["compare"]) == ["messagesToday", "eventCounts"]


@pytest.mark.parametrize("value", ["", "true", "2"])
def test_compare_must_be_0_or_1(vera, value):
    answer = vera.get(f"{REALTIME}?compare={value}")
    assert (answer.status_code, answer.get_json()["errors"]) == (400, {"compare": ["Must be 0 or 1."]})
