"""Daily partitions: created ahead of events, and dropped when they are too old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from app.event_log import heads
from app.maintenance.retention import run_upkeep_at

NOON = datetime(2031, 3, 15, 12, tzinfo=UTC)
RETENTION = timedelta(days=90)


def test_upkeep_creates_four_days(engine, days):
    run_upkeep_at(engine, NOON, RETENTION)
    assert days() == ["20310315", "20310316", "20310317", "20310318"]


def test_upkeep_creates_missing_days(engine, days):
    run_upkeep_at(engine, NOON, RETENTION)
    run_upkeep_at(engine, NOON, RETENTION)
    run_upkeep_at(engine, NOON + timedelta(days=2), RETENTION)
    assert days()[-3:] == ["20310318", "20310319", "20310320"]


def test_partition_has_all_indexes(engine, ask):
    run_upkeep_at(engine, NOON, RETENTION)
    unused = ask(
        """
        SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'events'::regclass AND NOT EXISTS (
            SELECT FROM pg_inherits JOIN pg_index AS part ON part.indexrelid = inhrelid
            WHERE inhparent = pg_index.indexrelid AND part.indrelid = 'events_20310318'::regclass
        )
        """
    )
    assert unused == []
    assert len(ask("SELECT FROM pg_index WHERE indrelid = 'events_20310318'::regclass")) == 3


def test_post_creates_a_missing_day(engine, post, days, ask):
    post(NOON)
    assert days() == ["20310315", "20310316", "20310317"]
    assert [row.seq for row in ask("SELECT seq FROM events")] == [1]


def test_day_is_dropped_after_90_days(engine, post, days):
    """
    12-14          12-15                   12-16
    goes           kept: noon and later    kept
                         ▲ 90 days before NOON
    """
    for day in (91, 90, 89):
        post(NOON - timedelta(days=day))
    assert days()[:3] == ["20301214", "20301215", "20301216"]
    run_upkeep_at(engine, NOON, RETENTION)
    assert days()[0] == "20301215"


def test_drop_moves_the_start_of_the_log(engine, workspace, post, ask):
    for day in (100, 95, 89, 0):
        post(NOON - timedelta(days=day))
    run_upkeep_at(engine, NOON, RETENTION)
    assert [row.seq for row in ask("SELECT seq FROM events ORDER BY seq")] == [3, 4]
    with engine.connect() as connection:
        assert heads.heads(connection, [workspace])[workspace].seq == 4


def test_slow_clock_leaves_no_hole(engine, post, ask):
    midnight = datetime(2030, 12, 1, tzinfo=UTC)
    post(midnight - timedelta(seconds=1))
    post(midnight + timedelta(seconds=1))
    post(midnight - timedelta(seconds=1))  # by another worker's clock
    post(midnight + timedelta(seconds=2))
    run_upkeep_at(engine, midnight + timedelta(days=90), RETENTION)
    kept = ask("SELECT seq, occurred_at FROM events ORDER BY seq")
    assert [row.seq for row in kept] == [2, 3, 4]
    assert kept[1].occurred_at == midnight - timedelta(seconds=1)


def test_counts_of_a_dropped_day_stay(engine, post, ask):
    post(NOON - timedelta(days=100), "message.sent", messageId="m-1")
    post(NOON)
    run_upkeep_at(engine, NOON, RETENTION)
    assert [row.seq for row in ask("SELECT seq FROM events")] == [2]
    [counted] = ask("SELECT minute, event_type, count FROM minute_counts WHERE event_type = 'message.sent'")
    assert tuple(counted) == (NOON - timedelta(days=100), "message.sent", 1)


def test_interrupted_drop_is_completed(engine, post, days, ask):
    post(NOON - timedelta(days=100))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE events DETACH PARTITION events_20301205"))
    run_upkeep_at(engine, NOON, RETENTION)
    assert ask("SELECT FROM pg_class WHERE relname = 'events_20301205'") == []
