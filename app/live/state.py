"""What the routes of the live side need, put together by worker.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.domain.stats import MetricNames, Stats
from app.live.hub import Hub
from app.live.poller import Poller
from app.live.registry import Registry
from app.live.stream import Stream
from app.live.worker_rpc import Assembly
from app.settings.config import Settings


class StatsOf(Protocol):
    """A workspace's latest figures; to `compare`, with what they were earlier."""

    def __call__(self, workspace: UUID, *, compare: bool = False) -> Stats: ...


@dataclass(slots=True)
class Live:
    """The worker's live parts; `stats` gives a workspace's latest figures."""

    settings: Settings
    hub: Hub
    poller: Poller
    registry: Registry
    assembly: Assembly
    stats: StatsOf
    opened: Callable[[Stream], None]
    closed: Callable[[Stream], None]
    metric_names: MetricNames
    draining: bool = False
