"""Custom metrics equal a naive recount: any events, late ones, deletions, zones, moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
import recount
import recount_custom
import timelines
from empty_logs import new_workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Row
from timelines import MS, Commit, Post

from app.domain.custom_metric import AGGREGATES, WINDOWS, MetricDefinition
from app.insights.custom.evaluation import evaluate
from app.insights.custom.past_values import values_at
from app.insights.custom.schema import load_new_metric

Sql = Callable[..., list[Row]]
THOROUGH = settings(
    max_examples=60,
    deadline=None,
    # Every example has a workspace of its own, so what the fixtures hold may stay.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
VALUES = st.one_of(
    st.sampled_from(
        [0, 1, 1.0, -1, 2.5, 0.1, 1e15, 1e-7, True, False, None, "", "1", "true", "null", [1], {}]
    ),
    st.integers(-(2**53), 2**53),
    st.floats(-1e9, 1e9),
)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "amount": VALUES,
        "deep": st.fixed_dictionaries({}, optional={"amount": VALUES}),
        "channelId": st.sampled_from(["channel-1", "channel-2", "channel-3"]),
        "messageId": st.sampled_from(["message-1", "message-2"]),
    },
)
ORDERS = st.builds(
    Post,
    st.integers(1, 10**9).map(lambda number: f"order-{number}"),
    st.sampled_from(["order.placed", "order.paid", "message.sent"]),
    DATA,
    st.sampled_from(timelines.USERS),
    st.none() | st.sampled_from(["session-1", "session-2"]),
    timelines.OFFSETS,
)
COMMITS = st.builds(
    Commit,
    st.sampled_from(timelines.EDGES),
    st.lists(
        st.tuples(st.just(0), st.lists(st.one_of(ORDERS, timelines.POSTS), min_size=1, max_size=8)),
        min_size=1,
        max_size=4,
    ),
)
FIELDS = st.sampled_from(
    ["eventData.amount", "eventData.deep.amount", "eventData.channelId", "eventData.nothing"]
)
SCALARS = st.sampled_from([0, 1, 1.0, -1, 0.1, True, False, "1", "true", "channel-1"])
NUMBERS = st.sampled_from([0, 1, 0.1, -1, 1e15])
CONDITIONS = st.one_of(
    st.fixed_dictionaries({"field": FIELDS, "op": st.sampled_from(["eq", "ne"]), "value": SCALARS}),
    st.fixed_dictionaries(
        {"field": FIELDS, "op": st.sampled_from(["lt", "lte", "gt", "gte"]), "value": NUMBERS}
    ),
    st.fixed_dictionaries({"field": FIELDS, "op": st.just("exists"), "value": st.booleans()}),
    st.fixed_dictionaries({"field": FIELDS, "op": st.just("in"), "value": st.lists(SCALARS, min_size=1)}),
)
TYPES = st.sampled_from([[], ["message.sent"]]) | st.lists(
    st.sampled_from(["order.placed", "order.paid", "message.sent", "message.deleted", "task.created"]),
    max_size=3,
)


@st.composite
def metrics(draw: st.DrawFn) -> dict[str, Any]:
    aggregate = draw(st.sampled_from(AGGREGATES))
    field = None
    if aggregate == "countDistinct":
        field = draw(FIELDS | st.sampled_from(["userId", "sessionId"]))
    elif aggregate != "count":
        field = draw(FIELDS)
    where = draw(st.lists(CONDITIONS, max_size=2))
    window = draw(st.sampled_from(list(WINDOWS)))
    definition = {
        "aggregate": aggregate,
        "field": field,
        "types": draw(TYPES),
        "where": where,
        "window": window,
    }
    return load_new_metric({"name": "drawn", **definition})["definition"]


@THOROUGH
@given(
    st.sampled_from(timelines.BEGINNINGS),
    st.sampled_from(timelines.ZONES),
    st.lists(COMMITS, min_size=2, max_size=6),
    st.lists(metrics(), min_size=3, max_size=10),
    st.randoms(use_true_random=False),
)
def test_custom_metrics_equal_a_recount(
    engine: Engine,
    sql: Sql,
    begin: datetime,
    zone: str,
    commits: list[Commit],
    definitions: list[dict[str, Any]],
    random: Random,
):
    workspace = new_workspace(sql, zone)
    last = timelines.post_all(engine, workspace, begin, commits)
    log = sql(recount.READ, workspace=workspace)
    for definition in definitions:
        length = recount_custom.LENGTHS.get(definition["window"], timedelta(0))
        edge = random.choice([row.occurred_at for row in log] or [last])
        now = max(last, edge + length + random.choice([-MS, 0 * MS, MS]))
        with engine.connect() as connection:
            found = evaluate(connection, MetricDefinition.from_json(definition), workspace, zone, now)
        expected = recount_custom.custom(log, definition, now, zone)
        assert found == (expected if expected is None else pytest.approx(expected, rel=1e-12)), definition


@THOROUGH
@given(
    st.sampled_from(timelines.BEGINNINGS),
    st.sampled_from(timelines.ZONES),
    st.lists(COMMITS, min_size=2, max_size=6),
    st.lists(metrics(), min_size=3, max_size=10),
    st.randoms(use_true_random=False),
)
def test_past_values_equal_a_recount(
    engine: Engine,
    sql: Sql,
    begin: datetime,
    zone: str,
    commits: list[Commit],
    definitions: list[dict[str, Any]],
    random: Random,
):
    workspace = new_workspace(sql, zone)
    last = timelines.post_all(engine, workspace, begin, commits)
    log = sql(recount.READ, workspace=workspace)
    for definition in definitions:
        length = recount_custom.LENGTHS.get(definition["window"], timedelta(0))
        edges = [timelines.began(row) for row in log] + [row.occurred_at + length for row in log] + [last]
        near = {random.choice(edges) + random.choice([-MS, 0 * MS, MS]) for _ in range(random.randint(1, 12))}
        moments = sorted(near)
        with engine.connect() as connection:
            found = values_at(connection, MetricDefinition.from_json(definition), workspace, zone, moments)
        for moment, value in zip(moments, found, strict=True):
            known = [row for row in log if timelines.began(row) <= moment]
            expected = recount_custom.custom(known, definition, moment, zone)
            same = expected if expected is None else pytest.approx(expected, rel=1e-12)
            assert value == same, (definition, moment)
