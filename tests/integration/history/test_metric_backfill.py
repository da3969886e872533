"""Custom metrics are counted backwards: each value is what a tick at that moment would have computed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import gevent
import pytest
import recount
import recount_custom
from servers import until
from sqlalchemy import Engine, event
from timelines import began

from app.domain.event import NewEvent
from app.domain.resolution import HOUR, MINUTE, HistoryRetention, floor
from app.ingest.transaction import commit
from app.insights.custom import store
from app.insights.custom.backfill import BackfillJob
from app.insights.custom.compute import CustomFigures
from app.insights.history import roll_ups
from app.insights.history.samples import write_samples
from app.insights.tick import compute as figures

from .conftest import Past

# Three days of events until the metric is defined. On the day before, the clocks of Berlin went back.
DEFINED = datetime(2025, 10, 27, 12, 34, 56, 789_000, tzinfo=UTC)
NOW = DEFINED + timedelta(seconds=4)
FIRST = DEFINED - timedelta(days=3)
ZONE = "Europe/Berlin"
KEPT = HistoryRetention(timedelta(hours=1), timedelta(hours=30), timedelta(days=400))
TICK = timedelta(seconds=5)
MS = timedelta(milliseconds=1)
SAMPLES_FROM = floor(NOW - KEPT.ticks, MINUTE) + MINUTE
MINUTES_FROM = floor(NOW - KEPT.minutes, HOUR) + HOUR
HOURS_FROM = floor(FIRST, HOUR) + HOUR
SAMPLES = [SAMPLES_FROM + n * TICK for n in range((DEFINED - SAMPLES_FROM) // TICK)]
USERS = [UUID(int=number) for number in range(1, 4)]
COUNT = {"aggregate": "count", "field": None, "types": [], "where": [], "window": "1h"}
TOTAL = {"types": ["order.placed"], "field": "eventData.total"}
DEFINITIONS = {
    "count": COUNT,
    "messages": COUNT | {"types": ["message.sent"], "window": "today"},
    "big": COUNT
    | {"types": ["order.placed"], "where": [{"field": "eventData.total", "op": "gte", "value": 50}]},
    "sum": COUNT | TOTAL | {"aggregate": "sum", "window": "24h"},
    "avg": COUNT | TOTAL | {"aggregate": "avg", "window": "5m"},
    "users": COUNT | {"aggregate": "countDistinct", "field": "userId", "window": "today"},
    "p95": COUNT | TOTAL | {"aggregate": "p95", "window": "24h"},
}


@pytest.fixture
def log(past: Past, engine: Engine, sql) -> Past:
    """Events at odd moments, late ones, and messages that are taken back after hours."""
    sql("UPDATE workspaces SET timezone = :zone, created_at = :first", zone=ZONE, first=FIRST)
    sql("INSERT INTO event_heads (workspace_id, epoch) VALUES (:id, 'a1b2c3d4')", id=past.workspace)
    random, now = Random(7), FIRST
    number = 0
    while now < DEFINED:
        number += 1
        commit(engine, [_posts(random, past.workspace, number, now)], now)
        now += timedelta(milliseconds=random.choice([1, 59_999, 600_000, 3_600_000, 7_234_567]))
    return past


def _posts(random: Random, workspace: UUID, number: int, now: datetime) -> list[NewEvent]:
    late = random.choice([timedelta(0), timedelta(0), MINUTE, HOUR, timedelta(hours=20)])
    kind, data = random.choice(
        [
            ("order.placed", {"total": random.randint(1, 100)}),
            ("order.placed", {"total": random.choice([0.1, "12", None])}),
            ("message.sent", {"messageId": f"m-{number}"}),
            ("message.deleted", {"messageId": f"m-{max(1, number - random.randint(1, 9))}"}),
        ]
    )
    return [NewEvent(workspace, str(uuid4()), kind, data, random.choice(USERS), None, now - late)]


@pytest.fixture
def define(log: Past, sql) -> Callable[..., None]:
    def run(name: str, definition: dict, at: datetime = DEFINED) -> None:
        sql("DELETE FROM custom_metrics WHERE name = :name", name=name)
        sql(
            "INSERT INTO custom_metrics (id, workspace_id, name, title, unit, definition, changed_at, defined_at,"
            " backfill_state) VALUES (:id, :workspace, :name, '', '', :definition, :at, :at, 'running')",
            id=uuid4(),
            workspace=log.workspace,
            name=name,
            definition=json.dumps(definition),
            at=at,
        )

    return run


def stored(sql, log: Past, name: str) -> dict:
    """The metric's figures: `{step in seconds: {start: figure}}`; samples are step 0."""
    metric = f"custom.{name}"
    rows = sql(
        "SELECT 0 AS step, at, figures -> :metric AS found FROM samples WHERE workspace_id = :id"
        " UNION ALL SELECT step, at, figures -> :metric FROM roll_ups WHERE workspace_id = :id ORDER BY 1, 2",
        metric=metric,
        id=log.workspace,
    )
    found: dict = {0: {}, 60: {}, 3600: {}}
    for row in rows:
        if row.found is not None:
            found[row.step][row.at] = row.found
    return found


