"""A workspace's figures at one moment, and the place in its log that they describe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import sse
from app.domain.ids import Cursor

MetricNames = frozenset[str]
MOST_TYPES = 100  # in eventCounts; the rest is summed, so that made-up types cannot flood a dashboard
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Stats:
    """`payload` is what clients see; it counts every event up to `cursor` and none after."""

    payload: dict[str, Any]
    cursor: Cursor

    def narrowed(self, metrics: MetricNames | None) -> dict[str, Any]:
        """The payload with the metrics asked for, None = all; the timestamp stays."""
        if metrics is None:
            return self.payload
        return {name: value for name, value in self.payload.items() if name in metrics or name == "timestamp"}

    def frame(self, metrics: MetricNames | None) -> bytes:
        """The `stats` frame."""
        return sse.frame("stats", self.narrowed(metrics))


def most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent types first, at most 100, with the sum of the rest as `other`."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = dict(ranked[:MOST_TYPES])
    if rest := sum(count for _, count in ranked[MOST_TYPES:]):
        shown[OTHER] = rest
    return shown
