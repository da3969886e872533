"""Hours are summed up once they are final, and stay exact whatever is committed or deleted afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from empty_logs import new_workspace
from sqlalchemy import Engine, Row

from app.domain.event import NewEvent
from app.ingest.transaction import commit
from app.insights.activity import hour_rollup
from app.maintenance.redate import redate
from app.postgres.statements import autocommit

BEGIN = datetime(2025, 12, 5, 22, 10, tzinfo=UTC)
HOUR, SOON = timedelta(hours=1), timedelta(minutes=1)
USER = UUID(int=1)


class HourlyLog:
    """A log, and its hours as they are stored."""

    def __init__(self, engine: Engine, sql: Callable[..., list[Row]]):
        self.engine, self.sql = engine, sql
        self.workspace = new_workspace(sql)
        self.posted = 0

    def post(self, now: datetime, kind: str = "message.sent", message: str = "", at: datetime | None = None):
        self.posted += 1
        data = {"messageId": message} if message else {}
        event = NewEvent(self.workspace, f"event-{self.posted}", kind, data, USER, None, at)
        [outcome] = commit(self.engine, [[event]], now).outcomes
        assert isinstance(outcome, list)

    def roll_up(self) -> None:
        with autocommit(self.engine) as connection:
            hour_rollup.roll_up(connection)

    def hours(self) -> list[tuple]:
        """(hours after the begin, events, messages, by type)."""
        rows = self.sql("SELECT * FROM hour_counts WHERE workspace_id = :id ORDER BY hour", id=self.workspace)
        first = BEGIN.replace(minute=0)
        return [((row.hour - first) / HOUR, row.events, row.messages, row.by_type) for row in rows]

    def summed_until(self) -> float | None:
        with self.engine.connect() as connection:
            until = hour_rollup.summed_until(connection, self.workspace)
        return until and (until - BEGIN.replace(minute=0)) / HOUR


@pytest.fixture
def log(engine: Engine, sql: Callable[..., list[Row]]) -> HourlyLog:
    """A log with two messages and a deployment in its first hour, which is summed up."""
    log = HourlyLog(engine, sql)
    log.post(BEGIN, message="m-1")
    log.post(BEGIN + SOON, message="m-2")
    log.post(BEGIN + SOON, "deploy.done")
    log.post(BEGIN + 26 * HOUR, "user.active")
    log.roll_up()
    assert log.hours() == [(0, 3, 2, {"message.sent": 2, "deploy.done": 1})]
    assert log.summed_until() == 1
    return log


def test_hours_wait_until_they_are_final(log: HourlyLog):
    log.post(BEGIN + 50 * HOUR, "user.active")
    log.roll_up()
    assert log.summed_until() == 1  # there was nothing to sum up
    log.post(BEGIN + 52 * HOUR, "user.active")
    log.roll_up()
    assert log.hours()[1:] == [(26, 1, 0, {"user.active": 1})]
    assert log.summed_until() == 27


def test_deletion_takes_a_message_of_a_final_hour_back(log: HourlyLog):
    log.post(BEGIN + 27 * HOUR, "message.deleted", "m-1")
    assert log.hours() == [(0, 3, 1, {"message.sent": 2, "deploy.done": 1})]
    log.roll_up()
    assert log.hours()[0] == (0, 3, 1, {"message.sent": 2, "deploy.done": 1})


def test_delayed_commit_opens_a_final_hour_again(log: HourlyLog):
    log.post(BEGIN + 27 * HOUR, "deploy.done", at=BEGIN + 2 * SOON)
    assert log.summed_until() == 0
    log.roll_up()
    assert log.hours() == [(0, 4, 2, {"message.sent": 2, "deploy.done": 2})]
    log.post(BEGIN + 28 * HOUR, "deploy.done", at=BEGIN + 3 * HOUR)  # this hour is not summed up yet
    assert log.summed_until() == 2


def test_late_event_leaves_final_hours_alone(log: HourlyLog):
    log.post(BEGIN + 26 * HOUR, "deploy.done", at=BEGIN + 2 * HOUR)
    assert log.summed_until() == 1


def test_redating_sums_up_anew(log: HourlyLog):
    ahead = """
        UPDATE event_heads SET last_received_at = now() + interval '9 days', hours_until = now()
        WHERE workspace_id = :id
    """
    log.sql(ahead, id=log.workspace)
    log.sql("UPDATE hour_counts SET events = 99 WHERE workspace_id = :id", id=log.workspace)
    redate(log.engine)
    assert log.summed_until() is None
    log.roll_up()
    assert log.hours()[0] == (0, 3, 2, {"message.sent": 2, "deploy.done": 1})


def test_many_days_are_summed_up_in_one_round(engine: Engine, sql: Callable[..., list[Row]]):
    log = HourlyLog(engine, sql)
    for day in range(0, 60, 7):
        log.post(BEGIN + day * 24 * HOUR)
    log.roll_up()
    assert [hour for hour, *_ in log.hours()] == [day * 24 for day in range(0, 56, 7)]
