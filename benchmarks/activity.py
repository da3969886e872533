"""`make bench-activity`: activity at 10 million events in 13 months, asked by HTTP; and what its sums cost."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import http.client  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Mapping  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402
from statistics import median, quantiles  # noqa: E402
from typing import NamedTuple  # noqa: E402
from urllib.parse import urlencode  # noqa: E402
from uuid import UUID  # noqa: E402

from sqlalchemy import Connection, Engine  # noqa: E402

from app.insights.activity import hour_rollup  # noqa: E402
from app.postgres import link  # noqa: E402
from app.postgres.engines import background_engine  # noqa: E402
from app.postgres.link import lift_timeouts  # noqa: E402
from app.postgres.statements import autocommit  # noqa: E402
from app.settings.config import Settings  # noqa: E402
from benchmarks import past_events  # noqa: E402
from benchmarks.cost import cost_of  # noqa: E402
from benchmarks.report import table, verdict, write_json  # noqa: E402
from benchmarks.stage import Stage, stage  # noqa: E402

QUICK = os.environ.get("QUICK", "") == "1"
DAYS = 60 if QUICK else 400
REQUESTS = 20 if QUICK else 100
BUSY_DAY = 112_000  # events of each of the last two days, which are stored: 10 million in 90 days
PATH = "/api/workspaces/acme/analytics/activity?"
# Of the days before, only the sums by minute: 25,000 events a day, of which 6 in 20 are messages.
MINUTES = """
    INSERT INTO minute_counts (workspace_id, minute, event_type, count, retracted)
    SELECT %(workspace)s, minute, kind, n, CASE kind WHEN 'message.sent' THEN (n * random() / 4)::int ELSE 0 END
    FROM generate_series(%(from)s::timestamptz, %(to)s::timestamptz - interval '1 minute', '1 minute') AS minute,
    LATERAL (SELECT 17.4 * (1 + sin((extract(epoch FROM minute) / 86400 - 0.25) * 2 * pi()) * 0.9) AS rate) AS day,
    LATERAL (
        SELECT kind, floor(rate * part / 20 * 2 * random() + 0.5)::int AS n FROM unnest(
            ARRAY['message.sent', 'message.received', 'message.edited', 'message.deleted', 'reaction.added',
                  'user.active', 'search.performed', 'file.uploaded', 'task.created', 'task.started',
                  'task.completed', 'orchestrator.busy', 'orchestrator.online', 'call.joined', 'vp.message.sent'],
            ARRAY[6, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
        ) AS kinds (kind, part)
    ) AS drawn WHERE n > 0 ORDER BY minute, kind
"""
STORED = """
    SELECT (SELECT sum(count) FROM minute_counts)::bigint AS events, (SELECT count(*) FROM minute_counts) AS rows,
        (SELECT count(DISTINCT minute) FROM minute_counts) AS minutes,
        pg_total_relation_size('minute_counts') AS minute_bytes
"""
HOURS = "SELECT count(*) AS rows, pg_total_relation_size('hour_counts') AS bytes FROM hour_counts"
SOMEBODY = """
    SELECT user_id, event_data ->> 'channelId' AS channel FROM events
    WHERE event_type = 'message.sent' GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1
"""
DAY = timedelta(days=1)
PLAIN, FILTERED = 50, 250  # milliseconds


class Taken(NamedTuple):
    """Milliseconds an answer: until it is there, and of CPU."""

    median: float
    p95: float
    worker: float
    postgres: float


Case = tuple[str, Mapping[str, str], timedelta, int]  # name, parameters, how far back, milliseconds wanted


def fill(engine: Engine, now: datetime) -> tuple[dict[str, int], float]:
    """Events and sums of acme; returns what there is, and how long summing up the hours took, in seconds."""
    with engine.connect() as connection:
        lift_timeouts(connection)
        workspace = connection.exec_driver_sql("SELECT id FROM workspaces WHERE slug = 'acme'").scalar_one()
        past_events.fill(connection, workspace, now, BUSY_DAY, 2)
        _fill_minutes(connection, workspace, now)
        past_events.analyze(connection)
    with autocommit(engine) as connection:
        lift_timeouts(connection)
        started = time.perf_counter()
        hour_rollup.roll_up(connection)
        took = time.perf_counter() - started
        connection.exec_driver_sql("VACUUM ANALYZE hour_counts, minute_counts")
        found = connection.exec_driver_sql(STORED).one()._asdict()
        hours = connection.exec_driver_sql(HOURS).one()
    return {**found, "hours": hours.rows, "hour_bytes": hours.bytes}, took


def _fill_minutes(connection: Connection, workspace: UUID, now: datetime) -> None:
    end = now.replace(hour=0, minute=0, second=0, microsecond=0) - DAY
    bounds = {"workspace": workspace, "from": end - DAYS * DAY, "to": end}
    connection.exec_driver_sql(MINUTES, bounds)
    connection.commit()


def cases(engine: Engine) -> list[Case]:
    """What is asked."""
    with engine.connect() as connection:
        somebody = connection.exec_driver_sql(SOMEBODY).one()
    year = min(395, DAYS) * DAY
    of_events, of_messages = {"of": "events"}, {"of": "messages"}
    return [
        ("a day by minute", of_events | {"step": "1m"}, DAY, PLAIN),
        ("a day by minute, messages", of_messages | {"step": "1m"}, DAY, PLAIN),
        ("a month by hour", of_events | {"step": "1h"}, 30 * DAY, PLAIN),
        (
            "a month by hour, messages beside last week",
            of_messages | {"step": "1h", "compare": "lastWeek"},
            30 * DAY,
            2 * PLAIN,
        ),
        ("13 months by day", of_events | {"step": "1d", "tz": "America/New_York"}, year, PLAIN),
        ("13 months by day, messages", of_messages | {"step": "1d"}, year, PLAIN),
        ("13 months by day, a type", {"of": "task.created", "step": "1d"}, year, PLAIN),
        ("a day, of a user", of_events | {"user": str(somebody.user_id)}, DAY, FILTERED),
        ("a day, in a channel", of_messages | {"channel": somebody.channel}, DAY, FILTERED),
        # Hours that begin within an hour of UTC are read from minutes.
        ("a month by hour in India", of_events | {"step": "1h", "tz": "Asia/Kolkata"}, 30 * DAY, 0),
        ("13 months by day in India", of_events | {"step": "1d", "tz": "Asia/Kolkata"}, year, 0),
    ]


def ask(connection: http.client.HTTPConnection, token: str, query: Mapping[str, str]) -> float:
    """How long one answer takes, in milliseconds."""
    started = time.perf_counter()
    connection.request("GET", PATH + urlencode(query), headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    return 1000 * (time.perf_counter() - started)


def measure(here: Stage, asked: list[Case], now: datetime) -> dict[str, Taken]:
    """What each case takes; the first answers do not count."""
    token, found = here.token("stats:read"), {}
    with here.gunicorn() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for name, parameters, back, _ in asked:
            query = {**parameters, "since": (now - back).isoformat(), "until": now.isoformat()}
            for _ in range(3):
                ask(connection, token, query)
            before = server.cost().cpu, cost_of([here.postgres.pid]).cpu
            taken = [ask(connection, token, query) for _ in range(REQUESTS)]
            after = server.cost().cpu, cost_of([here.postgres.pid]).cpu
            cpu = (1000 * (end - start) / REQUESTS for start, end in zip(before, after, strict=True))
            found[name] = Taken(median(taken), quantiles(taken, n=20)[-1], *cpu)
            print(f"{name}: {found[name].p95:.1f} ms", flush=True)
        connection.close()
    return found


def main() -> int:
    """Fill, ask, print, keep; 1 if a target is missed."""
    link.install_gevent_wait()
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    with stage() as here:
        engine = background_engine(Settings.from_environ(here.environ).database_url)
        stored, took = fill(engine, now)
        asked = cases(engine)
        engine.dispose()
        found = measure(here, asked, now)
    print(
        f"\n{stored['events']:,} events in {stored['rows']:,} rows by minute and type"
        f" ({stored['rows'] / stored['minutes']:.1f} types a minute), {stored['minute_bytes'] / 2**20:,.0f} MB;"
        f" {stored['hours']:,} rows by hour, {stored['hour_bytes'] / 2**20:.1f} MB, summed up in {took:.0f} s\n"
    )
    heads = ["asked", "median, ms", "p95, ms", "CPU of the worker, ms", "CPU of PostgreSQL, ms"]
    print(table(heads, [(name, *times) for name, times in found.items()]) + "\n")
    met = [(name, found[name].p95 <= most, most) for name, _, _, most in asked if most]
    for name, is_met, most in met:
        print(verdict(f"{name}, p95 ≤ {most} ms", is_met, f"{found[name].p95:.1f} ms"))
    print(write_json("bench-activity.json", {"stored": stored, "summed_up_seconds": took, "ms": found}))
    return int(not all(is_met for _, is_met, _ in met))


if __name__ == "__main__":
    sys.exit(main())
