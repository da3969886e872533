"""One worker process: its components, how they are connected, and the order in which they start and stop.

Nothing here connects before `start`: under gunicorn that is after the fork and after patching.
"""

from __future__ import annotations

import logging
import resource
import secrets
from time import monotonic

import gevent
from flask import Flask

from app.annotation.offering import AnnotationOffering
from app.auth import password_reset
from app.auth.heavy_reads import HeavyReads
from app.auth.signals import revoked
from app.domain.stats import CUSTOM
from app.extensions import db, register
from app.ingest.committer import Committer
from app.insights.metrics.registry import METRICS
from app.insights.state import Insights
from app.live import closing, poller
from app.live.dead_workers import DeadWorkers
from app.live.hub import Hub
from app.live.poller import Poller
from app.live.registry import Registry, StreamLimits
from app.live.revocation import Revocation
from app.live.state import Live
from app.live.stream import BYE_TIMEOUT
from app.live.stream_lifecycle import StreamLifecycle
from app.live.worker_rpc import WorkerRpc
from app.mail.mailer import Composer, make_mailer
from app.maintenance.mode import MaintenanceMode
from app.observability.telemetry import Telemetry
from app.postgres.engines import BACKGROUND, COMMITS, HEAVY, worker_engines
from app.redis import link, rate_limits
from app.redis.bus import Bus
from app.redis.bus_messages import AnnotationOffered, BusMessage, Revoked, WorkerQuestion
from app.redis.counters import Counters
from app.settings.config import Settings
from app.worker.annotation_delivery import AnnotationDelivery
from app.worker.commit_publisher import CommitPublisher
from app.worker.jobs import periodic_jobs
from app.worker.stats_delivery import StatsDelivery
from app.workspaces import first_run, invitations

log = logging.getLogger(__name__)

RESERVED_FILES = 512  # descriptors for posts, PostgreSQL, Redis and logs
MAIL_TIMEOUT = 5.0  # seconds for the mail that is being sent at shutdown
COMMIT_TIMEOUT = 5.0  # seconds for the queue of posts to be committed at shutdown


