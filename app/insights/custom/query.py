"""A custom metric as a query of one workspace. What admins write becomes parameters, never SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.custom_metric import (
    COUNT,
    DATA,
    DISTINCT,
    MESSAGE,
    SESSION,
    USER,
    Condition,
    Definition,
    path_of,
)
from app.domain.event import MAX_AHEAD
from app.domain.event_query import SLACK
from app.insights.metrics.registry import STANDING

COMPARISONS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
COLUMNS = {USER: "e.user_id", SESSION: "e.session_id"}
FROM_NUMBERS = {
    "sum": "sum({})",
    "avg": "avg({})",
    "min": "min({})",
    "max": "max({})",
    "p95": "percentile_disc(0.95) WITHIN GROUP (ORDER BY {})",  # an actual value, the nearest rank
}
# No OR: so the planner joins once with all deletions, instead of looking for one of each event.
STANDING_IF_A_MESSAGE = STANDING.replace("WHERE", f"WHERE e.event_type = '{MESSAGE}' AND", 1)
# Whole minutes from their sums; the minute that a sliding window begins in from its rows. A day begins with one.
SUMS = """
    SELECT coalesce(sum(m.count - m.retracted), 0) FROM minute_counts AS m
    WHERE m.workspace_id = %(workspace)s AND m.minute {after} %(start)s{types}
"""
EDGE = """
    SELECT count(*) FROM events AS e
    WHERE {counts} AND e.occurred_at < date_trunc('minute', %(start)s) + interval '1 minute'
"""


@dataclass(slots=True)
class Parameters:
    """The values of a query; `add` names one and gives its placeholder."""

    values: dict[str, Any] = field(default_factory=dict)

    def add(self, value: Any) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


@dataclass(frozen=True, slots=True)
class Query:
    """A statement in psycopg2's style with its parameters."""

    sql: str
    parameters: dict[str, Any]


def query_of(definition: Definition, workspace: UUID, now: datetime, timezone: str) -> Query:
    """The query that gives the metric's value at `now` in one row of one column."""
    parameters = _bounds(definition, workspace, now, timezone)
    counts = " AND ".join(_counting(definition, parameters))
    if not definition.is_sum_of_minutes:
        sql = f"SELECT {_aggregate(definition, parameters)} FROM events AS e WHERE {counts}"  # noqa: S608
        return Query(sql, parameters.values)
    types = f" AND m.event_type = ANY({parameters.add(list(definition.types))})" if definition.types else ""
    sums = SUMS.format(after=_after(definition), types=types)
    if definition.window.has_start:
        return Query(sums, parameters.values)
    return Query(f"SELECT ({sums}) + ({EDGE.format(counts=counts)})", parameters.values)


def condition_of(definition: Definition, workspace: UUID, now: datetime, timezone: str) -> Query:
    """What an event `e` must be to count towards the metric at `now`."""
    parameters = _bounds(definition, workspace, now, timezone)
    conditions = [*_counting(definition, parameters)]
    if definition.aggregate != COUNT:
        conditions.append(f"{_value(definition, parameters)} IS NOT NULL")
    return Query(" AND ".join(conditions), parameters.values)


def _bounds(definition: Definition, workspace: UUID, now: datetime, timezone: str) -> Parameters:
    start = definition.window.start(now, timezone)
    # Nothing that counts was received earlier, so older partitions stay unread.
    return Parameters({"workspace": workspace, "start": start, "received": start - MAX_AHEAD - SLACK})


def _counting(definition: Definition, parameters: Parameters) -> Iterator[str]:
    yield "e.workspace_id = %(workspace)s"
    yield f"e.occurred_at {_after(definition)} %(start)s"
    yield "e.received_at >= %(received)s"
    if definition.types:
        yield f"e.event_type = ANY({parameters.add(list(definition.types))})"
    for condition in definition.where:
        yield _meets(condition, parameters)
    if definition.types == (MESSAGE,):
        yield STANDING
    elif definition.may_count_messages:
        yield STANDING_IF_A_MESSAGE


def _after(definition: Definition) -> str:
    return ">=" if definition.window.has_start else ">"


def _meets(condition: Condition, parameters: Parameters) -> str:
    said = _said(condition.field, parameters)
    value = condition.value
    if condition.op == "exists":
        return f"{said} IS {'NOT ' if value else ''}NULL"
    if condition.op == "in":
        return f"{said} = ANY({parameters.add(list(map(json.dumps, value)))}::jsonb[])"
    if condition.op in COMPARISONS:
        limit = parameters.add(json.dumps(value))
        return f"{_number(said)} {COMPARISONS[condition.op]} {limit}::numeric"
    return f"{said} {'=' if condition.op == 'eq' else '<>'} {parameters.add(json.dumps(value))}::jsonb"


def _aggregate(definition: Definition, parameters: Parameters) -> str:
    if definition.aggregate == COUNT:
        return "count(*)"
    value = _value(definition, parameters)
    if definition.aggregate == DISTINCT:
        return f"count(DISTINCT {value})"
    return FROM_NUMBERS[definition.aggregate].format(value)


def _value(definition: Definition, parameters: Parameters) -> str:
    """What an event gives to the aggregate; NULL counts for nothing."""
    if definition.field in COLUMNS:
        return COLUMNS[definition.field]
    said = _said(definition.field, parameters)
    if definition.aggregate == DISTINCT:
        return f"CASE WHEN jsonb_typeof({said}) IN ('string', 'number', 'boolean') THEN {said} END"
    return _number(said)


def _said(name: str, parameters: Parameters) -> str:
    assert name.startswith(DATA)
    return f"(e.event_data #> {parameters.add(path_of(name))}::text[])"


def _number(said: str) -> str:
    # CASE, so that what is no number is never cast.
    return f"(CASE WHEN jsonb_typeof({said}) = 'number' THEN ({said})::numeric END)"
