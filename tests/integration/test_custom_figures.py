"""Custom metrics on the tick: values, cache times, cost, and pausing after repeated time-outs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from servers import until
from sqlalchemy import Connection

from app.domain.custom_metric import MetricDefinition
from app.domain.event import NewEvent
from app.errors import TooCostly
from app.ingest.transaction import commit
from app.insights.custom.compute import CustomFigures, CustomValues
from app.insights.custom.evaluation import check_cost
from app.insights.tick import compute as figures
from app.insights.tick.log_positions import READ_ONLY_SNAPSHOT

NOON = datetime(2025, 12, 6, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MIKA = UUID(int=1)
ORDERS = {"aggregate": "count", "field": None, "types": ["order.placed"], "where": [], "window": "1h"}
BIG = ORDERS | {"where": [{"field": "eventData.total", "op": "gte", "value": 100}]}


@pytest.fixture
def define(sql, workspace) -> Callable[..., None]:
    """`define("bigOrders", aggregate="count", …)`."""

    def run(name: str, definition: dict) -> None:
        sql(
            "INSERT INTO custom_metrics (id, workspace_id, name, title, unit, definition, changed_at) "
            "VALUES (:id, :workspace, :name, '', '', :definition, now())",
            id=uuid4(),
            workspace=workspace,
            name=name,
            definition=json.dumps(definition),
        )

    return run


@pytest.fixture
def order(engine, workspace) -> Callable[..., None]:
    def run(total: float, at: datetime = NOON) -> None:
        commit(engine, [[NewEvent(workspace, str(uuid4()), "order.placed", {"total": total}, MIKA)]], at)

    return run


@pytest.fixture
def tick(engine, workspace) -> Callable[..., dict]:
    """`tick(custom, NOON)`: the payload of a tick."""
    return lambda custom, now: figures.compute(engine, [workspace], now, custom=custom)[workspace].payload


@pytest.fixture
def compute(engine, workspace) -> Callable[[CustomFigures], dict[UUID, CustomValues]]:
    """The custom figures alone, of noon."""

    def run(custom: CustomFigures) -> dict[UUID, CustomValues]:
        with engine.connect() as connection:
            connection.exec_driver_sql(READ_ONLY_SNAPSHOT)
            snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            return custom.compute(snapshot, [workspace], NOON)

    return run


@pytest.fixture
def hold(engine):
    """Lock the events table: the built-in figures of an idle hour do not need it."""
    held = []

    def lock() -> Connection:
        held.append(engine.connect())
        held[0].exec_driver_sql("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        return held[0]

    yield lock
    for connection in held:
        connection.close()


def pauses(sql) -> list[tuple]:
    return [tuple(row) for row in sql("SELECT overruns, paused_because FROM custom_metrics ORDER BY name")]


def test_custom_figures_on_a_tick(engine, define, order, tick):
    define("orders", ORDERS)
    define("big", BIG)
    define("mean", ORDERS | {"aggregate": "avg", "field": "eventData.total"})
    custom = CustomFigures(engine)
    assert tick(custom, NOON)["custom"] == {"big": 0, "mean": None, "orders": 0}
    order(100)
    order(50)
    payload = tick(CustomFigures(engine), NOON)
    assert payload["custom"] == {"big": 1, "mean": 75, "orders": 2}
    assert payload["eventCounts"] == {"order.placed": 2}
    assert "stale" not in payload


def test_no_custom_metrics(engine, tick):
    assert "custom" not in tick(CustomFigures(engine), NOON)


def test_history_uses_full_names(engine, workspace, define, order):
    define("orders", ORDERS)
    order(1)
    stats = figures.compute(engine, [workspace], NOON, custom=CustomFigures(engine))[workspace]
    assert stats.figures()["custom.orders"] == 1


def test_cached_value_has_its_age(engine, define, order, tick):
    define("big", BIG)
    order(100)
    custom = CustomFigures(engine, cache_factor=1e9)
    assert tick(custom, NOON)["custom"] == {"big": 1}
    order(100)
    payload = tick(custom, NOON + 5 * SECOND)
    assert (payload["custom"], payload["stale"]) == ({"big": 1}, {"custom.big": 5.0})


def test_changed_definition_is_recomputed(engine, sql, define, order, tick):
    define("big", BIG)
    order(50)
    custom = CustomFigures(engine, cache_factor=1e9)
    assert tick(custom, NOON)["custom"] == {"big": 0}
    sql("UPDATE custom_metrics SET definition = :new, changed_at = now()", new=json.dumps(ORDERS))
    payload = tick(custom, NOON + SECOND)
    assert payload["custom"] == {"big": 1}
    assert "stale" not in payload


def test_midnight_invalidates_today(engine, define, order, tick):
    define("today", BIG | {"window": "today"})
    order(100)
    custom = CustomFigures(engine, cache_factor=1e9)
    assert tick(custom, NOON)["custom"] == {"today": 1}
    assert tick(custom, NOON + timedelta(hours=12))["custom"] == {"today": 0}


def test_tick_waits_for_no_slow_query(engine, workspace, define, compute, hold):
    """The built-in figures are complete; the slow one is unknown."""
    define("big", BIG)
    custom = CustomFigures(engine, query_timeout=60, tick_timeout=0.1)
    holder = hold()
    own = compute(custom)[workspace]
    assert (own.values, own.stale) == ({"big": None}, {"custom.big": None})
    holder.close()
    until(lambda: engine.pool.checkedout() == 0, "the query ends")
    assert compute(custom)[workspace].values == {"big": 0}


def test_three_timeouts_pause_a_metric(engine, sql, define, compute, hold):
    define("big", BIG)
    custom = CustomFigures(engine, query_timeout=0.05)
    hold()
    for overruns in (1, 2, 3):
        compute(custom)
        assert pauses(sql)[0][0] == overruns
    assert pauses(sql)[0][1] == (
        "Its query took longer than 0.05 seconds, 3 times in a row. "
        "Give it a shorter window, or none of the conditions, then resume it."
    )


def test_success_resets_timeouts(engine, sql, define, order, tick):
    define("big", BIG)
    sql("UPDATE custom_metrics SET overruns = 2")
    order(100)
    assert tick(CustomFigures(engine), NOON)["custom"] == {"big": 1}
    assert pauses(sql) == [(0, None)]


def test_paused_metric_is_not_computed(engine, sql, define, order, tick):
    define("big", BIG)
    order(100)
    sql("UPDATE custom_metrics SET paused_at = now(), paused_because = 'x'")
    payload = tick(CustomFigures(engine), NOON)
    assert payload["custom"] == {"big": None}
    assert "stale" not in payload


def test_twenty_metrics_in_one_tick(engine, define, order, tick):
    for number in range(20):
        define(f"n{number}", BIG)
    order(100)
    payload = tick(CustomFigures(engine, tick_timeout=30), NOON)
    assert payload["custom"] == {f"n{number}": 1 for number in range(20)}
    assert "stale" not in payload


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
    return check_cost(connection, MetricDefinition.from_json(definition), workspace, "UTC", NOON).value


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
