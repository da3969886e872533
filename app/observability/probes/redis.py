"""Redis probe: its version, clock, rights and settings, and the remedies for refused commands.

Each check is independent of the others: the ACL that the doctor itself recommends forbids some of them, and the
service needs none of those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from redis import Redis
from redis.client import PubSub
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from app.observability.probes.clock import skew
from app.observability.probes.finding import Finding
from app.redis.link import error_text

MIN_VERSION = 7
MIN_BUFFER = 8 * 2**20  # bytes: a burst of events must fit while a worker is busy
SILENT = "see that it runs, and that REDIS_URL is right; until then PostgreSQL is polled"
CLUSTER = "it is a node of a cluster: Pulse needs a single server, or a primary with replicas"
MEMORY = "raise its maxmemory, or keep what else is stored there elsewhere"
SNAPSHOTS = "its snapshots fail, see its log: make room on its disk, or set stop-writes-on-bgsave-error to no"
REPLICA = (
    "it is a replica, or has too few of them: name the primary in REDIS_URL, and see min-replicas-to-write"
)
# By a word of Redis' error; redis-py leaves out the first one of some.
REMEDIES = {
    "CROSSSLOT": CLUSTER,
    "hash to the same slot": CLUSTER,
    "MOVED": CLUSTER,
    "OOM": MEMORY,
    "maxmemory": MEMORY,
    "MISCONF": SNAPSHOTS,
    "snapshot": SNAPSHOTS,
    "READONLY": REPLICA,
    "ReadOnlyError": REPLICA,
    "NOREPLICAS": REPLICA,
    "NOPERM": "see that its ACL allows what `flask doctor` recommends",
    "permission": "see that its ACL allows what `flask doctor` recommends",
}


def remedy_of_redis(words: str) -> str:
    """The remedy for a refused command."""
    return next((remedy for word, remedy in REMEDIES.items() if word in words), "see Redis' log")


def examine_redis(client: Redis, prefix: str) -> Iterator[Finding]:
    """All findings, in order, up to the first time-out. Our keys begin with `prefix`."""
    try:
        yield _version(client)
        seconds, microseconds = client.time()
        yield skew("Redis' clock", datetime.fromtimestamp(seconds + microseconds / 1e6, UTC))
        yield from _uses(client, prefix)
        yield from _settings(client)
    except RedisError as error:
        yield Finding("Redis", error_text(error), SILENT)


def _version(client: Redis) -> Finding:
    # INFO is @dangerous; HELLO has the version too, and needs no right.
    answer = client.execute_command("HELLO")  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
    greeting = answer if isinstance(answer, dict) else dict(zip(answer[::2], answer[1::2], strict=True))
    version = _text(greeting, "version")
    too_old = int(version.split(".")[0]) < MIN_VERSION
    remedy = f"version {MIN_VERSION} or newer is needed" if too_old else ""
    return Finding("Redis", f"version {version}", remedy, too_old)


def _text(greeting: dict[str | bytes, bytes], name: str) -> str:
    value = greeting.get(name) or greeting.get(name.encode()) or b""
    return value.decode() if isinstance(value, bytes) else str(value)


def _uses(client: Redis, prefix: str) -> Iterator[Finding]:
    key = f"{prefix}doctor"
    uses: dict[str, Callable[[], object]] = {
        "PUBLISH": lambda: client.publish(key, b""),
        "SUBSCRIBE": lambda: _subscribe(client, key),
        "EVAL": lambda: client.eval("return redis.call('HSET', KEYS[1], 'a', 1)", 1, key),
        "ZADD": lambda: client.zadd(f"{key}:set", {"a": 1}),
        "SCAN": lambda: client.scan(match=f"{prefix}*", count=1),
        "DEL": lambda: client.delete(key, f"{key}:set"),
    }
    forbidden, refused = [], {}
    for name, use in uses.items():
        try:
            use()
        except NoPermissionError:
            forbidden.append(name)
        except ResponseError as error:
            refused[error_text(error)] = name
    if forbidden:
        yield Finding(
            "Redis' rights",
            f"{', '.join(forbidden)} refused",
            f"ACL: ~{prefix}* &{prefix}* +@all -@dangerous",
            True,
        )
    else:
        yield Finding("Redis' rights", "all that is needed")
    for words, name in refused.items():
        yield Finding("Redis' writes", f"{name} refused: {words}", remedy_of_redis(words), True)


def _subscribe(client: Redis, key: str) -> None:
    subscription: PubSub
    with client.pubsub() as subscription:  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        subscription.subscribe(key)
        subscription.get_message(timeout=1)  # a refusal arrives as an answer


def _settings(client: Redis) -> Iterator[Finding]:
    try:
        found = client.config_get("maxmemory", "maxmemory-policy", "client-output-buffer-limit")
    except ResponseError:
        yield Finding("Redis' settings", "may not be read here")
        return
    policy = found["maxmemory-policy"]
    if int(found["maxmemory"] or 0) and policy != "noeviction":
        yield Finding(
            "Redis' memory", f"evicts ({policy})", "counts would vanish: maxmemory-policy noeviction"
        )
    words = (found["client-output-buffer-limit"] or "pubsub 0").split()
    hard = int(words[words.index("pubsub") + 1])
    if 0 < hard < MIN_BUFFER:
        remedy = "client-output-buffer-limit pubsub 32mb 8mb 60"
        yield Finding("Redis' buffers", f"cut subscribers off at {hard} bytes", remedy)
