"""The identity of a log: reused numbers and another database are detected, and begin an epoch."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime
from uuid import UUID

import psycopg2
import pytest
from empty_logs import new_workspace
from live_side import LiveSide
from sql_runner import app_on, sql_runner
from sqlalchemy import create_engine, make_url

from app.domain.ids import Cursor
from app.domain.stats import Stats
from app.event_log import identity
from app.insights.tick.counter_repair import CounterRepair
from app.redis.bus_messages import EventsAppended, StatsComputed

MIKA = UUID(int=2)
PSYCOPG = ("postgresql://", "postgresql+psycopg2://")


@pytest.fixture
def url(postgres):
    """Of a database of the test's own."""
    name = f"identity_{secrets.token_hex(4)}"
    postgres.create_database(name, "template0")
    return postgres.url_of(name)


@pytest.fixture
def ask(url):
    engine = create_engine(url.replace(*PSYCOPG))
    yield sql_runner(engine)
    engine.dispose()


@pytest.fixture
def start(environ, ask):
    """`start(url)`: a worker on the database, and a new workspace."""
    sides = []

    def start(url):
        app = app_on(environ | {"PULSE_STATS_UPDATE_INTERVAL": "1000"}, url)
        sides.append(LiveSide(app, new_workspace(ask), MIKA))
        return sides[-1]

    yield start
    for side in sides:
        side.stop()


def shown(side, count, after=0):
    """A client that has been shown so many events."""
    _, client = side.socket_stream()
    side.post(count)
    client.read_until(lambda: client.seqs == list(range(after + 1, after + count + 1)), "the events")
    return client


def gets_reset_and(client, numbers):
    """The client hears `reset` once, and then these numbers."""
    before = len(client.seqs)

    def has_all():
        return [f for f in client.frames if f.event == "reset"] and client.seqs[before:][
            -len(numbers) :
        ] == numbers

    client.read_until(has_all, f"a reset and {numbers}")
    assert len([frame for frame in client.frames if frame.event == "reset"]) == 1


# In one transaction: without tables the service would be closed for maintenance.
PUT_BACK = """
    SET LOCAL pulse.delete_event_ids = 'on';
    DELETE FROM events WHERE seq > 1; DELETE FROM event_ids WHERE seq > 1;
    CREATE TABLE put_back (LIKE event_heads INCLUDING ALL);
    INSERT INTO put_back SELECT * FROM backup;
    DROP TABLE event_heads;
    ALTER TABLE put_back RENAME TO event_heads
"""


def test_tables_restored_in_place_new_epoch(start, url, ask):
    side = start(url)
    side.post(1)
    ask("CREATE TABLE backup AS SELECT * FROM event_heads")
    client = shown(side, 5, after=1)
    ask(PUT_BACK)
    side.post(3)
    gets_reset_and(client, [2, 3, 4])


def test_lower_head_resets_at_next_tick(start, url, ask, caplog):
    side = start(url)
    client = shown(side, 5)
    side.room.head_went_back(5)  # a tick, before the files of an older copy are put in place
    ask("UPDATE event_heads SET last_seq = 2 WHERE last_seq = 5")
    ask("DELETE FROM events WHERE seq > 2")
    with caplog.at_level(logging.ERROR):
        side.hub.deliver(StatsComputed(side.workspace, Stats({}, Cursor(side.room.sequencer.epoch, 2))))
        gets_reset_and(client, [])
    assert "are given again" in caplog.text
    side.post(1)
    client.read_until(lambda: client.seqs[-1:] == [3], "what comes in the new epoch")


def test_reused_number_begins_an_epoch(start, url, ask):
    side = start(url)
    client = shown(side, 5)
    ask("DELETE FROM events WHERE seq > 2")
    ask("SET LOCAL pulse.delete_event_ids = 'on'; DELETE FROM event_ids WHERE seq > 2")
    ask("UPDATE event_heads SET last_seq = 2 WHERE last_seq = 5")
    side.post(2)
    gets_reset_and(client, [])
    side.post(2)
    client.read_until(lambda: client.seqs[-2:] == [5, 6], "what comes in the new epoch")


def test_repeated_message_keeps_the_epoch(start, url):
    side = start(url)
    client = shown(side, 5)
    frames = side.room.ring.after(0, 5)
    side.hub.deliver(EventsAppended(side.workspace, side.room.sequencer.epoch, 1, frames))
    side.hub.refresh_heads()
    side.post(1)
    client.read_until(lambda: client.seqs[-1:] == [6], "the next event")
    assert [frame.event for frame in client.frames] == ["event"] * 6


@pytest.fixture
def limited_url(postgres, url, ask):
    """For a role that owns the database, and may not read the identity of the server."""
    role = f"limited_{secrets.token_hex(4)}"
    ask(f"CREATE ROLE {role} LOGIN")
    ask(f'ALTER DATABASE "{make_url(url).database}" OWNER TO {role}')
    ask("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    yield url.replace("pulse@", f"{role}@")
    ask(f"REASSIGN OWNED BY {role} TO pulse")
    ask(f"DROP ROLE {role}")


def test_redis_decides_without_file_access(start, limited_url, ask, caplog):
    side = start(limited_url)
    side.post(5)
    [(before, identity)] = ask("SELECT epoch, identity FROM event_heads")
    assert identity is None
    side.worker.insights.stats(side.workspace)  # puts the counts in Redis, up to number 5
    ask("UPDATE event_heads SET last_seq = 2")
    CounterRepair(side.worker.engine, side.worker.counters).repair(datetime.now(UTC))
    [(after,)] = ask("SELECT epoch FROM event_heads")
    assert after != before
    assert "cannot be read: a failover is seen late" in caplog.text
    assert (
        "mind  The log's identity: cannot be read"
        in side.app.test_cli_runner().invoke(args=["doctor"]).output
    )


def test_lost_connection_is_no_traceback(engine, sql, caplog):
    def read_on_a_lost_connection() -> None:
        with engine.connect() as connection:
            connection.info.pop(identity.SERVER, None)
            backend = connection.connection.driver_connection.info.backend_pid
            sql("SELECT pg_terminate_backend(:pid)", pid=backend)
            identity.read_server(connection)

    with pytest.raises(psycopg2.OperationalError):
        read_on_a_lost_connection()
    assert [record for record in caplog.records if record.exc_info] == []
