"""Query parameters follow one set of rules on every route: unknown ones, two spellings, dates without a time."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from posting import EVENTS, REALTIME
from role_matrix import REQUESTS, rows

from app.domain.instants import iso

ANALYTICS = "/api/workspaces/acme/analytics"
STREAM = {"Accept": "text/event-stream"}
JSON_ROUTES = [row for row in rows() if row[1].startswith("/api/") and row[1] != "/api/docs"]
UNKNOWN = {"nonsense": ["Unknown parameter."]}
BY_METRIC = {
    "history": "onlineUsers",
    "trends": "messagesToday",
    "forecast": "messagesToday",
    "explain": "onlineUsers",
    "breakdown?by=type": "messages",
    "realtime": "onlineUsers",
}


@pytest.fixture
def in_santiago(sql, cast):
    """The workspace, four hours behind UTC in winter and three in summer."""
    sql("UPDATE workspaces SET timezone = 'America/Santiago' WHERE slug = 'acme'")


@pytest.mark.parametrize("row", JSON_ROUTES, ids=" ".join)
def test_json_routes_refuse_unknown_parameters(row, olivia):
    method, rule = row
    path = re.sub("<uuid:[^>]+>", "00000000-0000-0000-0000-000000000000", rule.replace("<workspace>", "acme"))
    request = REQUESTS.get(row, {})
    query = {**request.get("query_string", {}), "nonsense": "1"}
    answer = olivia.open(re.sub("<[^>]+>", "some", path), method=method, **{**request, "query_string": query})
    assert (answer.status_code, answer.get_json()["errors"]) == (400, UNKNOWN)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/login", "/w/acme", "/api/docs"])
def test_pages_ignore_unknown_parameters(path, olivia):
    assert olivia.get(f"{path}?nonsense=1").status_code in (200, 303)


def test_streams_ignore_unknown_parameters(olivia):
    with olivia.get(f"{REALTIME}?nonsense=1&metrics=onlineUsers", headers=STREAM) as stream:
        assert (stream.status_code, stream.mimetype) == (200, "text/event-stream")


def joined(route: str, query: str) -> str:
    return f"{ANALYTICS}/{route}{'&' if '?' in route else '?'}{query}"


@pytest.mark.parametrize(("route", "metric"), BY_METRIC.items())
def test_metric_and_metrics_mean_the_same(route, metric, olivia):
    answers = [olivia.get(joined(route, f"{name}={metric}")) for name in ("metric", "metrics")]
    assert [answer.status_code for answer in answers] == [200, 200]
    shown = [answer.get_json()["data"] for answer in answers]
    assert shown[0].keys() == shown[1].keys()
    assert "messagesToday" not in shown[0] or route == "trends"


@pytest.mark.parametrize(("route", "metric"), BY_METRIC.items())
def test_metric_beside_metrics_is_refused(route, metric, olivia):
    answer = olivia.get(joined(route, f"metric={metric}&metrics={metric}"))
    assert (answer.status_code, answer.get_json()["code"]) == (400, "INVALID_PARAMETER")


@pytest.mark.parametrize("route", ["history", "trends", "forecast", "explain", "realtime"])
@pytest.mark.parametrize("name", ["metric", "metrics"])
def test_unknown_metric_is_named(route, name, olivia):
    answer = olivia.get(joined(route, f"{name}={'m' * 200}"))
    assert (answer.status_code, list(answer.get_json()["errors"])) == (400, [name])
    assert answer.get_json()["detail"] == f"There is no metric called '{'m' * 64}'."


def bounds(answer) -> tuple[str, str]:
    assert answer.status_code == 200, answer.text
    meta = answer.get_json()["meta"]
    return meta["since"], meta["until"]


def test_history_dates_in_requested_zone(olivia):
    days = "metric=onlineUsers&step=1d&since=2026-09-05&until=2026-09-08"
    found = olivia.get(f"{ANALYTICS}/history?{days}&tz=America/Santiago")
    # On the 6th clocks went from midnight to one o'clock: the day began then.
    assert found.get_json()["data"]["at"] == [
        "2026-09-05T00:00:00.000-04:00",
        "2026-09-06T01:00:00.000-03:00",
        "2026-09-07T00:00:00.000-03:00",
    ]
    assert bounds(found) == ("2026-09-05T00:00:00.000-04:00", "2026-09-08T00:00:00.000-03:00")


def test_history_dates_in_workspace_zone(olivia, in_santiago):
    found = olivia.get(f"{ANALYTICS}/history?metric=onlineUsers&step=1d&since=2026-07-01&until=2026-07-03")
    assert bounds(found) == ("2026-07-01T04:00:00.000Z", "2026-07-03T04:00:00.000Z")


def test_breakdown_dates_in_workspace_zone(olivia, in_santiago):
    found = olivia.get(f"{ANALYTICS}/breakdown?by=type&since=2026-07-01&until=2026-07-03")
    assert bounds(found) == ("2026-07-01T04:00:00.000Z", "2026-07-03T04:00:00.000Z")


@pytest.mark.parametrize("route", [EVENTS, f"{EVENTS}/export"])
def test_event_dates_in_workspace_zone(route, olivia, sql):
    now = datetime.now(UTC)
    # Where it is another day than in UTC, whatever the time is.
    zone = "Etc/GMT+12" if now.hour < 12 else "Pacific/Kiritimati"
    sql("UPDATE workspaces SET timezone = :zone WHERE slug = 'acme'", zone=zone)
    olivia.post(REALTIME, json={"eventType": "user.active", "eventId": "today", "timestamp": iso(now)})
    today = now.astimezone(ZoneInfo(zone)).date()
    days = [today + timedelta(days=away) for away in (-1, 0, 1, 2)]
    found = []
    for since, until in pairwise(days):
        with olivia.get(f"{route}?since={since}&until={until}") as answer:
            found.append("today" in answer.text)
    assert found == [False, True, False]
