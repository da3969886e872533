"""Who is online, and the liveliest channels and people, read once for everybody who asks within some seconds."""

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
from app.domain.instants import iso
from app.domain.time_range import TimeRange
from app.errors import TooCostly
from app.insights.breakdown import counts
from app.insights.breakdown.query import EVENTS, MESSAGES, EventSelection
from app.insights.tick.log_positions import READ_ONLY_SNAPSHOT

TTL = 10.0  # seconds for which an answer serves everybody: each dashboard asks for it again and again
ONLINE = timedelta(minutes=5)  # as onlineUsers counts
LOOKBACK = timedelta(hours=1)
MAX_NAMED = 50  # people online who are told by name
TOP = 5
STATEMENT_TIMEOUT = "SET LOCAL statement_timeout = '5s'"
ONLINE_USERS = """
    SELECT p.user_id, u.name, least(p.last_seen, %s), count(*) OVER () AS online
    FROM user_presence AS p JOIN users AS u ON u.id = p.user_id
    WHERE p.workspace_id = %s AND p.last_seen > %s AND p.last_seen <= %s
    ORDER BY p.last_seen DESC, p.user_id LIMIT %s
"""
NAMES = "SELECT id::text, name FROM users WHERE id = ANY(%s::uuid[])"


@dataclass(frozen=True, slots=True)
class CachedPresence:
    """An answer, and until when it serves."""

    answer: dict[str, Any]
    expires_at: float  # monotonic seconds


class PresenceCache:
    """One worker's part: however many dashboards ask, a workspace is read every ten seconds at most."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._known: dict[UUID, CachedPresence] = {}
        self._reading: Coalescer[UUID, dict[str, Any]] = Coalescer(self._read_all)

    def get(self, workspace: UUID) -> dict[str, Any]:
        """What the route answers, at most ten seconds old."""
        known = self._known.get(workspace)
        if known and monotonic() < known.expires_at:
            return known.answer
        return self._reading.get(workspace)

    def _read_all(self, asked: Sequence[UUID]) -> list[dict[str, Any]]:
        now = monotonic()
        self._known = {ws: known for ws, known in self._known.items() if now < known.expires_at}
        for workspace in set(asked) - self._known.keys():
            answer = _read(self._engine, workspace, datetime.now(UTC))
            self._known[workspace] = CachedPresence(answer, monotonic() + TTL)
        return [self._known[workspace].answer for workspace in asked]


def _read(engine: Engine, workspace: UUID, now: datetime) -> dict[str, Any]:
    with engine.connect() as connection:
        connection.exec_driver_sql(f"{READ_ONLY_SNAPSHOT}; {STATEMENT_TIMEOUT}")
        here = connection.exec_driver_sql(
            ONLINE_USERS, (now, workspace, now - ONLINE, now + MAX_AHEAD, MAX_NAMED)
        ).all()
        channels = _top(
            connection, EventSelection(workspace, TimeRange(now - LOOKBACK, None), MESSAGES, ()), "channel"
        )
        people = _top(
            connection, EventSelection(workspace, TimeRange(now - LOOKBACK, None), EVENTS, ()), "user"
        )
        names = dict(connection.exec_driver_sql(NAMES, ([part["key"] for part in people or ()],)).all())
    return {
        "data": {
            "online": [
                {"userId": str(user_id), "name": name, "lastSeen": iso(last_seen)}
                for user_id, name, last_seen, _ in here
            ],
            "onlineUsers": here[0].online if here else 0,
            "channels": channels,
            "people": people and [part | {"name": names.get(part["key"])} for part in people],
        },
        "meta": {"since": iso(now - LOOKBACK), "timestamp": iso(now)},
    }


def _top(connection: Connection, question: EventSelection, key: str) -> list[dict[str, Any]] | None:
    """The first few parts; nothing where too many events would have to be looked at."""
    try:
        ranking = counts.by_user_or_channel(connection, question, TOP, key)
    except TooCostly:
        return None
    return [{"key": part, "count": count} for part, count in ranking.top]
