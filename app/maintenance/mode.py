"""Maintenance mode: a switch in the database that closes the service on every worker, for example for a restore.

`flask maintenance on|off` sets it, each worker reads it once a second. A dropped database loses the switch, so a
worker that has read `on` waits for an explicit `off`; and a database without tables, or not yet with all of them
(pg_restore creates foreign keys last), counts as `on`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import gevent
import psycopg2
from flask import request
from gevent.event import Event
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import QueuePool

from app.errors import DATABASE_AWAY, Maintenance

log = logging.getLogger(__name__)

READ_EVERY = 1.0  # seconds
FIRST_READ_TIMEOUT = 2.0  # seconds that a request waits in a worker that has just started
RETRY_AFTER = 30  # seconds
# Answered also during maintenance: probes, Prometheus, and the style of the error page.
OPEN_ENDPOINTS = frozenset(["health.healthz", "health.readyz", "telemetry.metrics", "static", "assets.serve"])
TABLES = """
    SELECT to_regclass('service_state') IS NOT NULL,
           EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('memberships') AND contype = 'f')
"""
SWITCH = """
    SELECT (value ->> 'on')::boolean, value ->> 'reason', changed_at FROM service_state WHERE name = 'maintenance'
"""
SET = """
    INSERT INTO service_state (name, value, changed_at)
    VALUES ('maintenance', jsonb_build_object('on', %(on)s, 'reason', %(reason)s::text), clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at
"""
NO_TABLES = "the database has no tables, or is being restored"
REPLACED = "the database was replaced: `flask maintenance off` ends it"


class SwitchState(NamedTuple):
    """The switch in the database; `on` is None if it was never set."""

    on: bool | None
    reason: str | None
    changed_at: datetime | None
    is_complete: bool  # the database has all our tables


def read_switch(connection: Connection) -> SwitchState:
    """Read the switch, also from a database without tables or with those of an earlier version."""
    has_switch, is_complete = connection.exec_driver_sql(TABLES).one()
    found = connection.exec_driver_sql(SWITCH).one_or_none() if has_switch else None
    on, reason, changed_at = found or (None, None, None)
    return SwitchState(on, reason, changed_at, is_complete)


def set_switch(connection: Connection, *, on: bool, reason: str = "") -> None:
    """Switch maintenance on or off."""
    connection.exec_driver_sql(SET, {"on": on, "reason": reason})


class MaintenanceMode:
    """One worker's copy of the switch; while it is on, streams are ended and `engines` keep no connections."""

    def __init__(self, engine: Engine, end_streams: Callable[[], object]):
        self.reason: str | None = None  # while it is on
        self.engines = [engine]
        self._engine = engine
        self._end_streams = end_streams
        self._seen_on: datetime | None = None
        self._has_read = Event()
        self._reader: object = None  # the greenlet that reads the switch
        event.listen(engine, "checkout", self._refuse_background_work)

    def refresh(self) -> None:
        """Read the switch and apply it; raises one of DATABASE_AWAY and changes nothing if it cannot be read."""
        try:
            self._refresh()
        finally:
            self._has_read.set()

    def _refresh(self) -> None:
        self._reader = gevent.getcurrent()
        try:
            with self._engine.connect() as connection:
                reason = self._reason(read_switch(connection))
                if reason is not None:
                    connection.commit()
                    connection.detach()  # DROP DATABASE is refused while a session is connected
        except DATABASE_AWAY:
            if self.reason is not None:
                return  # a database that is dropped and created again is away for a while
            raise
        if (reason is None) != (self.reason is None):
            log.warning("maintenance %s", "off" if reason is None else f"on: {reason}")
        self.reason = reason
        if reason is not None:
            self._end_streams()
            for engine in self.engines:
                if isinstance(engine.pool, QueuePool) and engine.pool.checkedin():
                    engine.dispose()

    def refuse_if_on(self) -> None:
        """Before each request: raise Maintenance, except for probes and the parts of the error page."""
        if self._has_read.ready() and self.reason is None:
            return
        if request.endpoint in OPEN_ENDPOINTS:
            return
        self._has_read.wait(FIRST_READ_TIMEOUT)
        if self.reason is not None:
            raise Maintenance(self.reason, retry_after=RETRY_AFTER)

    def _reason(self, switch: SwitchState) -> str | None:
        if not switch.is_complete:
            return NO_TABLES
        if switch.on:
            self._seen_on = switch.changed_at
            return switch.reason or ""
        # A restored database may hold an `off` from long before.
        if self._seen_on and not (switch.changed_at and switch.changed_at > self._seen_on):
            return REPLACED
        self._seen_on = None
        return None

    def _refuse_background_work(self, *_args: object) -> None:
        # Ticks, roll-ups and upkeep would write into a half-restored database.
        if self.reason is not None and gevent.getcurrent() is not self._reader:
            raise psycopg2.OperationalError("the service is being maintained")
