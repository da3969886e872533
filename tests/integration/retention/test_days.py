"""Daily partitions are created ahead and dropped when too old; stale rows are deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.event_log import heads
from app.maintenance import stale_rows
from app.maintenance.retention import preview_prune, run_upkeep_at
from app.postgres.statements import autocommit

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


MS = timedelta(milliseconds=1)
HOURS = timedelta(hours=1)


@pytest.fixture
def upkeep(engine):
    """A round at NOON; the rows that went, by table."""
    return lambda: {
        table: count for table, count in run_upkeep_at(engine, NOON, RETENTION).rows.items() if count
    }


def test_sessions_are_kept_for_two_days(post, upkeep, ask):
    post(NOON - 48 * HOURS - MS, session="stale")
    post(NOON - 48 * HOURS, session="recent")
    assert upkeep() == {"session_presence": 1}
    assert [row.session_id for row in ask("SELECT session_id FROM session_presence")] == ["recent"]


def test_orchestrators_are_kept_two_days(post, upkeep, ask):
    post(NOON - 48 * HOURS - MS, "orchestrator.online", orchestratorId="stale")
    post(NOON - 48 * HOURS, "orchestrator.online", orchestratorId="recent")
    assert upkeep() == {"orchestrators": 1}
    assert [row.orchestrator_id for row in ask("SELECT orchestrator_id FROM orchestrators")] == ["recent"]


def test_archived_channels_are_kept(post, upkeep, ask):
    long_ago = NOON - 49 * HOURS
    post(long_ago, "message.sent", channelId="silent")
    post(long_ago, "channel.created", channelId="empty")
    post(long_ago, "channel.archived", channelId="archived")
    post(long_ago, "channel.archived", channelId="reopened")
    post(long_ago + MS, "channel.created", channelId="reopened")
    post(NOON - 47 * HOURS, "message.sent", channelId="recent")
    assert upkeep() == {"channels": 3}
    kept = ask("SELECT channel_id FROM channels ORDER BY 1")
    assert [row.channel_id for row in kept] == ["archived", "recent"]


def test_open_tasks_are_kept(post, upkeep, ask):
    before = NOON - RETENTION - MS
    post(before, "task.created", taskId="open")
    post(before, "task.completed", taskId="long done")
    post(before + MS, "task.completed", taskId="done")
    assert upkeep()["tasks"] == 1
    assert [row.task_id for row in ask("SELECT task_id FROM tasks ORDER BY 1")] == ["done", "open"]


def test_deletions_are_kept_for_two_days(post, upkeep, ask):
    before = NOON - RETENTION - 48 * HOURS
    post(before - MS, "message.deleted", messageId="long gone")
    post(before, "message.deleted", messageId="gone")
    assert upkeep()["message_deletions"] == 1
    assert [row.message_id for row in ask("SELECT message_id FROM message_deletions")] == ["gone"]


def test_deletion_is_kept_with_its_message(post, upkeep, ask):
    post(NOON - RETENTION - 49 * HOURS, "message.deleted", messageId="m-1")
    post(NOON - 24 * HOURS, "message.sent", messageId="m-1")
    assert "message_deletions" not in upkeep()
    post(NOON, "message.deleted", messageId="m-1")
    [counted] = ask("SELECT count, retracted FROM minute_counts WHERE event_type = 'message.sent'")
    assert tuple(counted) == (1, 1)


def test_presence_and_counts_are_kept(post, upkeep, ask):
    post(NOON - 365 * 24 * HOURS)
    upkeep()
    assert len(ask("SELECT FROM user_presence")) == 1
    assert len(ask("SELECT FROM minute_counts")) == 1


def test_all_batches_are_deleted(workspace, upkeep, ask):
    many = 2 * stale_rows.BATCH + 1
    ask(
        "INSERT INTO session_presence SELECT :id, n::text, :seen FROM generate_series(1, :many) AS n",
        id=workspace,
        seen=NOON - 49 * HOURS,
        many=many,
    )
    assert upkeep() == {"session_presence": many}


def test_rows_in_use_are_passed_over(engine, post, upkeep, ask):
    post(NOON - 49 * HOURS, session="stale")
    post(NOON - 49 * HOURS, session="about to be seen")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT FROM session_presence WHERE session_id = 'about to be seen' FOR UPDATE"
        )
        assert upkeep() == {"session_presence": 1}
    assert [row.session_id for row in ask("SELECT session_id FROM session_presence")] == ["about to be seen"]


def test_dry_run_changes_nothing(engine, post, upkeep, days):
    post(NOON - 100 * 24 * HOURS, session="stale")
    post(NOON)
    before = days()
    planned = preview_prune(engine, NOON, RETENTION)
    assert [str(partition.day) for partition in planned.days] == ["2030-12-05", "2030-12-06", "2030-12-07"]
    assert days() == before
    assert {table: count for table, count in planned.rows.items() if count} == upkeep()


def test_ctids_of_partitions_are_distinct(engine, ask):
    """The first row of each partition is at the same place in it, and only one of them is stale."""
    ask("DROP TABLE IF EXISTS parted")
    ask("CREATE TABLE parted (at timestamptz) PARTITION BY RANGE (at)")
    for day in range(1, 4):
        bounds = f"FROM ('2031-03-1{day} 00:00+00') TO ('2031-03-1{day + 1} 00:00+00')"
        ask(f"CREATE TABLE parted_{day} PARTITION OF parted FOR VALUES {bounds}")
        ask("INSERT INTO parted VALUES (:at)", at=datetime(2031, 3, 10 + day, 12, tzinfo=UTC))
    rows = stale_rows.StaleRows("parted", "parted AS t WHERE t.at < %(before)s", timedelta(0))
    with autocommit(engine) as connection:
        assert rows.prune(connection, datetime(2031, 3, 12, tzinfo=UTC), RETENTION) == 1
    assert [row.at.day for row in ask("SELECT at FROM parted ORDER BY 1")] == [12, 13]
    ask("DROP TABLE parted")
