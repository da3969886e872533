"""Failover to a standby that lagged: reused numbers reset the streams that had seen the lost ones."""

from __future__ import annotations

import contextlib
import logging
from uuid import UUID

import flask_migrate
import pytest
from empty_logs import new_workspace
from live_side import LiveSide
from servers import until
from sql_runner import app_on, sql_runner
from sqlalchemy import create_engine
from standby import Standby, url_of_both

from app.domain.event import NewEvent
from app.errors import Problem
from launcher.postgres import Postgres

MIKA = UUID(int=2)
LINE = "the event log is that of another database"


@pytest.fixture
def primary(tmp_path):
    server = Postgres(tmp_path / "primary", tcp=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def standby(tmp_path, primary):
    server = Standby(tmp_path / "standby", primary)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def side(environ, primary, standby):
    """A worker on both servers, with two workspaces in their logs."""
    url = url_of_both(primary, standby)
    app = app_on(environ | {"PULSE_STATS_UPDATE_INTERVAL": "1000"}, url)
    engine = create_engine(primary.url.replace("postgresql://", "postgresql+psycopg2://"))
    ask = sql_runner(engine)
    side = LiveSide(app, new_workspace(ask), MIKA)
    side.worker.committer.submit([NewEvent(new_workspace(ask), "other", "user.active", {}, MIKA)])
    engine.dispose()
    yield side
    side.stop()


def post_until_stored(side, count):
    def stored():
        with contextlib.suppress(Problem):
            side.post(count)
            return True

    until(stored, "the new primary takes events", 60)


def test_failover_resets_streams(side, primary, standby, caplog):
    streams = [side.socket_stream()[1] for _ in range(3)]
    side.post(100)
    until(lambda: standby.ask("SELECT max(last_seq) FROM event_heads") == 100, "the standby has followed")
    standby.cut_off()
    side.post(100)
    for client in streams:
        client.read_until(lambda client=client: client.seqs == list(range(1, 201)), "all of the old log")
    old = side.room.sequencer.epoch
    primary.kill()
    standby.promote()
    with caplog.at_level(logging.ERROR, "app.event_log.identity"):
        post_until_stored(side, 160)
    for client in streams:
        client.read_until(
            lambda client=client: client.seqs[200:] == list(range(101, 261)), "all of the new log"
        )
        [reset] = [frame for frame in client.frames if frame.event == "reset"]
        assert reset.id == f"{side.room.sequencer.epoch}-100"
    assert side.room.sequencer.epoch != old
    assert len([record for record in caplog.records if LINE in record.getMessage()]) == 1
    assert standby.ask("SELECT count(DISTINCT identity) FROM event_heads") == 1
    metrics = side.app.test_client().get("/metrics").text
    assert 'pulse_log_epochs_renewed_total{cause="identity"} 2.0' in metrics


def test_standby_is_not_ready(make_app, primary, standby):
    with make_app(DATABASE_URL=primary.url).app_context():
        flask_migrate.upgrade()
    until(lambda: standby.ask("SELECT to_regclass('service_state')"), "the tables to be replicated")
    answer = make_app(DATABASE_URL=standby.url).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["database"].startswith(
        "the server is a standby, which takes no writes: "
    )
