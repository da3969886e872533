"""One worker process: its parts, how they are connected, and the order in which they start and stop.

Nothing here connects before `start`: under gunicorn that is after the fork and after patching.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID

import gevent
from flask import Flask
from sqlalchemy import Engine

from app import redis_link
from app.announcer import Announcer
from app.bus import Bus, Message, stats_message
from app.config import Settings
from app.domain.instants import to_millisecond
from app.domain.stats import Stats
from app.errors import NotFound
from app.extensions import db
from app.ingest.committer import Committer
from app.ingest.service import Ingest
from app.insights import figures
from app.insights.collector import Collector
from app.insights.metrics import METRICS
from app.live import heartbeat
from app.live.closing import Closer
from app.live.hub import Hub
from app.live.registry import Registry
from app.live.service import Live

DRAIN = 5.0  # seconds for the queue of posts to be committed


class Worker:
    """Holds the parts; `live` and `ingest` are what the routes use."""

    def __init__(self, settings: Settings, engine: Engine):
        self.id = secrets.token_hex(6)
        self._settings = settings
        self._engine = engine
        self._redis = redis_link.connect(settings.redis_url)
        self.link = link = redis_link.RedisLink(self._redis)
        self.hub = Hub(engine, settings.max_streams_per_worker)
        self.bus = self.hub.bus = Bus(self._redis, link, self.id, self._deliver)
        self.registry = Registry(link, self.id, settings.connection_cleanup_interval)
        self.closer = Closer(self.hub, self.bus, self.registry, link)
        announcer = Announcer(self.hub, self.bus, self.registry, link)
        self.committer = Committer(engine, announcer.announce)
        self.collector = Collector(
            link, self.id, settings.stats_update_interval, self._compute, self._watched, self._share
        )
        self.live = Live(settings, self.hub, self.registry, self.closer, self.stats, frozenset(METRICS))
        self.ingest = Ingest(self.committer, announcer.notified)
        self._greenlets: list[gevent.Greenlet] = []
        self._started = False

    def start(self) -> None:
        """Start the worker's greenlets; a second call does nothing."""
        if self._started:
            return
        self._started = True
        for part in (self.hub, self.bus, self.registry, self.committer):
            part.start()
        self._greenlets = [
            gevent.spawn(self.collector.run),
            gevent.spawn(heartbeat.beat, self.hub, self._settings.heartbeat_interval),
        ]

    def stop(self, reason: str = "shutdown") -> None:
        """Commit what has queued, end the streams, and stop everything."""
        if not self._started:
            return
        self._started = False
        self.committer.stop(DRAIN)
        gevent.killall(self._greenlets)
        self.hub.stop(reason)
        self.registry.stop()
        self.bus.stop()
        self._redis.close()

    def stats(self, workspace: UUID) -> Stats:
        """A workspace's latest figures: the last tick while somebody watches, else computed now."""
        room = self.hub.room(workspace)
        if room and room.tick and monotonic() - room.tick.at < self._settings.stats_update_interval:
            return room.tick.stats
        computed = self._compute([workspace], to_millisecond(datetime.now(UTC))).get(workspace)
        if computed is None:
            raise NotFound()
        return computed

    def _deliver(self, message: Message) -> None:
        if message.kind == "close":
            self.closer.on_message(message)
        else:
            self.hub.deliver(message)

    def _compute(self, workspaces: Iterable[UUID], now: datetime) -> dict[UUID, Stats]:
        return figures.compute(self._engine, workspaces, now)

    def _watched(self) -> dict[UUID, float]:
        now = monotonic()
        return {
            room.workspace_id: now - room.tick.at if room.tick else 0.0
            for room in self.hub.rooms
            if room.streams
        }

    def _share(self, workspace: UUID, stats: Stats) -> None:
        message = stats_message(workspace, stats)
        self.hub.deliver(message)
        self.bus.publish(message)


def init_app(app: Flask) -> None:
    """Give the app its worker, not started yet."""
    with app.app_context():
        worker = Worker(app.config["PULSE"], db.engine)
    app.extensions["pulse"] = worker
    app.extensions["pulse.live"] = worker.live
    app.extensions["pulse.ingest"] = worker.ingest
    # Servers without gunicorn's hooks start it with the first request.
    app.before_request(worker.start)
