"""Roll-ups equal what the raw samples give, however often they are made; nothing is pruned that is still kept."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.insights.history import roll_ups

from .conftest import KEPT

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
METRICS = ["onlineUsers", "messagesToday", "custom.latency"]
VALUES = st.integers(0, 50) | st.decimals(0, 99, places=3).map(float)
TICKS = st.dictionaries(
    st.integers(0, 60 * 12 - 1),  # turns of five seconds before noon
    st.dictionaries(st.sampled_from(METRICS), VALUES, min_size=1),
    max_size=40,
)


def naive(ticks, step: timedelta) -> dict:
    """{(start, metric): (samples, sum, lowest, highest, last)}, from the samples themselves."""
    found = defaultdict(list)
    for at, figures in sorted(ticks.items()):
        start = datetime.fromtimestamp(at.timestamp() // step.total_seconds() * step.total_seconds(), UTC)
        for metric, value in figures.items():
            found[start, metric].append(Fraction(str(value)))
    return {key: (len(v), sum(v), min(v), max(v), v[-1]) for key, v in found.items()}


def stored(sql, step: int) -> dict:
    rows = sql(
        "SELECT at, f.key, f.value FROM roll_ups, jsonb_each(figures) AS f WHERE step = :step", step=step
    )
    return {(at, metric): tuple(Fraction(str(value)) for value in values) for at, metric, values in rows}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ticks=TICKS, again=st.integers(0, 2))
def test_roll_ups_equal_a_recount(past, sql, ticks, again):
    sql("DELETE FROM samples")
    sql("DELETE FROM roll_ups")
    samples = {NOON - timedelta(seconds=5 * (turn + 1)): figures for turn, figures in ticks.items()}
    for at, figures in samples.items():
        past.tick(at + timedelta(seconds=3.2), figures)
    now = NOON - timedelta(milliseconds=1)
    for _ in range(again + 1):
        past.commit(roll_ups.roll_up_minutes, now - KEPT.ticks, now, KEPT)
        past.commit(roll_ups.roll_up_hours, now - KEPT.ticks, now, KEPT)
    assert stored(sql, 60) == naive(samples, timedelta(minutes=1))
    assert stored(sql, 3600) == naive(samples, timedelta(hours=1))


def test_open_minute_is_recomputed(past, sql):
    past.tick(NOON, {"onlineUsers": 2})
    past.commit(roll_ups.roll_up_minutes, NOON, NOON, KEPT)
    past.tick(NOON + timedelta(seconds=5), {"onlineUsers": 4})
    past.commit(roll_ups.roll_up_minutes, NOON, NOON, KEPT)
    assert stored(sql, 60) == {(NOON, "onlineUsers"): (2, 6, 2, 4, 4)}


def test_ticks_of_one_interval_are_merged(past, sql):
    past.tick(NOON + timedelta(seconds=1), {"onlineUsers": 2, "tasksInProgress": 7})
    past.tick(NOON + timedelta(seconds=4), {"onlineUsers": 3})
    assert [tuple(row) for row in sql("SELECT at, figures FROM samples")] == [
        (NOON, {"onlineUsers": 3, "tasksInProgress": 7})
    ]


def test_roll_ups_outlive_pruned_samples(past, sql):
    for minute in range(130):
        past.tick(NOON - timedelta(minutes=minute), {"onlineUsers": minute})
    rounds = [NOON - timedelta(minutes=70), NOON]
    for now in rounds:
        past.commit(roll_ups.roll_up_minutes, now - KEPT.ticks, now, KEPT)
        past.commit(roll_ups.roll_up_hours, now - KEPT.ticks - timedelta(hours=1), now, KEPT)
    before = stored(sql, 60), stored(sql, 3600)
    past.commit(roll_ups.prune, NOON, KEPT)
    [oldest] = sql("SELECT min(at) FROM samples")[0]
    assert NOON - timedelta(minutes=62) <= oldest <= NOON - timedelta(minutes=60)
    past.commit(roll_ups.roll_up_minutes, NOON - timedelta(hours=3), NOON, KEPT)
    past.commit(roll_ups.roll_up_hours, NOON - timedelta(hours=3), NOON, KEPT)
    assert (stored(sql, 60), stored(sql, 3600)) == before


@pytest.mark.parametrize(("step", "kept"), [(60, KEPT.minutes), (3600, KEPT.hours)], ids=["minutes", "hours"])
def test_old_roll_ups_are_deleted(past, sql, step, kept):
    insert = "INSERT INTO roll_ups VALUES (:id, :step, :at, '{}')"
    young, old = NOON - kept, NOON - kept - timedelta(hours=2)
    for at in (young, old):
        sql(insert, id=past.workspace, step=step, at=at)
    past.commit(roll_ups.prune, NOON, KEPT)
    assert [row.at for row in sql("SELECT at FROM roll_ups")] == [young]


def test_deleted_workspace_keeps_no_sample(past, sql):
    sql("DELETE FROM workspaces")
    past.tick(NOON, {"onlineUsers": 1})
    assert sql("SELECT FROM samples") == []
