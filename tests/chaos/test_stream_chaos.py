"""Whatever dies, freezes, forgets or is cut off: every stream sees every event once, in order, and nothing leaks.

Streams over two servers resume by id as browsers do, numbered events are posted throughout, and meanwhile the
servers and the stores are struck again and again: for CHAOS_SECONDS, but every blow once at least.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable

import gevent
from servers import until
from visitor import PATH

from .delivery_checks import check_accounts, check_log, check_nothing_is_left
from .delivery_follower import Follower
from .delivery_poster import Poster
from .delivery_world import Torment, World, say

SECONDS = float(os.environ.get("CHAOS_SECONDS", "") or 1)
CALM = min(4.0, SECONDS / 15)  # seconds at most between two blows
SEED = int(os.environ.get("CHAOS_SEED", "") or time.time())
STREAMS = 200
HABITS = ("steady", "steady", "sleeper", "crasher", "visitor")
if SECONDS >= 60:  # that they are gone is seen after a time that a short run does not have
    HABITS += ("vanisher",)
POSTERS = 3
PAUSE = 0.05  # seconds between two posts of one poster: what 200 streams receive, the test has to read
SETTLED = 90.0  # seconds; all reconnect within some, on a machine that has other things to do


def test_streams_see_every_event_once_in_order(world: World):
    say(f"seed {SEED}")
    chance = random.Random(SEED)
    ports = lambda: chance.choice(world.servers).port  # noqa: E731
    cookie = world.cookie()
    followers = [Follower(ports, PATH, cookie, HABITS[n % len(HABITS)], chance) for n in range(STREAMS)]
    posters = [Poster(ports, PATH, cookie, f"poster{n}", PAUSE, chance) for n in range(POSTERS)]
    following = [gevent.spawn(follower.run) for follower in followers]
    posting = [gevent.spawn(poster.run) for poster in posters]
    until(lambda: all(follower.account.cursor for follower in followers), "all streams open", SETTLED)

    storm(world, chance, lambda: progress(followers, posters))

    for poster in posters:
        poster.stop()
    gevent.joinall(posting, raise_error=True, timeout=SETTLED)
    assert all(poster.ready() for poster in posting), "some posts are never acknowledged"
    log = check_log(world, posters)
    for follower in followers:
        follower.behave()
    until(
        lambda: all(f.account.seq == len(log) for f in followers), lambda: stragglers(followers, log), SETTLED
    )
    say(progress(followers, posters))
    check_accounts(followers, log)

    gevent.killall(following)
    check_nothing_is_left(world)
    for follower in followers:
        follower.close()


def storm(world: World, chance: random.Random, how_it_goes: Callable[[], str]) -> None:
    """Strike servers and stores at the same time, each in an order of its own, until the time is over."""
    torment, over = Torment(world), time.monotonic() + SECONDS

    def strike(blows: list[Callable], targets: list) -> None:
        rounds = 0
        while not rounds or time.monotonic() < over:
            for blow in chance.sample(blows, len(blows)):
                target = chance.choice(targets)
                say(f"{blow.__name__:17} {how_it_goes()}")
                blow(*target)
                gevent.sleep(chance.uniform(0, CALM))
            rounds += 1

    strikers = [
        gevent.spawn(strike, torment.of_servers, [(server,) for server in world.servers]),
        gevent.spawn(strike, torment.of_stores, [()]),
    ]
    gevent.joinall(strikers, raise_error=True)


def stragglers(followers: list[Follower], log: list[str]) -> str:
    late = [f"{f.habit} at {f.account.seq}" for f in followers if f.account.seq != len(log)]
    return f"all at {len(log)}, but {len(late)} are not: {late[:5]}"


def progress(followers: list[Follower], posters: list[Poster]) -> str:
    total: Counter[str] = Counter()
    for follower in followers:
        account = follower.account
        total.update({name: getattr(account, name) for name in ("connects", "refusals", "byes", "resets")})
    posted = sum(len(poster.acknowledged) for poster in posters)
    reading = sum(follower.reading for follower in followers)
    faults = sum(len(follower.account.faults) for follower in followers)
    retries = sum(poster.retries for poster in posters)
    return f"{posted} events ({retries} retries), {reading} streams, {dict(total)}, {faults} faults"
