"""The periodic jobs of a worker, all of them: a new one is a `Job` in this list, and its name in PeriodicName.

Every worker runs them all; what only one worker of the cluster should do has a lease in Redis, or takes an
advisory lock of PostgreSQL itself (`upkeep`; `history` and `hour-counts` besides).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import time
from typing import TYPE_CHECKING

from app.background.job import Job
from app.domain.ordering import GAP_TIMEOUT
from app.insights.activity import hour_rollup
from app.insights.custom import backfill
from app.insights.history import rollup_job
from app.insights.tick import counter_repair
from app.insights.tick.counter_repair import CounterRepair
from app.live import bus_watchdog, closing, dead_workers, hub, registry, revocation
from app.live.bus_watchdog import BusWatchdog
from app.live.heartbeat import Heartbeat
from app.mail import mailer
from app.maintenance import mode, retention
from app.observability import telemetry
from app.postgres.shrinking_pool import SHRINK_EVERY, shrink_all
from app.redis import rate_counts
from app.redis.leases import Lease

if TYPE_CHECKING:
    from app.worker.process import Worker

NEVER = 0.0  # seconds
UPKEEP_JITTER = 10.0  # seconds
# For how long a worker that died keeps a job from the others, in seconds.
COUNTER_REPAIR_LEASE = 150.0
HISTORY_LEASE = 40.0
HOUR_COUNTS_LEASE = 700.0
BACKFILL_LEASE = 40.0


def periodic_jobs(worker: Worker) -> list[Job]:
    """The jobs of a worker, without those that its settings switch off."""
    parts = (_stream_jobs, _redis_jobs, _insights_jobs, _history_jobs, _housekeeping)
    return [job for part in parts for job in part(worker) if job.every > 0]


def _stream_jobs(worker: Worker) -> list[Job]:
    heartbeat = Heartbeat(worker.hub, worker.settings.heartbeat_interval)
    return [
        Job("heartbeat", heartbeat.every, heartbeat.ping_next),
        Job("stream-ends", closing.SWEEP_EVERY, lambda: closing.end_overdue(worker.hub)),
        Job("rechecks", revocation.RECHECK_EVERY, worker.revocation.recheck),
        Job("gap-repair", GAP_TIMEOUT, worker.hub.fill_gaps),
        Job("close-rooms", hub.CLOSE_EVERY, worker.hub.close_empty_rooms),
        Job("registry-beat", registry.HEARTBEAT_EVERY, worker.registry.beat, first_after=0.0),
        Job("registry-sweep", worker.settings.connection_cleanup_interval, worker.registry.sweep),
        Job("dead-workers", dead_workers.CHECK_EVERY, worker.dead_workers.check),
    ]


def _redis_jobs(worker: Worker) -> list[Job]:
    watchdog = BusWatchdog(worker.hub, worker.bus)
    return [
        Job("bus-pings", bus_watchdog.PING_EVERY, watchdog.ping),
        Job("bus-watch", bus_watchdog.PING_EVERY, watchdog.check),
        Job("rate-limits", rate_counts.SYNC_EVERY, lambda: worker.rate_limits.counts.sync(time())),
    ]


def _insights_jobs(worker: Worker) -> list[Job]:
    insights, interval = worker.insights, worker.settings.stats_update_interval
    repair = CounterRepair(worker.engine, worker.counters)
    return [
        # Leases of its own, one for each workspace.
        Job("figures", interval, insights.collector.tick, delay=insights.collector.seconds_until_tick),
        Job("comparison", interval, insights.refresh_baselines),
        Job(
            "counter-repair",
            counter_repair.INTERVAL,
            lambda: repair.repair(datetime.now(UTC)),
            first_after=0.0,
            jitter=counter_repair.INTERVAL,
            # Without Redis there is nothing to repair. Two workers at once would do no harm.
            lease=_lease(worker, "counts", COUNTER_REPAIR_LEASE, without_redis=False),
        ),
    ]


def _history_jobs(worker: Worker) -> list[Job]:
    """Without Redis, advisory locks keep two workers from doing one of them at once."""
    insights = worker.insights
    return [
        Job(
            "history",
            rollup_job.INTERVAL,
            insights.rollup_job.run_once,
            first_after=0.0,
            jitter=rollup_job.INTERVAL,
            lease=_lease(worker, rollup_job.LEASE_NAME, HISTORY_LEASE, without_redis=True),
            standby=insights.rollup_job.stand_by,
        ),
        Job(
            "hour-counts",
            hour_rollup.INTERVAL,
            lambda: hour_rollup.run(worker.engine),
            first_after=0.0,
            jitter=UPKEEP_JITTER,
            lease=_lease(worker, hour_rollup.LEASE_NAME, HOUR_COUNTS_LEASE, without_redis=True),
        ),
        Job(
            "custom-backfill",
            backfill.INTERVAL,
            insights.backfill_job.run,
            delay=insights.backfill_job.seconds_until_next,
            lease=_lease(worker, backfill.LEASE_NAME, BACKFILL_LEASE, without_redis=True),
        ),
    ]


def _housekeeping(worker: Worker) -> list[Job]:
    settings, kept = worker.settings, timedelta(days=worker.settings.event_retention_days)
    return [
        Job(
            "upkeep",
            settings.upkeep_interval,
            lambda: retention.run_upkeep(worker.engine, datetime.now(UTC), kept),
            first_after=0.0,
            jitter=UPKEEP_JITTER,
        ),
        Job("maintenance", mode.READ_EVERY, worker.maintenance.refresh, first_after=0.0),
        Job("pool-shrinking", SHRINK_EVERY, lambda: shrink_all(worker.maintenance.engines)),
        Job("mail", mailer.POLL_INTERVAL if worker.mailer.has_server else NEVER, worker.mailer.send_due),
        Job("telemetry", telemetry.COLLECT_EVERY, worker.telemetry.run_job),
    ]


def _lease(worker: Worker, name: str, seconds: float, *, without_redis: bool) -> Lease:
    return Lease(worker.link, worker.id, name, seconds, without_redis=without_redis)
