"""Hypothesis strategies: what several workspaces may post, split into requests and commits in any way.

Names and times are drawn from small sets, so that events meet: the same message deleted twice, two states at one
moment, an id used again, an event on the edge of an hour, a minute or a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import Engine, Row

from app.domain.event import NewEvent
from app.ingest.transaction import commit

# Clocks change in some of the zones on these days; nowhere on the last.
BEGINNINGS = [
    datetime(2025, 11, 2, 3, 30, tzinfo=UTC),
    datetime(2026, 3, 8, 4, 10, tzinfo=UTC),
    datetime(2026, 4, 4, 13, 59, 30, tzinfo=UTC),
    datetime(2025, 12, 5, 22, 59, 59, 999_000, tzinfo=UTC),
]
ZONES = [
    "UTC",
    "America/New_York",
    "America/Havana",  # clocks skip midnight in spring
    "Asia/Kathmandu",  # 5:45 ahead
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Pacific/Kiritimati",  # 14 hours ahead
    "Pacific/Pago_Pago",  # 11 hours behind
]
USERS = [UUID(int=number) for number in range(1, 4)]
HOUR, MINUTE, MS = timedelta(hours=1), timedelta(minutes=1), timedelta(milliseconds=1)
EDGES = [
    timedelta(0), MS, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, HOUR + MINUTE, 2 * HOUR, 24 * HOUR
]  # fmt: skip


@dataclass(frozen=True)
class Post:
    """An event to be posted; `offset` is its timestamp less the moment it is received."""

    event_id: str
    event_type: str
    event_data: dict[str, Any]
    user_id: UUID
    session_id: str | None
    offset: timedelta | None

    def event(self, workspace: UUID, received_at: datetime) -> NewEvent:
        timestamp = None if self.offset is None else received_at + self.offset
        content = self.event_type, self.event_data, self.user_id, self.session_id
        return NewEvent(workspace, self.event_id, *content, timestamp)


@dataclass(frozen=True)
class Commit:
    """Requests (workspace's number, posts) that are committed together, `after` the commit before."""

    after: timedelta
    requests: list[tuple[int, list[Post]]]


def _names(kind: str, most: int) -> st.SearchStrategy[str]:
    return st.integers(1, most).map(lambda number: f"{kind}-{number}")


def _data(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


MESSAGE, CHANNEL = _names("message", 2), _names("channel", 2)
SENT = st.tuples(
    st.just("message.sent"), st.fixed_dictionaries({"channelId": CHANNEL}, optional={"messageId": MESSAGE})
)
DELETED = st.tuples(st.just("message.deleted"), st.fixed_dictionaries({"messageId": MESSAGE}))
KINDS = st.one_of(
    *[SENT, DELETED] * 3,  # these are the ones that reach back
    st.tuples(st.just("message.sent"), _data(messageId=MESSAGE)),
    st.tuples(
        st.sampled_from(["channel.created", "channel.archived"]),
        st.fixed_dictionaries({"channelId": CHANNEL}),
    ),
    st.tuples(
        st.sampled_from(["orchestrator.online", "orchestrator.busy", "orchestrator.offline"]),
        st.fixed_dictionaries({"orchestratorId": _names("orchestrator", 2)}),
    ),
    st.tuples(
        st.sampled_from(["task.created", "task.started", "task.completed", "task.failed", "task.cancelled"]),
        st.fixed_dictionaries({"taskId": _names("task", 2)}),
    ),
    st.tuples(st.sampled_from(["user.active", "deploy.done"]), st.just({})),
)
# From 24 hours back to 5 minutes ahead, as the schema allows.
OFFSETS = st.one_of(
    st.none(),
    st.sampled_from([-edge for edge in EDGES] + [MS, 5 * MINUTE]),
    st.integers(-24 * 3_600_000, 300_000).map(lambda ms: ms * MS),
)
POSTS = st.builds(
    lambda event_id, kind, *others: Post(event_id, *kind, *others),
    _names("event", 3) | _names("event", 1_000_000),
    KINDS,
    st.sampled_from(USERS),
    st.none() | _names("session", 2),
    OFFSETS,
)
REQUESTS = st.tuples(st.sampled_from([0, 0, 1]), st.lists(POSTS, min_size=1, max_size=8))
COMMITS = st.builds(
    Commit,
    st.sampled_from(EDGES) | st.integers(0, 3_600_000).map(lambda ms: ms * MS),
    st.lists(REQUESTS, min_size=1, max_size=5),
)


def began(event: Row) -> datetime:
    """Since when an event counts: when it occurred, or was received if it was stamped ahead of that."""
    return min(event.occurred_at, event.received_at)


def post_all(engine: Engine, workspace: UUID, begin: datetime, commits: list[Commit]) -> datetime:
    """Commit it all to one workspace; returns when the last was received."""
    now = begin
    for step in commits:
        now += step.after
        commit(engine, [[post.event(workspace, now) for post in posts] for _, posts in step.requests], now)
    return now
