"""Job runner: periodic work of a worker, and the protection that keeps it and event-driven loops alive.

A greenlet that ends by an exception takes its work with it, silently: streams would no longer be pinged, swept or
revoked. So each failure is logged with the job's name and counted (`pulse_job_failures_total`), and the job goes
on.

The periodic jobs of a worker are listed in app/worker/jobs.py.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn, Protocol, get_args

import gevent

from app.background import signals
from app.errors import DATABASE_AWAY, JobRefused
from app.postgres.database_away import report_database_away

log = logging.getLogger(__name__)

RESTART_DELAY = 1.0  # seconds until a loop that ended by an exception is started again

# Labels of `pulse_job_failures_total`: the metric has them all from the start, for rate() does not see the first
# increment of a new series.
PeriodicName = Literal[
    "bus-pings",
    "bus-watch",
    "close-rooms",
    "comparison",
    "counter-repair",
    "custom-backfill",
    "dead-workers",
    "figures",
    "gap-repair",
    "heartbeat",
    "history",
    "hour-counts",
    "mail",
    "maintenance",
    "pool-shrinking",
    "rate-limits",
    "rechecks",
    "registry-beat",
    "registry-sweep",
    "stream-ends",
    "telemetry",
    "upkeep",
]
LoopName = Literal[
    "bus", "committer", "head-check", "poller", "registry-news", "stream-backfill", "stream-writes"
]
JobName = Literal[PeriodicName, LoopName]
PERIODIC_NAMES: tuple[PeriodicName, ...] = get_args(PeriodicName)
# `other` was the label of jobs without a name, and may stand in rules of an alert manager.
JOB_NAMES: tuple[str, ...] = ("other", *get_args(JobName))


class JobLease(Protocol):
    """The right of one worker in the cluster to run a job."""

    def acquire(self) -> bool:
        """Acquire or renew it; whether this worker has it."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """Periodic work: wait, run, for as long as the worker lives; a run that fails is logged and counted.

    `every` is the seconds from the end of one run to the beginning of the next; 0 switches the job off. The
    first run comes after `first_after` seconds (`every`, if not given) and up to `jitter` more, by chance, so that
    a fleet that starts at once does not work at once. `delay` returns the seconds until the next run where these
    depend on the clock. With a `lease`, only the worker that has it runs; the others call `standby` instead.
    """

    name: PeriodicName
    every: float
    work: Callable[[], object]
    first_after: float | None = None
    jitter: float = 0.0
    delay: Callable[[], float] | None = None
    lease: JobLease | None = None
    standby: Callable[[], object] | None = None

    def run(self) -> NoReturn:
        """Run it for ever; the body of a greenlet."""
        wait = self.every if self.first_after is None else self.first_after
        wait += random.uniform(0.0, self.jitter)
        while True:
            gevent.sleep(self.delay() if self.delay else wait)
            self.run_once()
            wait = self.every

    def run_once(self) -> bool:
        """Run it now, if this worker has the lease; False if that failed, which is logged and counted."""
        return attempt(self._run_with_lease, job=self.name)

    def _run_with_lease(self) -> None:
        if self.lease is None or self.lease.acquire():
            self.work()
        elif self.standby:
            self.standby()


def supervise(loop: Callable[[], object], *, job: JobName) -> None:
    """Run an event-driven loop until it returns; one that ends by an exception is started again."""
    while not attempt(loop, job=job):
        gevent.sleep(RESTART_DELAY)


def attempt(work: Callable[[], object], *, job: JobName) -> bool:
    """Run a piece of a job; False if it raised, which is logged and counted."""
    try:
        work()
    except (Exception, gevent.Timeout) as error:
        report_failure(error, job=job)
        return False
    return True


def report_failure(error: BaseException, *, job: JobName) -> None:
    """Log and count that a piece of a job raised; for loops that handle the error themselves."""
    if isinstance(error, DATABASE_AWAY):
        report_database_away(error)
    elif isinstance(error, JobRefused):
        log.error("%s refused: %s", job, error)
    else:
        log.error("%s failed", job, exc_info=error)
    signals.job_failed.send(None, job=job)
