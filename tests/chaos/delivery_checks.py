"""Final checks of stream chaos: the log, what each stream received, and what the servers still hold."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from itertools import accumulate

from redis import Redis
from servers import Server, until
from visitor import PATH, Visitor

from app.live.registry import STREAMS, WORKER_TTL, WORKERS
from app.redis.link import PREFIX

from .delivery_follower import Follower, mark
from .delivery_poster import Poster
from .delivery_world import World

UNPLUGGED = 75.0  # seconds after which a client that vanished without a word has been given up
POOLS = 40  # connections to PostgreSQL and Redis that two workers may keep for what comes next


def check_log(world: World, posters: Sequence[Poster]) -> list[str]:
    """Every acknowledged event is in the log, once, under its acknowledged number; returns the ids in order."""
    rows = world.sql("SELECT seq, event_id FROM events ORDER BY seq")
    assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
    stored = {event_id: seq for seq, event_id in rows}
    for poster in posters:
        assert {event_id: stored.get(event_id) for event_id in poster.acknowledged} == poster.acknowledged
    assert len(stored) == len(rows) == sum(len(poster.acknowledged) for poster in posters)
    return [event_id for _, event_id in rows]


def check_accounts(followers: Sequence[Follower], log: list[str]) -> None:
    """Each follower saw the log's events in their places, and nothing else."""
    marks = [0, *accumulate(mark(seq, event_id) for seq, event_id in enumerate(log, 1))]
    for follower in followers:
        account = follower.account
        assert account.faults == [], f"a {follower.habit}"
        assert account.marks == marks[account.seq] - marks[account.start], f"a {follower.habit}"


def check_nothing_is_left(world: World) -> None:
    """No connection, greenlet, database connection or entry in the registry outlives the streams for long."""
    for server in world.servers:
        check_server_is_at_rest(server)
    check_registry_is_empty(world)
    idle = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulse' AND state LIKE 'idle in%'"
    assert world.sql(idle) == [(0,)]


def check_registry_is_empty(world: World) -> None:
    """No worker that lives has an entry, and what the dead have left expires."""
    with Redis.from_url(world.valkey.url) as redis:
        alive = set(redis.zrangebyscore(f"{PREFIX}{WORKERS}", time.time() - WORKER_TTL, "+inf"))
        for key in redis.scan_iter(f"{PREFIX}{STREAMS}*"):
            assert not alive & set(redis.hkeys(key)), f"{key} counts streams that have ended"
            assert redis.ttl(key) > 0, f"{key} stays for ever"


def check_server_is_at_rest(server: Server) -> None:
    until(lambda: not server.open_connections(), "all connections closed", UNPLUGGED)
    until(lambda: not server.left_behind(), lambda: f"nothing left behind: {server.left_behind()}")
    until(
        lambda: server.descriptors() < server.descriptors_at_rest + POOLS,
        lambda: f"all closed: {server.descriptors()} descriptors, {server.descriptors_at_rest} at the start",
    )
    with contextlib.closing(Visitor(server)) as visitor:
        olivia = visitor.sign_in("olivia")
        until(lambda: olivia.snapshot()["meta"]["connections"] == 0, "no stream counted")
        assert olivia.get(PATH.replace("realtime", "connections")).json()["data"] == []
    _, _, complaint = server.log.read_text().partition("Traceback")
    assert not complaint, complaint[:3_000]
