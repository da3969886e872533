"""Has the counts in Redis reconciled each minute, by one worker of the cluster.

Who does it holds a lease in Redis; without Redis there is nothing to reconcile. Two at once would do no harm.
"""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime

import gevent

from app.database_trouble import report_database_away
from app.errors import DATABASE_AWAY
from app.insights.reconciler import Reconciler
from app.redis_link import RedisLink

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds
LEASE = "lead:counts"
LEASE_MS = round(2.5 * EVERY * 1000)


def run(reconciler: Reconciler, link: RedisLink, worker: str) -> None:
    """Do it for ever; a round that fails is logged, and the next one comes all the same."""
    gevent.sleep(random.uniform(0, EVERY))  # so that a fleet does not come at once
    while True:
        try:
            if _leads(link, worker):
                reconciler.reconcile(datetime.now(UTC))
        except DATABASE_AWAY as error:
            report_database_away(error)
        except Exception:
            log.exception("counts could not be reconciled")
        gevent.sleep(EVERY)


def _leads(link: RedisLink, worker: str) -> bool:
    lease = link.name(LEASE)
    answers = link.pipeline(lambda pipe: pipe.set(lease, worker, nx=True, px=LEASE_MS).get(lease))
    if answers is None or answers[1] != worker.encode():
        return False
    return link.pipeline(lambda pipe: pipe.pexpire(lease, LEASE_MS)) is not None
