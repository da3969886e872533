"""Whatever is posted, in whatever order and however it is split into commits: a naive recount agrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import recount
import timelines
from empty_logs import new_workspace
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projections import recounted, stored
from sqlalchemy import Engine, Row
from timelines import MS, Commit

from app.domain.event import NewEvent
from app.extensions import db
from app.ingest.transaction import commit
from app.insights.tick import compute

Sql = Callable[..., list[Row]]
WINDOWS = [timedelta(minutes=minutes) for minutes in (0, 5, 10, 30, 60, 120)] + [timedelta(hours=24)]
MOMENTS = st.lists(
    st.tuples(st.sampled_from(WINDOWS), st.sampled_from([-MS, 0 * MS, MS])), min_size=3, max_size=6
)
THOROUGH = settings(
    max_examples=60,
    deadline=None,
    # Every example has workspaces of its own, so what the fixtures hold may stay.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@THOROUGH
@given(
    st.sampled_from(timelines.BEGINNINGS),
    st.tuples(st.sampled_from(timelines.ZONES), st.sampled_from(timelines.ZONES)),
    st.lists(timelines.COMMITS, min_size=3, max_size=10),
    MOMENTS,
    st.randoms(use_true_random=False),
)
def test_log_projections_and_figures_equal_a_recount(
    app: Flask,
    sql: Sql,
    begin: datetime,
    zones: tuple[str, str],
    commits: list[Commit],
    windows: list[tuple[timedelta, timedelta]],
    random: Random,
):
    engine = _engine(app)
    workspaces = [new_workspace(sql, zone) for zone in zones]
    accepted, last = _post_all(engine, workspaces, begin, commits)
    logs = {workspace: sql(recount.READ, workspace=workspace) for workspace in workspaces}
    for workspace, log in logs.items():
        assert [(row.seq, row.event_id) for row in log] == list(enumerate(accepted[workspace], 1))
        assert stored(sql, workspace, last) == recounted(log, last)
    edges = [row.occurred_at for log in logs.values() for row in log] or [last]
    for window, nudge in windows:
        now = max(last, random.choice(edges) + window + nudge)
        _check_figures(engine, dict(zip(workspaces, zones, strict=True)), logs, now)


def _check_figures(
    engine: Engine, zones: dict[UUID, str], logs: dict[UUID, list[Row]], now: datetime
) -> None:
    computed = compute.compute(engine, zones, now)
    for workspace, zone in zones.items():
        shown = dict(computed[workspace].payload)
        del shown["timestamp"]
        assert shown == recount.figures(logs[workspace], now, zone)
        assert computed[workspace].cursor.seq == len(logs[workspace])


def _post_all(
    engine: Engine, workspaces: Sequence[UUID], begin: datetime, commits: list[Commit]
) -> tuple[dict[UUID, list[str]], datetime]:
    """Commit it all; returns the ids that must be in the logs, in order, and when the last was received."""
    now = begin
    naive = NaiveLog(workspaces)
    for step in commits:
        now += step.after
        requests = [
            [post.event(workspaces[number], now) for post in posts] for number, posts in step.requests
        ]
        outcomes = commit(engine, requests, now).outcomes
        for request, outcome in zip(requests, outcomes, strict=True):
            assert isinstance(outcome, list) == naive.take(request)
    return naive.ids, now


class NaiveLog:
    """Which events a log takes in: each id once, and a request whole or not at all."""

    def __init__(self, workspaces: Sequence[UUID]):
        self.ids: dict[UUID, list[str]] = {workspace: [] for workspace in workspaces}
        self._contents: dict[tuple[UUID, str], Any] = {}

    def take(self, request: list[NewEvent]) -> bool:
        """Whether the request is accepted."""
        contents = dict(self._contents)
        if any(contents.setdefault((e.workspace_id, e.event_id), e) != e for e in request):
            return False
        self.ids[request[0].workspace_id] += [
            event_id for key in contents if key not in self._contents for event_id in key[1:]
        ]
        self._contents = contents
        return True


def _engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine
