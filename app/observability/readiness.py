"""Readiness checks of `/readyz`, in parallel greenlets with a time-out of two seconds.

A load balancer gives up after a few seconds, so a silent database has to be reported before that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypedDict, TypeVar

import gevent
from flask import Flask
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from app.background.timed_value import TimedValue
from app.errors import DATABASE_AWAY
from app.extensions import component, db
from app.ingest.committer import Committer
from app.live.state import Live
from app.maintenance.mode import MaintenanceMode
from app.observability.probes import pooler
from app.observability.probes.database import faults, read_state
from app.observability.probes.redis import remedy_of_redis
from app.observability.probes.revision import SchemaRevision, read_revision
from app.observability.probes.writes import remedy_of, try_write
from app.postgres.database_away import reason_of, without_addresses
from app.postgres.engines import REQUESTS_POOL_SIZE
from app.postgres.shrinking_pool import checked_out
from app.redis.link import RedisLink
from app.redis.state import probe_redis

TIMEOUT = 2.0  # seconds
POOLER_TTL = 60.0  # seconds; the probe takes two connections, and configurations change rarely
OK = "ok"
T = TypeVar("T")
UNKNOWN = "not known while the database is away"
REDIS_SILENT = "Redis is not answering: PostgreSQL is polled"


class Checked(NamedTuple):
    """The result of a check: `ok` or a text, and whether the service can work with it."""

    words: str = OK
    is_usable: bool = True


class ReadinessAnswer(TypedDict):
    """The body of `/readyz`."""

    status: str
    checks: dict[str, str]


class ReadinessChecks:
    """The checks of one app; `run` returns the answer of `/readyz` and its status."""

    def __init__(self, app: Flask):
        with app.app_context():
            self._engine: Engine = db.engine
        self._committer = component(Committer, app)
        self._redis = component(RedisLink, app)
        self._hub = component(Live, app).hub
        self._maintenance_mode = component(MaintenanceMode, app)
        self._migrations: str = app.extensions["migrate"].directory
        self._is_pooled = TimedValue(lambda: pooler.is_pooled_by_transaction(self._engine), POOLER_TTL)

    def run(self) -> tuple[ReadinessAnswer, int]:
        """Run all checks in parallel."""
        checking_bus = gevent.spawn(_with_timeout, self._bus, lambda: Checked(REDIS_SILENT))
        database, migrations, writes = _with_timeout(self._database, self._database_silent)
        bus = checking_bus.get() or Checked(REDIS_SILENT)
        checks = {
            "database": database,
            "migrations": migrations,
            "writes": writes,
            "bus": bus,
            "maintenance": self._maintenance(),
        }
        is_ready = all(check.is_usable for check in checks.values())
        is_whole = database.words == writes.words == bus.words == OK
        status = "not ready" if not is_ready else "ready" if is_whole else "degraded"
        words = {name: check.words for name, check in checks.items()}
        return {"status": status, "checks": words}, 200 if is_ready else 503

    def _database(self) -> tuple[Checked, Checked, Checked]:
        try:
            with self._engine.connect() as connection:
                revision = read_revision(connection, self._migrations)
                wrong = list(faults(read_state(connection)))
                connection.commit()
                writes = self._writes(connection, revision)
            if self._is_pooled.get():
                wrong.append(pooler.FAULT)
        except DATABASE_AWAY as error:
            return _away(error), Checked(UNKNOWN, False), Checked(UNKNOWN)
        words = "; ".join(f"{found.words}: {found.remedy}" for found in wrong) or OK
        return Checked(words, not any(found.is_bad for found in wrong)), _migrations(revision), writes

    def _database_silent(self) -> tuple[Checked, Checked, Checked]:
        words = f"PostgreSQL did not answer within {TIMEOUT:.0f} seconds"
        if checked_out(self._engine) >= REQUESTS_POOL_SIZE:
            words = f"all {REQUESTS_POOL_SIZE} connections of this worker are in use"
        return Checked(words, False), Checked(UNKNOWN, False), Checked(UNKNOWN)

    def _writes(self, connection: Connection, revision: SchemaRevision) -> Checked:
        if self._committer.failure is None or not revision.is_usable:
            return Checked()
        try:
            try_write(connection)
        except DBAPIError as error:
            return Checked(f"PostgreSQL stores nothing: {reason_of(error)}: {remedy_of(error)}", False)
        return Checked()

    def _bus(self) -> Checked:
        state = probe_redis(self._redis)
        if not state.answers:
            return Checked(REDIS_SILENT)
        if state.refuses:
            effect = (
                "each worker limits by its own streams alone" if state.can_publish else "PostgreSQL is polled"
            )
            refusals = "; ".join(f"{words}: {remedy_of_redis(words)}" for words in state.refuses)
            return Checked(f"Redis refuses, so {effect}: {refusals}")
        if self._hub.degraded:
            return Checked("silent, though Redis answers: PostgreSQL is polled")
        return Checked()

    def _maintenance(self) -> Checked:
        reason = self._maintenance_mode.reason
        return Checked() if reason is None else Checked(f"on: {reason}" if reason else "on", False)


def _with_timeout(check: Callable[[], T], otherwise: Callable[[], T]) -> T:
    try:
        with gevent.Timeout(TIMEOUT):
            return check()
    except gevent.Timeout:
        return otherwise()


def _migrations(revision: SchemaRevision) -> Checked:
    words = OK if revision.found == revision.head else revision.words
    return Checked(words, revision.is_usable)


def _away(error: BaseException) -> Checked:
    words = without_addresses(reason_of(error))
    # The server's own errors begin so; libpq's, of a server that does not answer, do not.
    refuses = words.startswith("FATAL")
    return Checked(f"PostgreSQL {'refuses' if refuses else 'is not answering'}: {words}", False)
