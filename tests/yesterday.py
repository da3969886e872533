"""Gives a demo that has just begun a day and a half behind it, so that pictures show what people will see.

What happened is drawn by the demo's own scene. The last day goes in through the API; what is older, and the
figures of the past, go into the database as the server would have left them there.
"""

from __future__ import annotations

import json
import math
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import httpx
import psycopg2
from demo_run import PASSWORD, Demo

from demo.generator import EventGenerator
from demo.sample_data import PEOPLE

BATCH = "/api/workspaces/acme/analytics/realtime/batch"
BUSIEST = 24 / 60  # events a second, at the height of the day
API_TAKES = timedelta(hours=23, minutes=50)  # as old as an event may be
# Where it is the middle of the afternoon now, whenever that is.
ZONES = (
    "Pacific/Auckland",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "America/Los_Angeles",
)
MINUTE = timedelta(minutes=1)
Happened = tuple[datetime, str, dict]  # when, who, and the body of the post


def live_through(demo: Demo, now: datetime) -> None:
    """Fill the demo with everything up to now, as of a workspace in whose zone it is afternoon."""
    zone = min(ZONES, key=lambda name: abs(hour_of(now.astimezone(ZoneInfo(name))) - 16))
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    happened = list(draw(Random(7), midnight - timedelta(days=1), now, ZoneInfo(zone)))
    with psycopg2.connect(demo.database_url()) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "UPDATE workspaces SET timezone = %s, created_at = %s WHERE slug = 'acme'",
            (zone, midnight - timedelta(days=30)),
        )
        keep_old(cursor, [one for one in happened if one[0] < now - API_TAKES])
        keep_history(cursor, happened, ZoneInfo(zone))
    post(demo, [one for one in happened if one[0] >= now - API_TAKES])
    with psycopg2.connect(demo.database_url()) as connection:
        connection.cursor().execute(
            "DELETE FROM samples"
        )  # of the first moments, when nothing had happened yet


def hour_of(moment: datetime) -> float:
    return moment.hour + moment.minute / 60


def draw(rng: Random, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Happened]:
    """A quiet night, a morning that fills up, a dip at noon."""
    generator, at = EventGenerator(rng, list(PEOPLE)), since.astimezone(UTC)
    while True:
        hour = hour_of(at.astimezone(zone))
        day = math.exp(-(((hour - 14) / 5) ** 2)) - 0.25 * math.exp(-(((hour - 12.5) / 0.8) ** 2))
        at += timedelta(seconds=rng.expovariate(BUSIEST * max(0.03, day)))
        if at >= until:
            return
        event = generator.next(at.timestamp())
        yield at, event.email, event.body() | {"timestamp": at.isoformat()}


def post(demo: Demo, happened: Iterable[Happened]) -> None:
    """Each with its user, in order."""
    waiting: dict[str, list[dict]] = {who: [] for who in PEOPLE}
    for _, who, body in happened:
        waiting[who].append(body)
    for who, bodies in waiting.items():
        with httpx.Client(base_url=demo.address, timeout=60, trust_env=False) as client:
            client.post("/api/auth/login", json={"email": who, "password": PASSWORD}).raise_for_status()
            for start in range(0, len(bodies), 1000):
                client.post(BATCH, json={"events": bodies[start : start + 1000]}).raise_for_status()


def keep_old(cursor, happened: Iterable[Happened]) -> None:
    """The counts of what is too old for the API."""
    counts = Counter((at.replace(second=0, microsecond=0), body["eventType"]) for at, _, body in happened)
    statement = "INSERT INTO minute_counts SELECT id, %s, %s, %s, 0 FROM workspaces WHERE slug = 'acme'"
    cursor.executemany(statement, [(minute, kind, count) for (minute, kind), count in sorted(counts.items())])


def keep_history(cursor, happened: Iterable[Happened], zone: ZoneInfo) -> None:
    """The figures of each minute and hour."""
    statement = """
        INSERT INTO roll_ups AS r SELECT id, %s, %s, %s FROM workspaces WHERE slug = 'acme'
        ON CONFLICT (workspace_id, step, at) DO UPDATE SET figures = excluded.figures
    """
    hours: dict[datetime, dict[str, list]] = {}
    for minute, figures in minutes_of(happened, zone):
        cursor.execute(
            statement,
            (60, minute, json.dumps({name: [12, 12 * one, one, one, one] for name, one in figures.items()})),
        )
        hour = hours.setdefault(minute.replace(minute=0), {})
        for name, one in figures.items():
            n, total, low, high, _ = hour.get(name, [0, 0, one, one, one])
            hour[name] = [n + 12, total + 12 * one, min(low, one), max(high, one), one]
    cursor.executemany(statement, [(3600, at, json.dumps(figures)) for at, figures in hours.items()])


def minutes_of(happened: Iterable[Happened], zone: ZoneInfo) -> Iterator[tuple[datetime, dict[str, int]]]:
    """Roughly what the server would have counted at the end of each minute."""
    recent: deque[Happened] = deque()
    today: set[str] = set()
    messages, tasks, day, minute = 0, set(), None, None
    orchestrators: dict[str, bool] = {}
    for one in happened:
        at, who, body = one
        while minute and at >= minute + MINUTE:
            yield (
                minute,
                figures_of(
                    minute + MINUTE, recent, len(today), messages, sum(orchestrators.values()), len(tasks)
                ),
            )
            minute += MINUTE
        minute = minute or at.replace(second=0, microsecond=0)
        if (date := at.astimezone(zone).date()) != day:
            day, today, messages = date, set(), 0
        recent.append(one)
        while recent[0][0] < at - timedelta(hours=1):
            recent.popleft()
        today.add(who)
        kind, data = body["eventType"], body["eventData"]
        messages += kind == "message.sent"
        if kind in ("task.created", "task.started"):
            tasks.add(data["taskId"])
        elif kind.startswith("task."):
            tasks.discard(data["taskId"])
        elif kind.startswith("orchestrator."):
            orchestrators[data["orchestratorId"]] = not kind.endswith("offline")


def figures_of(
    now: datetime, recent: deque[Happened], users: int, messages: int, orchestrators: int, tasks: int
) -> dict[str, int]:
    def since(minutes: int) -> list[Happened]:
        return [one for one in recent if now - timedelta(minutes=minutes) <= one[0]]

    sent = [body for _, _, body in since(60) if body["eventType"] == "message.sent"]
    return {
        "activeUsers": users,
        "onlineUsers": len({who for _, who, _ in since(5)}),
        "activeSessions": len({body.get("sessionId") for _, _, body in since(30)} - {None}),
        "messagesToday": messages,
        "messagesLastHour": len(sent),
        "activeChannels": len({body["eventData"]["channelId"] for body in sent}),
        "activeOrchestrators": orchestrators,
        "tasksInProgress": tasks,
    }
