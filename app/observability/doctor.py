"""Doctor: checks everything that the service depends on; each fault comes with a remedy."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, Engine

from app.errors import DATABASE_AWAY
from app.event_log import identity
from app.maintenance.mode import read_switch
from app.observability.probes import pooler
from app.observability.probes.clock import skew
from app.observability.probes.database import examine_connections, faults, read_state
from app.observability.probes.finding import Finding
from app.observability.probes.nginx import examine_nginx
from app.observability.probes.redis import examine_redis
from app.observability.probes.revision import UPGRADE, read_revision
from app.postgres.database_away import reason_of
from app.redis.link import connect
from app.settings.config import Settings

OLDEST_POSTGRESQL = 14
OTHER_FILES = 512  # that a worker opens beside streams


def examine(
    settings: Settings, unknown: Mapping[str, str], engine: Engine, migrations: str, nginx: Path
) -> Iterator[Finding]:
    """All findings, in order; `unknown` settings by name with their remedies, `nginx` is its configuration."""
    for name, remedy in unknown.items():
        yield Finding(name, "is no setting", remedy)
    yield from _settings(settings)
    yield from _metrics(settings)
    yield _files(settings)
    yield from examine_nginx(nginx, settings.workers * settings.max_streams_per_worker)
    try:
        with engine.connect() as connection:
            yield from _postgresql(connection, migrations, settings.workers)
        if pooler.is_pooled_by_transaction(engine):
            yield pooler.FAULT
    except DATABASE_AWAY as error:
        yield Finding(
            "PostgreSQL", reason_of(error), "see that it runs, and that DATABASE_URL is right", True
        )
    with connect(settings.redis_url) as client:
        yield from examine_redis(client, settings.redis_prefix)


def _settings(settings: Settings) -> Iterator[Finding]:
    if len(set(settings.secret_key)) < 10:
        yield Finding("PULSE_SECRET_KEY", "is easy to guess", "`openssl rand -hex 32` makes a good one", True)
    if not settings.public_origins:
        yield Finding("PULSE_PUBLIC_URL", "is not set", "name the address that browsers use")
    elif not settings.only_https:
        yield Finding("PULSE_PUBLIC_URL", "is not https alone", "put nginx with a certificate in front")
    else:
        yield Finding("PULSE_PUBLIC_URL", ", ".join(settings.public_origins))
        if not settings.trusted_proxies:
            yield Finding(
                "PULSE_TRUSTED_PROXIES",
                "is 0, but something in front must speak https",
                "set it to 1 behind nginx: limits by address would otherwise count all clients as one",
            )


def _metrics(settings: Settings) -> Iterator[Finding]:
    if settings.public_origins and not settings.metrics_token:
        remedy = "`openssl rand -hex 32` makes one: Prometheus shows it as its bearer token"
        yield Finding("PULSE_METRICS_TOKEN", "is not set: /metrics answers nobody", remedy)


def _files(settings: Settings) -> Finding:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.max_streams_per_worker + OTHER_FILES
    if hard < wanted:
        remedy = f"LimitNOFILE={wanted} in the systemd unit, or a lower PULSE_MAX_STREAMS_PER_WORKER"
        return Finding("Open files", f"{hard} at most, {wanted} wanted", remedy)
    return Finding("Open files", f"{hard} at most")


def _postgresql(connection: Connection, migrations: str, workers: int) -> Iterator[Finding]:
    state = read_state(connection)
    too_old = f"version {OLDEST_POSTGRESQL} or newer is needed" if state.version < OLDEST_POSTGRESQL else ""
    yield Finding("PostgreSQL", f"version {state.version}", too_old, bool(too_old))
    yield _identity(connection)
    yield skew("PostgreSQL's clock", state.clock)
    yield _migrated(connection, migrations)
    yield from faults(state)
    yield examine_connections(state.slots, workers)
    switch = read_switch(connection)
    if switch.on:
        yield Finding("Maintenance", f"is on: {switch.reason}", "`flask maintenance off` ends it")


def _identity(connection: Connection) -> Finding:
    if identity.read_server(connection) is None:
        remedy = (
            "GRANT EXECUTE ON FUNCTION pg_control_system(), pg_current_wal_lsn(), pg_walfile_name(pg_lsn) to its"
            " role: until then a failover is noticed late, by its numbers"
        )
        return Finding("The log's identity", "cannot be read", remedy)
    return Finding("The log's identity", "can be read")


def _migrated(connection: Connection, migrations: str) -> Finding:
    revision = read_revision(connection, migrations)
    if revision.is_usable:
        return Finding("Migrations", revision.words)
    return Finding("Migrations", f"at {revision.found}, {revision.head} wanted", UPGRADE, True)
