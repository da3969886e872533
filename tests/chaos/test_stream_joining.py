"""Streams that join while events are posted at full speed: between history and live nothing is lost or doubled.

CHAOS_JOINS says how many streams join, in waves, half of them anew and half from some event that they have seen.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence

import gevent
from visitor import PATH

from app.live.hub import CLOSE_EVERY, EMPTY_ROOM_TTL

from .delivery_checks import check_accounts, check_log, check_nothing_is_left
from .delivery_follower import Account, Follower
from .delivery_poster import Poster
from .delivery_world import World, say

JOINS = int(os.environ.get("CHAOS_JOINS", "") or 2_000)
WAVE = 50
STAYS_FOR = 5  # events beyond the latest that is known when it joins
BACK = 300  # events at most that a stream has missed when it comes back
ROOMS_CLOSE = EMPTY_ROOM_TTL + CLOSE_EVERY + 0.5  # seconds; who comes then opens them again
PATIENCE = 60.0  # seconds for a wave


def test_joining_streams_get_each_event_once(world: World):
    chance = random.Random(JOINS)
    ports = lambda: chance.choice(world.servers).port  # noqa: E731
    cookie = world.cookie()
    posters = [Poster(ports, PATH, cookie, f"poster{n}", 0.0, chance) for n in range(3)]
    posting = [gevent.spawn(poster.run) for poster in posters]
    followers: list[Follower] = []
    while len(followers) < JOINS:
        wave = [Follower(ports, PATH, cookie, "steady", chance) for _ in range(WAVE)]
        for follower in wave[::2] if followers else ():
            follower.account.connected(some_place_before(followers[-1].account, chance))
        join(wave, latest(posters) + STAYS_FOR)
        followers += wave
        if not len(followers) % 1_000:
            say(f"{len(followers)} joins, {latest(posters)} events")
            gevent.sleep(ROOMS_CLOSE)
    for poster in posters:
        poster.stop()
    gevent.joinall(posting, raise_error=True, timeout=PATIENCE)
    check_accounts(followers, check_log(world, posters))
    check_nothing_is_left(world)


def join(wave: Sequence[Follower], until: int) -> None:
    joining = [gevent.spawn(follower.join, until) for follower in wave]
    gevent.joinall(joining, raise_error=True, timeout=PATIENCE)
    assert all(greenlet.ready() for greenlet in joining), "a stream does not get what is posted"


def some_place_before(account: Account, chance: random.Random) -> str:
    return f"{account.epoch}-{max(0, account.seq - chance.randint(0, BACK))}"


def latest(posters: Sequence[Poster]) -> int:
    return max(poster.latest for poster in posters)
