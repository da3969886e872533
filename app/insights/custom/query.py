"""The SQL query of a custom metric in one workspace. Everything that admins define becomes a bind parameter."""

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
    FieldCondition,
    MetricDefinition,
    path_of,
)
from app.domain.event import MAX_AHEAD
from app.domain.event_query import CLOCK_SLACK
from app.insights.metrics.registry import NOT_DELETED

COMPARISONS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
COLUMNS = {USER: "e.user_id", SESSION: "e.session_id"}
FROM_NUMBERS = {
    "sum": "sum({})",
    "avg": "avg({})",
    "min": "min({})",
    "max": "max({})",
    "p95": "percentile_disc(0.95) WITHIN GROUP (ORDER BY {})",  # an actual value, the nearest rank
}
# Without an OR, so that the planner joins with all deletions once, instead of a look-up for each event.
STANDING_IF_A_MESSAGE = NOT_DELETED.replace("WHERE", f"WHERE e.event_type = '{MESSAGE}' AND", 1)
# Whole minutes from minute_counts; of the minute in which a sliding window starts, the events themselves.
SUMS = """
    SELECT coalesce(sum(m.count - m.retracted), 0) FROM minute_counts AS m
    WHERE m.workspace_id = %(workspace)s AND m.minute {after} %(start)s{types}
"""
EDGE = """
    SELECT count(*) FROM events AS e
    WHERE {counts} AND e.occurred_at < date_trunc('minute', %(start)s) + interval '1 minute'
"""


@dataclass(slots=True)
class BindParameters:
    """The bind parameters of a query; `add` returns the placeholder of a new one."""

    values: dict[str, Any] = field(default_factory=dict)

    def add(self, value: Any) -> str:
        """Add a value; its placeholder."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


@dataclass(frozen=True, slots=True)
class Query:
    """An SQL statement with its bind parameters, in psycopg2's pyformat style."""

    sql: str
    parameters: dict[str, Any]


def query_of(definition: MetricDefinition, workspace: UUID, now: datetime, timezone: str) -> Query:
    """The query of the metric's value at `now`: one row with one column."""
    parameters = bounds(definition, workspace, now, timezone)
    counts = " AND ".join(_conditions(definition, parameters))
    if not definition.is_sum_of_minutes:
        sql = f"SELECT {_aggregate(definition, parameters)} FROM events AS e WHERE {counts}"  # noqa: S608
        return Query(sql, parameters.values)
    types = f" AND m.event_type = ANY({parameters.add(list(definition.types))})" if definition.types else ""
    sums = SUMS.format(after=_start_operator(definition), types=types)
    if definition.window.has_start:
        return Query(sums, parameters.values)
    return Query(f"SELECT ({sums}) + ({EDGE.format(counts=counts)})", parameters.values)


def condition_of(definition: MetricDefinition, workspace: UUID, now: datetime, timezone: str) -> Query:
    """The WHERE condition for events `e` that count towards the metric at `now`."""
    parameters = bounds(definition, workspace, now, timezone)
    conditions = [*_conditions(definition, parameters)]
    if definition.aggregate != COUNT:
        conditions.append(f"{value_of(definition, parameters)} IS NOT NULL")
    return Query(" AND ".join(conditions), parameters.values)


def bounds(definition: MetricDefinition, workspace: UUID, now: datetime, timezone: str) -> BindParameters:
    """The parameters `workspace`, `start` (of the window at `now`) and `received` (of its first event)."""
    start = definition.window.start(now, timezone)
    assert start is not None, "every window of a custom metric has a start"
    # No event in the window was received earlier, so older partitions are not scanned.
    return BindParameters(
        {"workspace": workspace, "start": start, "received": start - MAX_AHEAD - CLOCK_SLACK}
    )


def _conditions(definition: MetricDefinition, parameters: BindParameters) -> Iterator[str]:
    yield f"e.occurred_at {_start_operator(definition)} %(start)s"
    yield from matching(definition, parameters)
    if definition.types == (MESSAGE,):
        yield NOT_DELETED
    elif definition.may_count_messages:
        yield STANDING_IF_A_MESSAGE


def matching(definition: MetricDefinition, parameters: BindParameters) -> Iterator[str]:
    """The conditions for events `e` of the definition, but for the window and for deletions of messages."""
    yield "e.workspace_id = %(workspace)s"
    yield "e.received_at >= %(received)s"
    if definition.types:
        yield f"e.event_type = ANY({parameters.add(list(definition.types))})"
    for condition in definition.where:
        yield _condition_sql(condition, parameters)


def _start_operator(definition: MetricDefinition) -> str:
    return ">=" if definition.window.has_start else ">"


def _condition_sql(condition: FieldCondition, parameters: BindParameters) -> str:
    found = _json_at(condition.field, parameters)
    value = condition.value
    if condition.op == "exists":
        return f"{found} IS {'NOT ' if value else ''}NULL"
    if condition.op == "in":
        return f"{found} = ANY({parameters.add(list(map(json.dumps, value)))}::jsonb[])"
    if condition.op in COMPARISONS:
        limit = parameters.add(json.dumps(value))
        return f"{_as_number(found)} {COMPARISONS[condition.op]} {limit}::numeric"
    return f"{found} {'=' if condition.op == 'eq' else '<>'} {parameters.add(json.dumps(value))}::jsonb"


def _aggregate(definition: MetricDefinition, parameters: BindParameters) -> str:
    if definition.aggregate == COUNT:
        return "count(*)"
    value = value_of(definition, parameters)
    if definition.aggregate == DISTINCT:
        return f"count(DISTINCT {value})"
    return FROM_NUMBERS[definition.aggregate].format(value)


def value_of(definition: MetricDefinition, parameters: BindParameters) -> str:
    """The value of an event for the aggregate; NULL is ignored."""
    assert definition.field is not None, "only a count has no field"
    if definition.field in COLUMNS:
        return COLUMNS[definition.field]
    found = _json_at(definition.field, parameters)
    if definition.aggregate == DISTINCT:
        return f"CASE WHEN jsonb_typeof({found}) IN ('string', 'number', 'boolean') THEN {found} END"
    return _as_number(found)


def _json_at(name: str, parameters: BindParameters) -> str:
    assert name.startswith(DATA)
    return f"(e.event_data #> {parameters.add(path_of(name))}::text[])"


def _as_number(found: str) -> str:
    # CASE, so that only numbers are cast.
    return f"(CASE WHEN jsonb_typeof({found}) = 'number' THEN ({found})::numeric END)"
