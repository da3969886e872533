"""Event ids by day: partitions are dropped whole, and an id is unique over all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import gevent
import pytest
from servers import until
from sqlalchemy import text

from app.domain.event import NewEvent, NumberedEvent
from app.event_log import append, partitions
from app.ingest.transaction import commit
from app.maintenance.retention import run_upkeep_at
from app.postgres.statements import Script, Statement, autocommit

MIDNIGHT = datetime(2031, 3, 15, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
MS = timedelta(milliseconds=1)
RETENTION = timedelta(days=90)
MIKA = UUID(int=2)
UNLOCKED = Statement(
    "heads_without_lock",
    "SELECT FROM event_heads WHERE workspace_id = ANY($1::uuid[]) ORDER BY workspace_id",
)
WAITING = """
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
# Of the version before, which knew of no partitions.
STALE_IDS_OF_BEFORE = """
    DELETE FROM event_ids WHERE ctid = ANY (ARRAY(
        SELECT t.ctid FROM event_ids AS t WHERE t.received_at < now() - interval '72 hours'
        LIMIT 5000 FOR UPDATE OF t SKIP LOCKED))
"""


@pytest.fixture
def id_days(engine):
    """The days that ids can be received on."""

    def read() -> list[str]:
        with engine.connect() as connection:
            found = partitions.partitions(connection, partitions.EVENT_IDS)
        return [f"{partition.day:%m-%d}" for partition in found]

    return read


@pytest.fixture
def race(engine, workspace, ask):
    """The same event from two connections, received on two days; returns how often its id was stored."""
    with engine.begin() as connection:
        partitions.create(connection, (MIDNIGHT - MS).date(), 2)

    def run() -> int:
        key = (workspace, "e-1")
        with autocommit(engine) as one, autocommit(engine) as other:
            assert not append.lock_heads(one, [key], received_at=MIDNIGHT - MS).known
            second = gevent.spawn(append.lock_heads, other, [key], received_at=MIDNIGHT)
            until(lambda: second.ready() or ask(WAITING), "the second waits for the lock, or has passed it")
            _append(one, key, 1, MIDNIGHT - MS)
            if key in second.get().known:
                _end(other)
            else:
                _append(other, key, 2, MIDNIGHT)
        return len(ask("SELECT FROM event_ids WHERE event_id = 'e-1'"))

    return run


def _append(connection, key, seq, received_at) -> None:
    event = NewEvent(*key, "user.active", {}, MIKA)
    script = Script()
    append.append(script, [NumberedEvent(seq, event, received_at, b"-")], received_at)
    script.commit()
    script.run(connection)


def _end(connection) -> None:
    script = Script()
    script.commit()
    script.run(connection)


def test_id_is_unique_over_all_days(race):
    assert race() == 1


def test_unlocked_id_is_stored_twice(race, monkeypatch):
    monkeypatch.setattr(append, "LOCK_ALL_HEADS", UNLOCKED)
    assert race() == 2


def test_retry_on_a_later_day_is_a_repeat(engine, workspace, ask):
    event = NewEvent(workspace, "e-1", "user.active", {}, MIKA)
    [[first]] = commit(engine, [[event]], MIDNIGHT - MS).outcomes
    # After the three days, too, as long as the day is there.
    for later in (MIDNIGHT, NOON + timedelta(days=3)):
        [[again]] = commit(engine, [[event]], later).outcomes
        assert again == first._replace(duplicate=True)
    assert len(ask("SELECT FROM event_ids")) == 1


def test_ids_are_dropped_after_72_hours(engine, post, id_days, ask):
    """
    03-11               03-12                 03-13
    goes                kept: noon and later  kept
                              ▲ 72 hours before NOON
    """
    post(MIDNIGHT - timedelta(days=3) - MS)
    post(MIDNIGHT - timedelta(days=3))
    pruned = run_upkeep_at(engine, NOON, RETENTION)
    assert [f"{partition.day:%m-%d}" for partition in pruned.ids] == ["03-11"]
    assert id_days()[0] == "03-12"
    assert [row.seq for row in ask("SELECT seq FROM event_ids")] == [2]
    assert len(ask("SELECT FROM events")) == 2


def test_round_makes_days_of_ids_ahead(engine, id_days):
    run_upkeep_at(engine, NOON, RETENTION)
    assert id_days() == ["03-15", "03-16", "03-17", "03-18"]


def test_interrupted_drop_of_ids_completes(engine, post, ask):
    post(MIDNIGHT - timedelta(days=10))
    ask("ALTER TABLE event_ids DETACH PARTITION event_ids_20310305")
    run_upkeep_at(engine, NOON, RETENTION)
    assert ask("SELECT FROM pg_class WHERE relname = 'event_ids_20310305'") == []


def test_earlier_upkeep_keeps_needed_ids(engine, post, ask):
    """The first row of each day is at the same place in it, and that is how it names the stale one."""
    now = datetime.now(UTC)
    post(now - timedelta(days=5))
    post(now)
    places = ask("SELECT DISTINCT ctid FROM event_ids")
    assert len(places) == 1
    ask(STALE_IDS_OF_BEFORE)
    assert [row.seq for row in ask("SELECT seq FROM event_ids")] == [2]


def test_earlier_version_deletes_all_ids(engine, post, workspace, ask):
    post(datetime.now(UTC))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM event_heads WHERE workspace_id = :id"), {"id": workspace})
    ask("DELETE FROM event_ids WHERE workspace_id = :id", id=workspace)
    assert ask("SELECT FROM event_ids") == []
