"""A workspace's figures at one moment, and the place in its log that they describe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain import sse
from app.domain.ids import Cursor

MetricNames = frozenset[str]
MOST_TYPES = 100  # in eventCounts; the rest is summed, so that made-up types cannot flood a dashboard
OTHER = "other"
STALE = "stale"  # in a payload: seconds since each metric was last known that is not of this tick
CUSTOM = "custom"  # in a payload: a workspace's own metrics

Held = tuple[Any, float | None]  # a metric's last value, and how many seconds old it is
NEVER_KNOWN: Held = (None, None)


@dataclass(frozen=True, slots=True)
class Stats:
    """`payload` is what clients see; it counts every event up to `cursor` and none after."""

    payload: dict[str, Any]
    cursor: Cursor

    def narrowed(self, metrics: MetricNames | None) -> dict[str, Any]:
        """The payload with the metrics asked for, None = all; the timestamp stays."""
        if metrics is None:
            return self.payload
        chosen = {
            name: value for name, value in self.payload.items() if name in metrics or name == "timestamp"
        }
        if stale := {
            name: age for name, age in self.payload.get(STALE, {}).items() if name.split(".")[0] in metrics
        }:
            chosen[STALE] = stale
        return chosen

    def frame(self, metrics: MetricNames | None) -> bytes:
        """The `stats` frame."""
        return sse.frame("stats", self.narrowed(metrics))

    def held(self, metric: str, now: datetime) -> Held:
        """The last value of a metric that is not known at `now`, and its age in seconds."""
        value, age = self.payload.get(metric), self.payload.get(STALE, {}).get(metric, 0.0)
        if value is None or age is None:
            return NEVER_KNOWN
        taken = datetime.fromisoformat(self.payload["timestamp"])
        return value, round(age + (now - taken).total_seconds(), 3)

    def figures(self) -> dict[str, float]:
        """The metrics known at this tick, each as one number: what has keys as its total."""
        stale = self.payload.get(STALE, {})
        known = {name: value for name, value in self.payload.items() if name not in stale and name != STALE}
        own = known.pop(CUSTOM, {})
        figures = {name: _total(value) for name, value in known.items()}
        figures |= {f"{CUSTOM}.{name}": _total(value) for name, value in own.items()}
        return {name: value for name, value in figures.items() if value is not None}


def _total(value: Any) -> float | None:
    if isinstance(value, Mapping):
        return sum(value.values())
    return value if isinstance(value, int | float) else None


def most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent types first, at most 100, with the sum of the rest as `other`."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = dict(ranked[:MOST_TYPES])
    if rest := sum(count for _, count in ranked[MOST_TYPES:]):
        shown[OTHER] = rest
    return shown
