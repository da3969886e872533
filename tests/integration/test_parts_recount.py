"""Breakdowns and changes equal a naive recount: any log, lateness, deletions, zones, filters, comparisons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import recount
import recount_parts
import timelines
from empty_logs import new_workspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recount_parts import Counts, Selected
from sqlalchemy import Engine, Row
from timelines import MS, Commit

from app.domain.changes import part_changes
from app.domain.comparison import COMPARISONS, NONE
from app.domain.ranking import Order, Ranking, by_change, by_count
from app.domain.time_range import TimeRange
from app.insights.breakdown import counts
from app.insights.breakdown.counts import BY, ComparedSelection, compared
from app.insights.event_selection import EVENTS, MESSAGES, EventSelection
from app.insights.tick.log_positions import READ_ONLY_SNAPSHOT

Sql = Callable[..., list[Row]]
THOROUGH = settings(
    max_examples=60,
    deadline=None,
    # Every example has a workspace of its own, so what the fixtures hold may stay.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SELECTED = st.builds(
    Selected,
    messages=st.just(False),
    types=st.sampled_from([(), ("message.sent",), ("message.sent", "user.active"), ("task.created",)]),
    user=st.sampled_from([None, None, *timelines.USERS, UUID(int=9)]),
    channel=st.sampled_from([None, None, "channel-1", "channel-2", "nowhere"]),
) | st.builds(
    Selected,
    messages=st.just(True),
    user=st.sampled_from([None, *timelines.USERS]),
    channel=st.sampled_from([None, "channel-1"]),
)


@dataclass(frozen=True)
class Asked:
    """A question, and the recount's answer to it."""

    by: str
    limit: int
    order: Order
    present: Counts
    before: Counts


@THOROUGH
@given(
    st.sampled_from(timelines.BEGINNINGS),
    st.sampled_from(timelines.ZONES),
    st.lists(timelines.COMMITS, min_size=2, max_size=6),
    st.lists(st.tuples(SELECTED, st.sampled_from(COMPARISONS)), min_size=2, max_size=5),
    st.integers(1, 5),
    st.randoms(use_true_random=False),
)
def test_parts_equal_a_recount(
    engine: Engine,
    sql: Sql,
    begin: datetime,
    zone: str,
    commits: list[Commit],
    questions: list[tuple[Selected, str]],
    limit: int,
    random: Random,
):
    workspace = new_workspace(sql, zone)
    last = timelines.post_all(engine, workspace, begin, commits)
    log = sql(recount.READ, workspace=workspace)
    edges = [row.occurred_at for row in log] + [last]
    for selected, compare in questions:
        since = random.choice(edges) + random.choice([-MS, 0 * MS, MS, -timedelta(days=1)])
        until = random.choice(
            [None, since + MS, since + timedelta(seconds=59), *(e for e in edges if e > since)]
        )
        selection = compared(_selection(workspace, TimeRange(since, until), selected), compare, last, zone)
        events = selected.of(log)
        for by in BY:
            present = recount_parts.counts(events, by, since, until, zone)
            before = Counts()
            if compare != NONE:
                end = max(since, until or last)
                before = recount_parts.counts_before(events, by, compare, since, end, zone)
            order = random.choice([by_count, by_change])
            _check(engine, selection, Asked(by, limit, order, present, before))


def _selection(workspace: UUID, time_range: TimeRange, selected: Selected) -> EventSelection:
    metric = MESSAGES if selected.messages else EVENTS
    return EventSelection(workspace, time_range, metric, selected.types, selected.user, selected.channel)


def _check(engine: Engine, selection: ComparedSelection, asked: Asked) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(READ_ONLY_SNAPSHOT)
        found = counts.count_parts(connection, selection, asked.by, asked.limit, asked.order)
        total = counts.total_count(connection, selection) if selection.present.has_sums else found.total
    assert (total.count, total.previous) == (asked.present.total(), asked.before.total())
    difference = sum(part.tally.change for part in part_changes(found, total))
    assert difference == asked.present.total() - asked.before.total()
    assert found.total == total
    assert _shown(found) == _expected(asked)


def _shown(found: Ranking) -> tuple[list[tuple[str, int, int]], int, tuple[int, int]]:
    parts = [(part.key, part.tally.count, part.tally.previous) for part in found.top]
    return parts, found.other_keys, (found.none.count, found.none.previous)


def _expected(asked: Asked) -> tuple[list[tuple[str, int, int]], int, tuple[int, int]]:
    keys = [key for key in {*asked.present, *asked.before} if key is not None]
    rows = sorted((key, asked.present[key], asked.before[key]) for key in keys)
    if asked.order is by_count:
        rows.sort(key=lambda row: (row[1], row[2]), reverse=True)
    else:
        rows.sort(key=lambda row: (abs(row[1] - row[2]), row[1]), reverse=True)
    return rows[: asked.limit], len(rows[asked.limit :]), (asked.present[None], asked.before[None])
