"""Marks derived from what is recorded anyway: changes of custom metrics and timezone, events of chosen types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg2.errors import QueryCanceled
from sqlalchemy import Connection, or_, select
from sqlalchemy.exc import OperationalError

from app.domain.annotation import EVENT, METRIC, TIMEZONE
from app.domain.custom_metric import PREFIX
from app.domain.event import MAX_AHEAD, MAX_LATE, add_references
from app.domain.event_query import CLOCK_SLACK
from app.domain.time_range import TimeRange
from app.errors import TooCostly
from app.event_log.append import REFERENCE_COLUMNS
from app.models import AuditEntry, Workspace

MAX_CHANGES = 200
MAX_EVENTS = 200
STATEMENT_TIMEOUT = "SET LOCAL statement_timeout = '3s'"
CREATED, CHANGED, REMOVED = METRIC_ACTIONS = (
    "custom-metric.created",
    "custom-metric.changed",
    "custom-metric.removed",
)
SETTINGS = "settings.changed"
DEFINITION = {
    "aggregate": "what it counts",
    "field": "its field",
    "types": "its event types",
    "where": "its conditions",
    "window": "its window",
    "paused": "",
}
# By the minutes in which there were any, the latest first, so that a rare type costs no scan of the log. Bounds of
# `received_at` prune partitions.
MARKED_EVENTS = """
    SELECT e.* FROM (
        SELECT DISTINCT minute FROM minute_counts
        WHERE workspace_id = %(workspace)s AND event_type = ANY(%(types)s)
        AND minute > %(since)s - interval '1 minute' AND (%(until)s IS NULL OR minute < %(until)s)
        ORDER BY minute DESC LIMIT %(limit)s
    ) AS m CROSS JOIN LATERAL (
        SELECT seq, event_id, event_type, user_id, occurred_at, {references} FROM events
        WHERE workspace_id = %(workspace)s AND event_type = ANY(%(types)s)
        AND occurred_at >= m.minute AND occurred_at < m.minute + interval '1 minute'
        AND occurred_at >= %(since)s AND (%(until)s IS NULL OR occurred_at < %(until)s)
        AND received_at >= m.minute - %(ahead)s AND received_at <= m.minute + interval '1 minute' + %(late)s
    ) AS e ORDER BY e.occurred_at DESC, e.seq DESC LIMIT %(limit)s
""".replace("{references}", REFERENCE_COLUMNS)

Mark = dict[str, Any]  # by the names of AnnotationSchema


def changes(connection: Connection, workspace: UUID, time_range: TimeRange) -> tuple[list[Mark], bool]:
    """The latest changes of definitions and of the timezone, by the audit log; and whether there are more."""
    query = select(AuditEntry.at, AuditEntry.action, AuditEntry.details).where(
        AuditEntry.workspace_id == workspace,
        AuditEntry.at >= time_range.since,
        or_(
            AuditEntry.action.in_(METRIC_ACTIONS),
            (AuditEntry.action == SETTINGS) & AuditEntry.details.has_key("timezone"),
        ),
    )
    if time_range.until is not None:
        query = query.where(AuditEntry.at < time_range.until)
    rows = connection.execute(query.order_by(AuditEntry.id.desc()).limit(MAX_CHANGES + 1)).all()
    found = [_change(row.at, row.action, row.details) for row in rows[:MAX_CHANGES]]
    return [mark for mark in found if mark is not None], len(rows) > MAX_CHANGES


def events(connection: Connection, workspace: UUID, time_range: TimeRange) -> tuple[list[Mark], bool]:
    """The latest events of the types that the workspace marks, and whether there are more. Raises TooCostly."""
    types = mark_types(connection, workspace)
    if not types:
        return [], False
    parameters = {
        "workspace": workspace,
        "types": list(types),
        "since": time_range.since,
        "until": time_range.until,
        "limit": MAX_EVENTS + 1,
        "ahead": MAX_AHEAD + CLOCK_SLACK,
        "late": MAX_LATE + CLOCK_SLACK,
    }
    connection.exec_driver_sql(STATEMENT_TIMEOUT)
    try:
        rows = [row._asdict() for row in connection.exec_driver_sql(MARKED_EVENTS, parameters)]
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        raise TooCostly(
            "There are too many events of the marked types. Move since and until closer together, or mark fewer."
        ) from error
    return [_event(row) for row in rows[:MAX_EVENTS]], len(rows) > MAX_EVENTS


def mark_types(connection: Connection, workspace: UUID) -> Sequence[str]:
    """The event types that the workspace marks."""
    query = select(Workspace.mark_types).where(Workspace.id == workspace)
    return connection.execute(query).scalar_one_or_none() or []


def _change(at: datetime, action: str, details: Mapping[str, Any]) -> Mark | None:
    if action == SETTINGS:
        before = details.get("before", {}).get("timezone")
        words = f"The timezone changed from {before} to {details['timezone']}."
        return _mark(at, TIMEZONE, words)
    words = _metric_words(action, details)
    return _mark(at, METRIC, words, metric=f"{PREFIX}{details['name']}") if words else None


def _metric_words(action: str, details: Mapping[str, Any]) -> str:
    """A sentence; empty for a change that no figure depends on, such as of the title."""
    name = details["name"]
    if action == CREATED:
        return f"The metric {name} was created."
    if action == REMOVED:
        return f"The metric {name} was removed."
    after = details.get("after", {})
    if parts := [words for part, words in DEFINITION.items() if words and part in after]:
        return f"The metric {name} changed: {', '.join(parts)}."
    if "paused" in after:
        return f"The metric {name} was {'paused' if after['paused'] else 'resumed'}."
    return ""


def _event(row: Mapping[str, Any]) -> Mark:
    about: dict[str, Any] = {}
    add_references(about, row)
    names = {"channelId": "channel_id", "taskId": "task_id", "orchestratorId": "orchestrator_id"}
    event = {name: row[name] for name in ("seq", "event_id", "event_type")}
    event |= {names[name]: value for name, value in about.items()}
    return _mark(row["occurred_at"], EVENT, row["event_type"], user_id=row["user_id"], event=event)


def _mark(at: datetime, kind: str, text: str, **more: Any) -> Mark:
    nothing = dict.fromkeys(("id", "until", "url", "user_id", "token_id"))
    return nothing | {"at": at, "kind": kind, "text": text, "tags": []} | more
