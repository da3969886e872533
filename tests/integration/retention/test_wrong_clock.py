"""A clock that is wrong deletes nothing and misfiles nothing."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from empty_logs import new_workspace

from app.background.job import Job
from app.domain.event import NewEvent
from app.domain.numbering import HeadAhead
from app.ingest.transaction import commit
from app.maintenance.retention import run_upkeep

RETENTION = timedelta(days=90)
MIKA = UUID(int=2)
NOTHING = timedelta()


def ago(days):
    return datetime.now(UTC) - timedelta(days=days)


@pytest.fixture
def keep_up(engine):
    """`keep_up(off)`: a round of a worker whose clock is off by so much."""

    def run(off=NOTHING):
        return Job("upkeep", 1, lambda: run_upkeep(engine, datetime.now(UTC) + off, RETENTION)).run_once()

    return run


@pytest.fixture
def stored(ask):
    """How many events, and ids of events, there are."""
    counts = "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM event_ids)"
    return lambda: tuple(ask(counts)[0])


@pytest.fixture
def prune(flask_app):
    return lambda *options: flask_app.test_cli_runner().invoke(args=["events", "prune", *options])


@pytest.mark.parametrize("off", [timedelta(days=120), timedelta(seconds=90), timedelta(days=-120)])
def test_clock_skew_deletes_nothing(keep_up, post, stored, days, caplog, off):
    post(ago(91))
    post(ago(10))
    with caplog.at_level(logging.ERROR, "app.background.job"):
        assert not keep_up(off)
    assert stored() == (2, 2)
    assert f"{datetime.now(UTC):%Y%m%d}" in days()
    assert "upkeep refused: this machine's clock is" in caplog.text


def test_many_days_are_dropped_by_hand(keep_up, prune, post, stored, caplog):
    for day in (100, 95, 10):
        post(ago(day))
    assert not keep_up()
    assert stored() == (3, 3)
    assert "would be dropped at once" in caplog.text
    refused = prune()
    assert (refused.exit_code, stored()) == (1, (3, 3))
    assert refused.stderr.startswith("Error: Nothing was deleted: ")
    assert prune("--many-days").exit_code == 0
    assert stored() == (1, 0)


def test_latest_day_is_never_dropped(prune, post, stored):
    post(ago(100))
    assert prune("--many-days").exit_code == 0
    assert stored()[0] == 1


def event_of(workspace):
    return NewEvent(workspace, str(uuid4()), "user.active", {}, MIKA)


def test_log_ahead_of_clock_drops_nothing(engine, ask, workspace, post, caplog):
    post(ago(-3))
    other = new_workspace(ask)
    refused, stored = commit(engine, [[event_of(workspace)], [event_of(other)]]).outcomes
    assert isinstance(refused, HeadAhead)
    assert [receipt.seq for receipt in stored] == [1]
    [row] = ask("SELECT received_at FROM events WHERE workspace_id = :other", other=other)
    assert row.received_at < ago(-1)
    assert f"commit refused: the last event of workspace {workspace}" in caplog.text


def test_redating_lets_a_log_go_on(engine, flask_app, ask, workspace, post):
    post(ago(-3), session="ahead")
    ask("UPDATE session_presence SET last_seen = :later", later=ago(-3))
    done = flask_app.test_cli_runner().invoke(args=["events", "redate"])
    assert done.stdout.startswith("1 workspaces had events from the future")
    [[receipt]] = commit(engine, [[event_of(workspace)]]).outcomes
    assert receipt.seq == 2
    times = ask("SELECT received_at AS at FROM events UNION SELECT last_seen FROM session_presence")
    assert max(row.at for row in times) <= datetime.now(UTC) + timedelta(seconds=1)
