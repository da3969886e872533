"""The components that the routes of the live side use, put together by worker/process.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.domain.stats import MetricNames, Stats
from app.live.hub import Hub
from app.live.poller import Poller
from app.live.registry import Registry
from app.live.stream_lifecycle import StreamLifecycle
from app.live.worker_rpc import WorkerRpc
from app.settings.config import Settings


class CurrentStats(Protocol):
    """The seam to insights: a workspace's latest figures; to `compare`, with their earlier values."""

    def __call__(self, workspace: UUID, *, compare: bool = False) -> Stats: ...


@dataclass(slots=True)
class Live:
    """One worker's components; while `draining`, no stream is opened."""

    settings: Settings
    hub: Hub
    poller: Poller
    registry: Registry
    rpc: WorkerRpc
    lifecycle: StreamLifecycle
    stats: CurrentStats
    metric_names: MetricNames
    draining: bool = False