def run_all(job: BackfillJob) -> int:
    slices = 0
    while job.run_slice(NOW):
        slices += 1
        assert slices < 1_000
    return slices


def states(sql) -> list[tuple]:
    return [
        tuple(row)
        for row in sql("SELECT name, backfill_state, backfill_error FROM custom_metrics ORDER BY 1")
    ]


def value_at(events, definition: dict, moment: datetime):
    """As a tick at that moment: of what had happened, and was not yet taken back."""
    known = [event for event in events if began(event) <= moment]
    return recount_custom.custom(known, definition, moment, ZONE)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_backfill_equals_a_recount(engine, sql, log, define, name):
    define(name, DEFINITIONS[name])
    run_all(BackfillJob(engine, KEPT, TICK))
    assert states(sql) == [(name, "done", None)]
    events, found = sql(recount.READ, workspace=log.workspace), stored(sql, log, name)
    random, is_known = Random(3), definition_is_known_everywhere(name)
    for start in random.sample(SAMPLES, 90):
        value = value_at(events, DEFINITIONS[name], start + TICK - MS)
        assert found[0].get(start) == (value if value is None else pytest.approx(value)), start
    minutes = [MINUTES_FROM + n * MINUTE for n in range((SAMPLES_FROM - MINUTES_FROM) // MINUTE)]
    for start in random.sample(minutes, 60):
        value = value_at(events, DEFINITIONS[name], start + MINUTE - MS)
        expected = None if value is None else pytest.approx([1, *[value] * 4])
        assert found[60].get(start) == expected, start
    hours = [HOURS_FROM + n * HOUR for n in range((SAMPLES_FROM - HOURS_FROM) // HOUR)]
    for start in random.sample(hours, 3):
        every = [value_at(events, DEFINITIONS[name], start + n * MINUTE - MS) for n in range(1, 61)]
        known = [value for value in every if value is not None]
        summary = known and [len(known), sum(known), min(known), max(known), known[-1]]
        assert found[3600].get(start) == (pytest.approx(summary) if known else None), start
    whole_hour = floor(min(event.occurred_at for event in events), HOUR) + HOUR
    assert not is_known or (sorted(found[0]), min(found[3600])) == (SAMPLES, whole_hour)


def definition_is_known_everywhere(name: str) -> bool:
    return DEFINITIONS[name]["aggregate"] in ("count", "countDistinct", "sum")


class Killed(BaseException):
    """As a signal: nothing of ours catches it."""


def test_killed_at_any_statement_it_goes_on(engine, sql, log, define):
    define("sum", DEFINITIONS["sum"])
    run_all(BackfillJob(engine, KEPT, TICK))
    undisturbed = stored(sql, log, "sum")
    define("sum", DEFINITIONS["sum"])
    left = [0]

    def kill(*_arguments: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    event.listen(engine, "before_cursor_execute", kill)
    kills = 0
    try:
        for number in range(1, 1_000):  # later and later, so that each statement is the last one once
            left[0] = number
            try:
                run_all(BackfillJob(engine, KEPT, TICK))
                break
            except Killed:
                kills += 1
    finally:
        event.remove(engine, "before_cursor_execute", kill)
    assert kills > 10
    assert stored(sql, log, "sum") == undisturbed


def test_progress_moves(engine, sql, log, define):
    define("count", COUNT)
    job, seen = BackfillJob(engine, KEPT, TICK), []
    with engine.connect() as connection:
        while job.run_slice(NOW):
            seen.append(store.entry(connection, log.workspace, "count")["backfill"])
            connection.rollback()
    shares = [each["progress"] for each in seen]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(set(shares)) > 3
    assert [each["state"] for each in seen[-2:]] == ["running", "done"]


def test_old_definition_leaves_history(engine, sql, log, define):
    """Also where no events are kept any more; what ticks wrote since then stays, as does every other metric."""
    early, late = FIRST - timedelta(days=30), DEFINED + 2 * TICK
    old = {"custom.sum": 1e9, "onlineUsers": 4}
    for at in (DEFINED - 3 * TICK, late):
        log.tick(at, {"custom": {"sum": 1e9}, "onlineUsers": 4})
    sql(
        "INSERT INTO roll_ups VALUES (:id, 3600, :at, :figures)",
        id=log.workspace,
        at=roll_up_start(early),
        figures=json.dumps({name: [1, *[value] * 4] for name, value in old.items()}),
    )
    define("sum", DEFINITIONS["sum"])
    job = BackfillJob(engine, KEPT, TICK)
    assert job.run_slice(NOW)
    assert stored(sql, log, "sum") == {0: {roll_up_start(late, TICK): 1e9}, 60: {}, 3600: {}}
    run_all(job)
    assert roll_up_start(early) not in stored(sql, log, "sum")[3600]
    [[online]] = sql("SELECT count(*) FROM samples WHERE figures ->> 'onlineUsers' = '4'")
    [[hours]] = sql("SELECT count(*) FROM roll_ups WHERE figures -> 'onlineUsers' ->> 0 = '1'")
    assert (online, hours) == (2, 1)


def roll_up_start(moment: datetime, step: timedelta = HOUR) -> datetime:
    return floor(moment, step)


def test_roll_ups_keep_what_was_counted(engine, sql, log, define):
    define("sum", DEFINITIONS["sum"])
    run_all(BackfillJob(engine, KEPT, TICK))
    before = stored(sql, log, "sum")
    log.commit(roll_ups.roll_up_minutes, NOW - KEPT.ticks, NOW, KEPT)
    log.commit(roll_ups.roll_up_hours, NOW - KEPT.ticks - HOUR, NOW, KEPT)
    assert stored(sql, log, "sum") == before


def test_tick_does_not_wait_for_a_slice(engine, sql, log, define):
    define("count", COUNT)
    job = BackfillJob(engine, KEPT, TICK, lock_timeout=5)
    assert job.run_slice(NOW)
    with engine.begin() as holder:
        holder.exec_driver_sql("LOCK TABLE roll_ups IN ACCESS EXCLUSIVE MODE")
        counting = gevent.spawn(job.run_slice, NOW)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'roll_ups'::regclass"
        until(lambda: sql(waiting)[0][0] == 1, "the slice waits for its roll-ups")
        now = DEFINED + TICK
        found = figures.compute(engine, [log.workspace], now, custom=CustomFigures(engine))
        write_samples(engine, found, now, TICK.total_seconds())
        assert not counting.ready()
    assert counting.get(timeout=10)
    expected = value_at(sql(recount.READ, workspace=log.workspace), COUNT, now)
    assert stored(sql, log, "count")[0][floor(now, TICK)] == expected
    assert len(stored(sql, log, "count")[0]) > 600


def test_slice_gives_way_to_locks(engine, sql, log, define):
    """As to the deletion of a workspace, which locks its rows in another order."""
    define("count", COUNT)
    job = BackfillJob(engine, KEPT, TICK, lock_timeout=0.05)
    assert job.run_slice(NOW)
    with engine.begin() as holder:
        holder.exec_driver_sql("UPDATE custom_metrics SET title = 'x'")
        assert not job.run_slice(NOW)
    run_all(job)
    assert states(sql) == [("count", "done", None)]


def test_change_during_a_slice_wins(engine, sql, log, define):
    define("count", COUNT)
    job = BackfillJob(engine, KEPT, TICK, lock_timeout=5)
    assert job.run_slice(NOW)
    with engine.begin() as holder:
        holder.exec_driver_sql("LOCK TABLE roll_ups IN ACCESS EXCLUSIVE MODE")
        counting = gevent.spawn(job.run_slice, NOW)
        until(lambda: engine.pool.checkedout() >= 2, "the slice has begun")
        sql("UPDATE custom_metrics SET defined_at = defined_at + interval '1 second'")
    assert not counting.get(timeout=10)
    assert stored(sql, log, "count") == {0: {}, 60: {}, 3600: {}}


def test_paused_metric_is_not_counted(engine, sql, define):
    define("count", COUNT)
    sql("UPDATE custom_metrics SET paused_at = now()")
    assert not BackfillJob(engine, KEPT, TICK).run_slice(NOW)


def test_three_timeouts_fail(engine, sql, log, define):
    define("big", DEFINITIONS["big"])
    job = BackfillJob(engine, KEPT, TICK, slice_timeout=0.05, lock_timeout=5)
    assert job.run_slice(NOW)  # removes what there was, and sees how far back events are kept
    with engine.begin() as holder:
        holder.exec_driver_sql("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        for state in ("running", "running", "failed"):
            assert job.run_slice(NOW)
            assert states(sql)[0][1] == state
    reason = "Counting the events of a past window took longer than 0.05 seconds, 3 times in a row."
    assert states(sql) == [("big", "failed", reason)]


def test_log_without_events(engine, sql, past, log, define):
    sql("DELETE FROM events")
    define("count", COUNT)
    run_all(BackfillJob(engine, KEPT, TICK))
    assert states(sql) == [("count", "done", None)]
    assert stored(sql, log, "count") == {0: {}, 60: {}, 3600: {}}


def test_only_whole_windows_are_counted(engine, sql, log, define):
    """Once the first events are dropped, a window of a day is known from a day after the first one kept."""
    sql("DELETE FROM events WHERE received_at < :at", at=FIRST + timedelta(days=1))
    [[kept]] = sql("SELECT min(received_at) FROM events")
    define("sum", DEFINITIONS["sum"])
    run_all(BackfillJob(engine, KEPT, TICK))
    first = min(stored(sql, log, "sum")[3600])
    assert kept + timedelta(days=1) <= first <= kept + timedelta(days=1, hours=2)
