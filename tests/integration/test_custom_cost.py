"""The guard at the door of custom metrics, on real PostgreSQL: what looks too dear, and what takes too long."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from empty_logs import new_workspace
from sqlalchemy import Connection

from app.domain.custom_metric import Definition
from app.errors import TooCostly
from app.extensions import db
from app.insights.custom.cost import affordable

NOON = datetime(2025, 12, 6, 12, tzinfo=UTC)
COUNT = {"aggregate": "count", "field": None, "types": [], "where": [], "window": "7d"}
SUM = COUNT | {"aggregate": "sum", "field": "eventData.total"}
ADVICE = (
    "A shorter window costs less. A count without conditions costs next to nothing, however long its window."
)


@pytest.fixture
def workspace(sql) -> UUID:
    return new_workspace(sql)


@pytest.fixture
def engine(app):
    with app.app_context():
        return db.engine


@pytest.fixture
def connection(engine):
    with engine.connect() as connection:
        yield connection


def asked(connection: Connection, workspace: UUID, told: dict):
    return affordable(connection, Definition.of(told), workspace, "UTC", NOON)


@pytest.mark.parametrize("told", [COUNT, SUM])
def test_what_is_cheap_comes_with_its_value(connection, workspace, told):
    assert asked(connection, workspace, told) == 0


def test_what_the_planner_finds_dear_is_refused_before_it_runs(connection, workspace):
    connection.exec_driver_sql("SET LOCAL cpu_operator_cost = 1000000")
    with pytest.raises(TooCostly) as refusal:
        asked(connection, workspace, SUM)
    assert "PostgreSQL expects a cost of" in refusal.value.detail
    assert refusal.value.detail.endswith(f"the most is 150,000. {ADVICE}")


def test_what_takes_too_long_is_refused_when_it_has_run(engine, connection, workspace):
    """Nobody can read the events meanwhile; that is found out within the two seconds a query has."""
    with engine.connect() as holder:
        holder.exec_driver_sql("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(TooCostly) as refusal:
            asked(connection, workspace, SUM)
    assert refusal.value.detail == f"Its query was stopped after 2 seconds. {ADVICE}"
