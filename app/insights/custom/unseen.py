"""What a definition names that no event had: misspelt types and fields, which count nothing and are no error."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.domain.custom_metric import DATA, MetricDefinition, path_of

LATELY = timedelta(days=7)
MAX_SCANNED = 100_000  # sequence numbers, from the latest back
MAX_EVENTS = 10_000  # of the definition's types, among these
# Most types are seen daily: the whole past is read only for one that was not.
TYPE_SEEN = """
    SELECT asked.event_type FROM unnest(%(types)s::text[]) AS asked (event_type) WHERE NOT EXISTS (
        SELECT FROM minute_counts AS m WHERE m.workspace_id = %(workspace)s AND m.minute >= %(since)s
        AND m.event_type = asked.event_type
    )
"""
LAST_NUMBER = "SELECT last_seq FROM event_heads WHERE workspace_id = %s"
FIELDS_SEEN = """
    SELECT {seen} FROM (
        SELECT e.event_data FROM events AS e
        WHERE e.workspace_id = %(workspace)s AND e.seq > %(beyond)s{types} ORDER BY e.seq DESC LIMIT %(most)s
    ) AS latest
"""


class Unseen(NamedTuple):
    """Types of which there was no event, and fields that no event of the definition's types had lately."""

    types: Sequence[str]
    fields: Sequence[str]


def unseen(connection: Connection, definition: MetricDefinition, workspace: UUID, now: datetime) -> Unseen:
    """What was never seen. Of types without any event, it is not known which fields they will have."""
    types = _unseen_types(connection, definition, workspace, now)
    if definition.types and set(types) == set(definition.types):
        return Unseen(types, [])
    return Unseen(types, _unseen_fields(connection, definition, workspace))


def _unseen_types(
    connection: Connection, definition: MetricDefinition, workspace: UUID, now: datetime
) -> Sequence[str]:
    missing = list(definition.types)
    for since in (now - LATELY, datetime.min.replace(tzinfo=now.tzinfo)):
        if missing:
            parameters = {"types": missing, "workspace": workspace, "since": since}
            missing = list(connection.exec_driver_sql(TYPE_SEEN, parameters).scalars())
    return missing


def _unseen_fields(connection: Connection, definition: MetricDefinition, workspace: UUID) -> Sequence[str]:
    named = [definition.field, *(condition.field for condition in definition.where)]
    fields = list(dict.fromkeys(field for field in named if field and field.startswith(DATA)))
    head = connection.exec_driver_sql(LAST_NUMBER, (workspace,)).scalar_one_or_none()
    if not fields or not head:
        return fields
    parameters = {
        "workspace": workspace,
        "beyond": max(0, head - MAX_SCANNED),
        "most": MAX_EVENTS,
        "types": list(definition.types),
        **{f"path{number}": path_of(field) for number, field in enumerate(fields)},
    }
    statement = FIELDS_SEEN.format(
        seen=", ".join(
            f"coalesce(bool_or((event_data #> %(path{number})s::text[]) IS NOT NULL), false)"
            for number in range(len(fields))
        ),
        types=" AND e.event_type = ANY(%(types)s)" if definition.types else "",
    )
    seen = connection.exec_driver_sql(statement, parameters).one()
    return [field for field, was_seen in zip(fields, seen, strict=True) if not was_seen]
