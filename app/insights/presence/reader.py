"""The users online and the most active channels and users, cached and read once for concurrent requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from app.background.coalescing import Coalescer
from app.domain.event import MAX_AHEAD
from app.domain.time_range import TimeRange
from app.errors import TooCostly
from app.insights import cost
from app.insights.breakdown import counts
from app.insights.breakdown.counts import CHANNEL, USER, ComparedSelection
from app.insights.breakdown.people import names_of
from app.insights.event_selection import EVENTS, MESSAGES, EventSelection
from app.insights.presence.responses import PresenceNow

RESPONSES = PresenceNow()
TTL = 10.0  # seconds; every open dashboard polls this
ONLINE = timedelta(minutes=5)  # as onlineUsers counts
LOOKBACK = timedelta(hours=1)
MAX_NAMED = 50  # users online who are listed
TOP = 5
ONLINE_USERS = """
    SELECT p.user_id, u.name, least(p.last_seen, %s) AS last_seen, count(*) OVER () AS online
    FROM user_presence AS p JOIN users AS u ON u.id = p.user_id
    WHERE p.workspace_id = %s AND p.last_seen > %s AND p.last_seen <= %s
    ORDER BY p.last_seen DESC, p.user_id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class CachedPresence:
    """A response, and the monotonic time until which it is cached."""

    response: dict[str, Any]
    expires_at: float  # monotonic seconds


class PresenceCache:
    """One worker's cache: a workspace is read at most every ten seconds, however many dashboards poll."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._cache: dict[UUID, CachedPresence] = {}
        self._reading: Coalescer[UUID, dict[str, Any]] = Coalescer(self._read_all)

    def get(self, workspace: UUID) -> dict[str, Any]:
        """The body of the response, at most ten seconds old."""
        cached = self._cache.get(workspace)
        if cached and monotonic() < cached.expires_at:
            return cached.response
        return self._reading.get(workspace)

    def _read_all(self, workspaces: Sequence[UUID]) -> list[dict[str, Any]]:
        now = monotonic()
        self._cache = {ws: cached for ws, cached in self._cache.items() if now < cached.expires_at}
        for workspace in set(workspaces) - self._cache.keys():
            response = _read(self._engine, workspace, datetime.now(UTC))
            self._cache[workspace] = CachedPresence(response, monotonic() + TTL)
        return [self._cache[workspace].response for workspace in workspaces]


def _read(engine: Engine, workspace: UUID, now: datetime) -> dict[str, Any]:
    with engine.connect() as connection:
        connection.exec_driver_sql(counts.READ_ONLY)
        online = connection.exec_driver_sql(
            ONLINE_USERS, (now, workspace, now - ONLINE, now + MAX_AHEAD, MAX_NAMED)
        ).all()
        last_hour = TimeRange(now - LOOKBACK, None)
        channels = _top(connection, EventSelection(workspace, last_hour, MESSAGES, ()), CHANNEL)
        users = _top(connection, EventSelection(workspace, last_hour, EVENTS, ()), USER)
        names = names_of(connection, [part["key"] for part in users or ()])
    data = {
        "online": online,
        "online_users": online[0].online if online else 0,
        "channels": channels,
        "people": users and [part | {"name": names.get(part["key"])} for part in users],
    }
    meta = {"since": now - LOOKBACK, "timestamp": now}
    response: dict[str, Any] = RESPONSES.dump({"data": data, "meta": meta})
    return response


def _top(connection: Connection, events: EventSelection, by: str) -> list[dict[str, Any]] | None:
    """The largest parts; None if too many events would have to be read."""
    selection = ComparedSelection(events)
    try:
        cost.check_cost(connection, selection.each())
    except TooCostly:
        return None
    ranking = counts.count_parts(connection, selection, by, TOP)
    return [{"key": part.key, "count": part.tally.count} for part in ranking.top]
