"""Whatever is posted, and however the news of it reaches Redis or does not: the figures equal a naive recount."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

import recount
import timelines
from empty_logs import new_workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from sqlalchemy import Engine, Row
from timelines import Commit

from app.ingest.committed_events import committed_events
from app.ingest.transaction import commit
from app.insights.tick import compute
from app.insights.tick.counter_repair import CounterRepair
from app.redis.counters import Counters

# After a commit: it is told, told twice, told with the next one or never; and what else may happen then.
FATES = st.sampled_from(["told", "told", "told", "twice", "late", "lost"])
HAPPENINGS = st.sampled_from(["", "", "a tick", "a tick", "a round", "a wipe", "a new zone"])
STEPS = st.lists(st.tuples(timelines.COMMITS, FATES, HAPPENINGS), min_size=2, max_size=10)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(timelines.BEGINNINGS), STEPS, st.randoms(use_true_random=False))
def test_figures_and_counts_equal_a_recount(
    engine: Engine,
    sql: Callable[..., list[Row]],
    redis: Redis,
    counters: Counters,
    tell: Callable[..., None],
    begin: datetime,
    steps: list[tuple[Commit, str, str]],
    random: Random,
):
    workspaces = [new_workspace(sql), new_workspace(sql)]
    zones = dict.fromkeys(workspaces, "UTC")
    now, late = begin, []

    def check() -> None:
        computed = compute.compute(engine, workspaces, now, counters)
        for workspace, zone in zones.items():
            log = sql(recount.READ, workspace=workspace)
            shown = dict(computed[workspace].payload)
            del shown["timestamp"]
            assert shown == recount.figures(log, now, zone)

    for step, fate, happening in steps:
        now += step.after
        requests = [
            [post.event(workspaces[number], now) for post in posts] for number, posts in step.requests
        ]
        news = committed_events(requests, commit(engine, requests, now))
        told = {"told": news, "twice": news + news}.get(fate, [])
        tell(*told, *late)
        late = news if fate == "late" else []
        if happening == "a tick":
            check()
        elif happening == "a round":
            CounterRepair(engine, counters).repair(now)
        elif happening == "a wipe":
            redis.flushdb()
        elif happening == "a new zone":
            moved = random.choice(workspaces)
            zones[moved] = random.choice(timelines.ZONES)
            sql("UPDATE workspaces SET timezone = :zone WHERE id = :id", zone=zones[moved], id=moved)
    check()
    CounterRepair(engine, counters).repair(now)
    for workspace, held in counters.read(workspaces).items():
        log = sql(recount.READ, workspace=workspace)
        assert dict(held.counts) == recount.figures(log, now, zones[workspace])["eventCounts"]
        assert held.mark.seq == len(log)
