"""Jobs: work that a worker does again and again for as long as it lives.

A greenlet that ends by an exception takes its job with it, silently: nobody would be pinged, swept or revoked any
more. So each failure is logged and counted (`pulse_job_failures_total`), and the job goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NoReturn

import gevent

from app.background import signals
from app.errors import DATABASE_AWAY, JobRefused
from app.postgres.trouble_log import report_database_away

log = logging.getLogger(__name__)

RESTART_AFTER = 1.0  # seconds until a loop that ended by an exception is begun again


def every(seconds: float, work: Callable[[], object], *, job: str = "other") -> NoReturn:
    """Wait, work, for ever; a round that fails is logged and counted, and the next one comes all the same."""
    while True:
        gevent.sleep(seconds)
        attempt(work, job=job)


def keep_running(run: Callable[[], object], *, job: str) -> None:
    """Run a loop until it ends by itself; one that ends by an exception is begun again."""
    while not attempt(run, job=job):
        gevent.sleep(RESTART_AFTER)


def attempt(work: Callable[[], object], *, job: str) -> bool:
    """Do a piece of a job; whether it succeeded."""
    try:
        work()
    except DATABASE_AWAY as error:
        report_database_away(error)
    except JobRefused as refusal:
        log.error("%s refused: %s", job, refusal)
    except (Exception, gevent.Timeout):
        log.exception("%s failed", job)
    else:
        return True
    signals.job_failed.send(None, job=job)
    return False
