"""Redis probe: its version, clock, rights and settings, and the remedies for what it refuses.

Each check stands alone: under the access rules that doctor itself recommends, a part of what may be asked of a
Redis is forbidden, and the service needs none of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from app.observability.probes.clock import skew
from app.observability.probes.finding import Finding
from app.redis.link import words_of

OLDEST = 7
SMALLEST_BUFFER = 8 * 2**20  # bytes: a burst of events must fit while a worker is busy
SILENT = "see that it runs, and that REDIS_URL is right; until then PostgreSQL is polled"
CLUSTER = "it is a node of a cluster: Pulse needs a single server, or a primary with replicas"
MEMORY = "raise its maxmemory, or keep what else is stored there elsewhere"
SNAPSHOTS = "its snapshots fail, see its log: make room on its disk, or set stop-writes-on-bgsave-error to no"
REPLICA = (
    "it is a replica, or has too few of them: name the primary in REDIS_URL, and see min-replicas-to-write"
)
# By a word of what Redis says; redis-py leaves Redis' own first word out for some errors.
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
    """What to do about a refusal."""
    return next((remedy for word, remedy in REMEDIES.items() if word in words), "see Redis' log")


def examine_redis(client: Redis, prefix: str) -> Iterator[Finding]:
    """One finding after another; a Redis that does not answer ends them. Our keys begin with the prefix."""
    try:
        yield _version(client)
        seconds, microseconds = client.time()
        yield skew("Redis' clock", datetime.fromtimestamp(seconds + microseconds / 1e6, UTC))
        yield from _uses(client, prefix)
        yield from _settings(client)
    except RedisError as error:
        yield Finding("Redis", words_of(error), SILENT)


def _version(client: Redis) -> Finding:
    # INFO is @dangerous; a greeting has the version too, and whoever may connect may say it.
    answer = client.execute_command("HELLO")
    greeting = answer if isinstance(answer, dict) else dict(zip(answer[::2], answer[1::2], strict=True))
    version = _text(greeting, "version")
    too_old = int(version.split(".")[0]) < OLDEST
    remedy = f"version {OLDEST} or newer is needed" if too_old else ""
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
            refused[words_of(error)] = name
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
    with client.pubsub() as subscription:
        subscription.subscribe(key)
        subscription.get_message(timeout=1)  # a refusal comes as an answer


def _settings(client: Redis) -> Iterator[Finding]:
    try:
        found = client.config_get("maxmemory", "maxmemory-policy", "client-output-buffer-limit")
    except ResponseError:
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
