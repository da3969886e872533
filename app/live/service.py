"""What the routes of the live side need, put together by create_app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.config import Settings
from app.domain.stats import MetricNames, Stats
from app.live.closing import Closer
from app.live.hub import Hub
from app.live.registry import Registry


@dataclass(frozen=True, slots=True)
class Live:
    """The worker's live parts, and `stats`: a workspace's latest figures."""

    settings: Settings
    hub: Hub
    registry: Registry
    closer: Closer
    stats: Callable[[UUID], Stats]
    metric_names: MetricNames
