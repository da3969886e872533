"""Looks at everything that the service depends on, and says of what is wrong how to mend it."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import NoPermissionError, RedisError
from sqlalchemy import Connection, Engine

from app import log_identity
from app.config import Settings
from app.errors import DATABASE_AWAY
from app.probes.database import faults, read_state
from app.probes.finding import Finding
from app.probes.revision import UPGRADE, read_revision
from app.redis_link import connect

OLDEST_POSTGRESQL, OLDEST_REDIS = 14, 7
OTHER_FILES = 512  # what a worker opens beside streams
MOST_SKEW = 1.0  # seconds
SMALLEST_BUFFER = 8 * 2**20  # bytes: a burst of events must fit while a worker is busy


def examine(
    settings: Settings, unknown: Mapping[str, str], engine: Engine, migrations: str
) -> Iterator[Finding]:
    """One finding after another; `unknown` names in the environment have remedies, `migrations` is a directory."""
    for name, remedy in unknown.items():
        yield Finding(name, "is no setting", remedy)
    yield from _settings(settings)
    yield _files(settings)
    try:
        with engine.connect() as connection:
            yield from _postgresql(connection, migrations)
    except DATABASE_AWAY as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        yield Finding("PostgreSQL", reason, "see that it runs, and that DATABASE_URL is right", True)
    with connect(settings.redis_url) as client:
        yield from _redis(client, settings.redis_prefix)


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
                "set it to 1 behind nginx: limits by address would otherwise count everybody as one",
            )


def _files(settings: Settings) -> Finding:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.max_streams_per_worker + OTHER_FILES
    if hard < wanted:
        remedy = f"LimitNOFILE={wanted} in the systemd unit, or a lower PULSE_MAX_STREAMS_PER_WORKER"
        return Finding("Open files", f"{hard} at most, {wanted} wanted", remedy)
    return Finding("Open files", f"{hard} at most")


def _postgresql(connection: Connection, migrations: str) -> Iterator[Finding]:
    state = read_state(connection)
    too_old = f"version {OLDEST_POSTGRESQL} or newer is needed" if state.version < OLDEST_POSTGRESQL else ""
    yield Finding("PostgreSQL", f"version {state.version}", too_old, bool(too_old))
    yield _identity(connection)
    yield _skew("PostgreSQL's clock", state.clock)
    yield _migrated(connection, migrations)
    yield from faults(state)


def _identity(connection: Connection) -> Finding:
    if log_identity.server_of(connection) is None:
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


def _redis(client: Redis, prefix: str) -> Iterator[Finding]:
    try:
        version = client.info("server")["redis_version"]
        too_old = int(version.split(".")[0]) < OLDEST_REDIS
        yield Finding(
            "Redis", f"version {version}", "version 7 or newer is needed" if too_old else "", too_old
        )
        seconds, microseconds = client.time()
        yield _skew("Redis' clock", datetime.fromtimestamp(seconds + microseconds / 1e6, UTC))
        yield _rights(client, prefix)
        yield from _redis_settings(client)
    except RedisError as error:
        remedy = "see that it runs, and that REDIS_URL is right; until then PostgreSQL is polled"
        yield Finding("Redis", str(error), remedy)


def _rights(client: Redis, prefix: str) -> Finding:
    key = f"{prefix}doctor"
    uses: dict[str, Callable[[], object]] = {
        "PUBLISH": lambda: client.publish(key, b""),
        "SUBSCRIBE": lambda: _subscribe(client, key),
        "EVAL": lambda: client.eval("return redis.call('HSET', KEYS[1], 'a', 1)", 1, key),
        "ZADD": lambda: client.zadd(f"{key}:set", {"a": 1}),
        "DEL": lambda: client.delete(key, f"{key}:set"),
    }
    refused = []
    for name, use in uses.items():
        try:
            use()
        except NoPermissionError:
            refused.append(name)
    if refused:
        return Finding(
            "Redis' rights",
            f"{', '.join(refused)} refused",
            f"ACL: ~{prefix}* &{prefix}* +@all -@dangerous",
            True,
        )
    return Finding("Redis' rights", "all that is needed")


def _subscribe(client: Redis, key: str) -> None:
    with client.pubsub() as subscription:
        subscription.subscribe(key)
        subscription.get_message(timeout=1)  # a refusal comes as an answer


def _redis_settings(client: Redis) -> Iterator[Finding]:
    try:
        found = client.config_get("maxmemory", "maxmemory-policy", "client-output-buffer-limit")
    except RedisError:
        yield Finding("Redis' settings", "may not be read here")
        return
    policy = found["maxmemory-policy"]
    if int(found["maxmemory"]) and policy != "noeviction":
        yield Finding(
            "Redis' memory", f"evicts ({policy})", "counts would vanish: maxmemory-policy noeviction"
        )
    words = found["client-output-buffer-limit"].split()
    hard = int(words[words.index("pubsub") + 1])
    if 0 < hard < SMALLEST_BUFFER:
        remedy = "client-output-buffer-limit pubsub 32mb 8mb 60"
        yield Finding("Redis' buffers", f"cut subscribers off at {hard} bytes", remedy)


def _skew(about: str, theirs: datetime) -> Finding:
    seconds = abs((theirs - datetime.now(UTC)).total_seconds())
    remedy = "run NTP on both" if seconds > MOST_SKEW else ""
    return Finding(about, f"{seconds:.1f} s from ours", remedy)