class Worker:
    """The components of a worker process. Nothing of it runs before `start`."""

    _started = _stopped = False

    def __init__(self, settings: Settings):
        self.id = secrets.token_hex(6)
        self._greenlets: list[gevent.Greenlet[..., None]] = []
        self.settings = settings
        self._pools = pools = worker_engines(settings.database_url)
        self.engine = engine = pools[BACKGROUND]
        self._redis = link.connect(settings.redis_url)
        self.link = link.RedisLink(self._redis, settings.redis_prefix)
        self.bus = Bus(self._redis, self.link, self.id, self._deliver)
        self.hub = Hub(engine, self.bus)
        self.registry = Registry(self.link, self.id, _limits(settings))
        self.dead_workers = DeadWorkers(settings.metrics_directory, self.id, self.registry)
        self.poller = Poller(self.hub.writer)
        lifecycle = StreamLifecycle(self.hub, self.registry, self.id)
        self.rpc = WorkerRpc(self.bus, self.registry, self.link, self.id, lifecycle)
        self.counters = Counters(self.link)
        self.publisher = CommitPublisher(self.hub, self.bus, self.registry, self.counters, self.link)
        self.committer = Committer(pools[COMMITS], self.publisher.publish)
        self.heavy_reads = HeavyReads(pools[HEAVY])
        stats_delivery = StatsDelivery(self.hub, self.bus, self.link)
        self.maintenance = MaintenanceMode(engine, lambda: closing.end_all(self.hub.streams(), "maintenance"))
        self.insights = Insights(settings, engine, self.link, self.id, self.counters, stats_delivery)
        self.revocation = Revocation(self.hub, self.bus, engine)
        revoked.connect(self.revocation.on_revoked)
        self.annotation_offering = AnnotationOffering(AnnotationDelivery(self.hub, self.bus).offer)
        self.live = Live(
            settings=settings,
            hub=self.hub,
            poller=self.poller,
            registry=self.registry,
            rpc=self.rpc,
            lifecycle=lifecycle,
            stats=self.insights.stats,
            metric_names=frozenset({*METRICS, CUSTOM}),
        )
        self.telemetry = Telemetry(self.hub, pools)
        self.rate_limits = rate_limits.make(settings, self.link)
        self.mailer = make_mailer(settings, engine, _composers(settings))

    def start(self, of_workers: int | None = None) -> None:
        """Start the worker's greenlets; a second call does nothing. `of_workers` is how many gunicorn runs."""
        if self._started:
            return
        self._started = True
        if of_workers:
            self.telemetry.worker_started(of_workers)
        self.dead_workers.start()
        if (streams := self.registry.limits.worker) < (wanted := self.settings.max_streams_per_worker):
            log.warning(
                "PULSE_MAX_STREAMS_PER_WORKER is cut from %d to %d by the limit of open files",
                wanted,
                streams,
            )
        if poller.available():
            self.poller.start()
        for part in (self.hub, self.bus, self.registry, self.committer):
            part.start()
        self._greenlets = [gevent.spawn(job.run) for job in periodic_jobs(self)]
        self._greenlets.append(gevent.spawn(first_run.log_setup_code, self.engine, self.settings))

    def drain(self) -> None:
        """End the streams with a `bye`. Requests are still answered: one that was accepted is not refused."""
        if not self._started or self.live.draining:
            return
        self.live.draining = True
        closing.drain(self.hub, self.settings.drain_seconds)
        self._wait_for_byes()

    def stop(self) -> None:
        """Drain, commit what has queued, and stop everything; the server accepts no more requests by now."""
        if not self._started or self._stopped:
            return
        self._stopped = True  # a request that comes meanwhile must not start anything again
        self.drain()
        self.committer.stop(COMMIT_TIMEOUT)
        self.mailer.stop(MAIL_TIMEOUT)
        gevent.killall(self._greenlets)
        for part in (self.hub, self.poller, self.registry, self.dead_workers, self.bus):
            part.stop()
        self._redis.close()
        for each in self._pools.values():
            each.dispose()

    def _wait_for_byes(self) -> None:
        deadline = monotonic() + BYE_TIMEOUT
        while self.registry.open_streams and monotonic() < deadline:
            # Those that were being opened when the drain began.
            closing.end_all(self.hub.streams(), "shutdown")
            gevent.sleep(0.02)
        closing.abort_all(self.hub)

    def _deliver(self, message: BusMessage) -> None:
        match message:
            case WorkerQuestion():
                self.rpc.answer(message)
            case Revoked():
                self.revocation.on_message(message)
            case AnnotationOffered():
                self.hub.offer(message)
            case _:
                self.hub.deliver(message)


def _composers(settings: Settings) -> dict[str, Composer]:
    if not settings.public_origins:
        return {}
    origin = settings.public_origins[0]
    return {
        password_reset.MAIL: password_reset.mail_composer(origin),
        invitations.MAIL: invitations.mail_composer(origin),
    }


def _limits(settings: Settings) -> StreamLimits:
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return StreamLimits(
        worker=min(settings.max_streams_per_worker, max(1, files - RESERVED_FILES)),
        workspace=settings.max_streams_per_workspace,
        user=settings.max_streams_per_user,
        address=settings.max_streams_per_address,
    )


def init_app(app: Flask) -> None:
    """Give the app its worker, not started yet."""
    worker = Worker(app.config["PULSE"])
    app.extensions["pulse"] = worker  # by name: gunicorn.conf.py must not import the app's types
    register(
        app,
        worker,
        worker.live,
        worker.committer,
        worker.insights,
        worker.counters,
        worker.telemetry,
        worker.rate_limits,
        worker.heavy_reads,
        worker.link,
        worker.maintenance,
        worker.annotation_offering,
    )
    worker.telemetry.watch_requests(app)
    with app.app_context():
        worker.maintenance.engines = [*worker._pools.values(), db.engine]
    # Servers without gunicorn's hooks start it with the first request.
    app.before_request(worker.start)
    app.before_request(worker.maintenance.refuse_if_on)
