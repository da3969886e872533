"""The cost check of custom metrics on real PostgreSQL: the planned cost and the time limit."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app.domain.custom_metric import MetricDefinition
from app.errors import TooCostly
from app.insights.custom.evaluation import check_cost

NOON = datetime(2025, 12, 6, 12, tzinfo=UTC)
COUNT = {"aggregate": "count", "field": None, "types": [], "where": [], "window": "7d"}
SUM = COUNT | {"aggregate": "sum", "field": "eventData.total"}
ADVICE = (
    "A shorter window costs less. A count without conditions costs next to nothing, however long its window."
)


@pytest.fixture
def connection(engine):
    with engine.connect() as connection:
        yield connection


def check(connection: Connection, workspace: UUID, definition: dict):
    return check_cost(connection, MetricDefinition.from_json(definition), workspace, "UTC", NOON)


@pytest.mark.parametrize("definition", [COUNT, SUM])
def test_cheap_metric_has_its_value(connection, workspace, definition):
    assert check(connection, workspace, definition) == 0


def test_planned_cost_is_limited(connection, workspace):
    connection.exec_driver_sql("SET LOCAL cpu_operator_cost = 1000000")
    with pytest.raises(TooCostly) as refusal:
        check(connection, workspace, SUM)
    assert "PostgreSQL expects a cost of" in refusal.value.detail
    assert refusal.value.detail.endswith(f"the most is 150,000. {ADVICE}")


def test_slow_query_is_rejected(engine, connection, workspace):
    """The events table is locked, so the query hits its limit of two seconds."""
    with engine.connect() as holder:
        holder.exec_driver_sql("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(TooCostly) as refusal:
            check(connection, workspace, SUM)
    assert refusal.value.detail == f"Its query was stopped after 2 seconds. {ADVICE}"
