"""Upkeep changes no figure: whatever was posted, and whenever rows are pruned, a naive recount still agrees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import recount
import timelines
from empty_logs import new_workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Row
from timelines import HOUR, MINUTE, Commit

from app.ingest.transaction import commit
from app.insights.tick import compute
from app.maintenance.retention import run_upkeep_at

RETENTION = timedelta(days=90)
GAPS = st.sampled_from([0 * HOUR, MINUTE, 23 * HOUR, 24 * HOUR, 47 * HOUR, 49 * HOUR, 73 * HOUR])
WINDOWS = [MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(timelines.BEGINNINGS),
    st.lists(st.tuples(GAPS, timelines.COMMITS, st.booleans()), min_size=2, max_size=8),
    st.randoms(use_true_random=False),
)
def test_figures_equal_a_recount(
    engine: Engine,
    ask: Callable[..., list[Row]],
    begin: datetime,
    steps: list[tuple[timedelta, Commit, bool]],
    random: Random,
):
    workspace, now = new_workspace(ask), begin
    for gap, step, prune in steps:
        now += gap
        if prune:
            run_upkeep_at(engine, now, RETENTION)
        requests = [[post.event(workspace, now) for post in posts] for _, posts in step.requests]
        commit(engine, requests, now)
    run_upkeep_at(engine, now, RETENTION)
    log = ask(recount.READ, workspace=workspace)
    for window in random.sample(WINDOWS, 3):
        then = max(now, random.choice(log).occurred_at + window) if log else now
        shown = dict(compute.compute(engine, [workspace], then)[workspace].payload)
        del shown["timestamp"]
        assert shown == recount.figures(log, then, "UTC")
