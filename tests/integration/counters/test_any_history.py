"""Whatever is posted, whether or not it reaches Redis: log, projections, counts and figures equal a recount."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import recount
import timelines
from empty_logs import new_workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projections import recounted, stored
from redis import Redis
from sqlalchemy import Engine, Row
from timelines import MS, Commit

from app.domain.event import NewEvent
from app.ingest.committed_events import committed_events
from app.ingest.transaction import commit
from app.insights.tick import compute
from app.insights.tick.counter_repair import CounterRepair
from app.redis.counters import Counters

# After a commit: it is published, published twice, with the next one, or never; and what else may happen then.
FATES = st.sampled_from(["published", "published", "published", "twice", "late", "lost"])
HAPPENINGS = st.sampled_from(["", "", "a tick", "a tick", "a round", "a wipe", "a new zone"])
STEPS = st.lists(st.tuples(timelines.COMMITS, FATES, HAPPENINGS), min_size=2, max_size=10)


WINDOWS = [timedelta(minutes=minutes) for minutes in (0, 5, 10, 30, 60, 120)] + [timedelta(hours=24)]


class NaiveLog:
    """Which events a log takes in: each id once, and a request whole or not at all."""

    def __init__(self, workspaces: Sequence[UUID]):
        self.ids: dict[UUID, list[str]] = {workspace: [] for workspace in workspaces}
        self._contents: dict[tuple[UUID, str], NewEvent] = {}

    def accepts(self, request: Sequence[NewEvent]) -> bool:
        contents = dict(self._contents)
        if any(contents.setdefault((e.workspace_id, e.event_id), e) != e for e in request):
            return False
        new = [event_id for key in contents if key not in self._contents for event_id in key[1:]]
        self.ids[request[0].workspace_id] += new
        self._contents = contents
        return True


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(timelines.BEGINNINGS), STEPS, st.randoms(use_true_random=False))
def test_figures_equal_a_recount(
    engine: Engine,
    sql: Callable[..., list[Row]],
    redis: Redis,
    counters: Counters,
    add_counts: Callable[..., None],
    begin: datetime,
    steps: list[tuple[Commit, str, str]],
    random: Random,
):
    workspaces = [new_workspace(sql), new_workspace(sql)]
    zones = dict.fromkeys(workspaces, "UTC")
    naive = NaiveLog(workspaces)
    now, late = begin, []

    def check(now: datetime, counters: Counters | None) -> None:
        computed = compute.compute(engine, workspaces, now, counters)
        for workspace, zone in zones.items():
            log = sql(recount.READ, workspace=workspace)
            assert computed[workspace].cursor.seq == len(log)
            shown = dict(computed[workspace].payload)
            del shown["timestamp"]
            assert shown == recount.figures(log, now, zone)

    for step, fate, happening in steps:
        now += step.after
        requests = [
            [post.event(workspaces[number], now) for post in posts] for number, posts in step.requests
        ]
        committed = commit(engine, requests, now)
        for request, outcome in zip(requests, committed.outcomes, strict=True):
            assert isinstance(outcome, list) == naive.accepts(request)
        news = committed_events(requests, committed)
        published = {"published": news, "twice": news + news}.get(fate, [])
        add_counts(*published, *late)
        late = news if fate == "late" else []
        if happening == "a tick":
            check(now, counters)
        elif happening == "a round":
            CounterRepair(engine, counters).repair(now)
        elif happening == "a wipe":
            redis.flushdb()
        elif happening == "a new zone":
            moved = random.choice(workspaces)
            zones[moved] = random.choice(timelines.ZONES)
            sql("UPDATE workspaces SET timezone = :zone WHERE id = :id", zone=zones[moved], id=moved)
    check(now, counters)
    logs = {workspace: sql(recount.READ, workspace=workspace) for workspace in workspaces}
    for workspace, log in logs.items():
        assert [(row.seq, row.event_id) for row in log] == list(enumerate(naive.ids[workspace], 1))
        assert stored(sql, workspace, now) == recounted(log, now)
    edges = [row.occurred_at for log in logs.values() for row in log] or [now]
    for window in random.sample(WINDOWS, 4):
        check(max(now, random.choice(edges) + window + random.choice([-MS, 0 * MS, MS])), None)
    CounterRepair(engine, counters).repair(now)
    for workspace, held in counters.read(workspaces).items():
        log = logs[workspace]
        assert dict(held.counts) == recount.figures(log, now, zones[workspace])["eventCounts"]
        assert held.mark.seq == len(log)
