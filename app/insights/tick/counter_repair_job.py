"""Has the counts in Redis reconciled each minute, by one worker of the cluster.

Who does it holds a lease in Redis; without Redis there is nothing to reconcile. Two at once would do no harm.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

import gevent

from app.background.periodic import attempt
from app.insights.tick.counter_repair import CounterRepair
from app.redis.link import RedisLink

EVERY = 60.0  # seconds
LEASE = "lead:counts"
LEASE_MS = round(2.5 * EVERY * 1000)


def run(counter_repair: CounterRepair, link: RedisLink, worker: str) -> None:
    """Do it for ever; a round that fails is logged, and the next one comes all the same."""

    def work() -> None:
        if _leads(link, worker):
            counter_repair.repair(datetime.now(UTC))

    gevent.sleep(random.uniform(0, EVERY))  # so that a fleet does not come at once
    while True:
        attempt(work, job="counter-repair")
        gevent.sleep(EVERY)


def _leads(link: RedisLink, worker: str) -> bool:
    lease = link.name(LEASE)
    answers = link.pipeline(lambda pipe: pipe.set(lease, worker, nx=True, px=LEASE_MS).get(lease))
    if answers is None or answers[1] != worker.encode():
        return False
    return link.pipeline(lambda pipe: pipe.pexpire(lease, LEASE_MS)) is not None
