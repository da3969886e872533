"""Steps of history equal a recount of the samples in them, whatever has been rolled up of them so far."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.grid import STEPS, Grid, TooManyPoints, make_grid
from app.domain.resolution import HistoryRetention
from app.insights.history import roll_ups, series

NOW = datetime(2026, 3, 30, 2, 7, 41, tzinfo=UTC)
SECOND = timedelta(seconds=1)
# Long enough for all the samples: what is pruned is tested with the roll-ups.
KEPT = HistoryRetention(timedelta(days=2), timedelta(days=2), timedelta(days=400))
ROUND, HOURLY_ROUND = (
    15,
    300,
)  # seconds between two rounds of the roll-up job, and between those that roll up hours
HOURS = 7
# Often of the last minutes, which are not rolled up yet.
BACK = st.integers(0, 120) | st.integers(0, HOURS * 720)  # ticks before now
TICKS = st.dictionaries(
    BACK.map(lambda ticks: NOW - 5 * ticks * SECOND),
    st.integers(0, 90) | st.decimals(0, 90, places=3).map(float),
    min_size=1,
    max_size=40,
)
RANGES = st.lists(BACK, min_size=4, max_size=4, unique=True).map(sorted)

SAMPLES = """
    INSERT INTO samples SELECT :id, at, CAST(figures AS jsonb)
    FROM unnest(CAST(:at AS timestamptz[]), CAST(:figures AS text[])) AS kept (at, figures) ON CONFLICT DO NOTHING
"""


def fill(past, sql, ticks: dict[datetime, float], minute_lag: int, hour_lag: int) -> None:
    """The samples, and their roll-ups as a round of the job left them so many seconds ago."""
    sql("DELETE FROM samples")
    sql("DELETE FROM roll_ups")
    written = sorted(ticks.items())
    for lag, steps in (
        (hour_lag, [roll_ups.roll_up_minutes, roll_ups.roll_up_hours]),
        (minute_lag, [roll_ups.roll_up_minutes]),
        (0, []),
    ):
        then = NOW - lag * SECOND
        due = [one for one in written if one[0] <= then]
        sql(
            SAMPLES,
            id=past.workspace,
            at=[at - at.second % 5 * SECOND for at, _ in due],
            figures=[json.dumps({"onlineUsers": value}) for _, value in due],
        )
        for step in steps:
            past.commit(step, NOW - timedelta(hours=9), then, KEPT)


def grid_of(step: str, since: datetime, until: datetime) -> Grid | None:
    try:
        return make_grid(step, since, until, NOW, "UTC", KEPT, 5 * SECOND)
    except TooManyPoints:
        return None


def read(past, grid: Grid) -> series.Columns:
    with past.engine.connect() as connection:
        [columns] = series.read_series(
            connection, past.workspace, ["onlineUsers"], grid, series.Reach.at(NOW)
        ).values()
    return columns


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ticks=TICKS,
    minute_lag=st.integers(0, ROUND),
    hour_lag=st.integers(ROUND, HOURLY_ROUND),
    ticks_back=RANGES,
    steps=st.tuples(*2 * [st.sampled_from(["auto", *STEPS])]),
)
def test_steps_equal_samples_in_any_range(past, sql, ticks, minute_lag, hour_lag, ticks_back, steps):
    """And what is highest in a range is not above what is highest in one that contains it."""
    fill(past, sql, ticks, minute_lag, hour_lag)
    outer_since, inner_since, inner_until, outer_until = (
        NOW - 5 * ticks * SECOND for ticks in reversed(ticks_back)
    )
    found = []
    for step, since, until in zip(steps, (inner_since, outer_since), (inner_until, outer_until), strict=True):
        if (grid := grid_of(step, since, until)) is None:
            return
        columns = read(past, grid)
        check_recount(grid, columns, ticks)
        found.append((grid.edges, max((one for one in columns["max"] if one is not None), default=0)))
    (inner, inner_highest), (outer, outer_highest) = found
    if outer[0] <= inner[0] and inner[-1] <= outer[-1]:  # a long step may reach beyond the range
        assert inner_highest <= outer_highest


def check_recount(grid: Grid, columns: series.Columns, ticks: dict[datetime, float]) -> None:
    """The columns are those of the samples in each step of the grid."""
    sampled = [(at - at.second % 5 * SECOND, value) for at, value in sorted(ticks.items())]
    within = [[value for at, value in sampled if start <= at < end] for start, end in pairwise(grid.edges)]
    assert columns["min"] == [min(values, default=None) for values in within]
    assert columns["max"] == [max(values, default=None) for values in within]
    assert columns["last"] == [values[-1] if values else None for values in within]
    means = [round(fmean(values), 6) if values else None for values in within]
    assert columns["mean"] == pytest.approx(means, abs=0.0006)
