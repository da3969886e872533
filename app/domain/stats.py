"""A workspace's figures at one moment, and the log position up to which they count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.domain import sse
from app.domain.comparison import Baseline, compare_figures
from app.domain.ids import Cursor

MetricNames = frozenset[str]


class StatsView(NamedTuple):
    """A client's choice: some metrics (None: all), and whether they are compared with earlier values."""

    metrics: MetricNames | None = None
    compare: bool = False


FULL_VIEW = StatsView()
MAX_TYPES = 100  # in eventCounts; the rest is summed, so that arbitrary types cannot flood a dashboard
OTHER = "other"
STALE = "stale"  # in a payload: by metric, seconds since it was last known, if it is not of this tick
COMPARE = "compare"  # in a client's payload: each metric's earlier values
CUSTOM = "custom"  # in a payload: the workspace's custom metrics

LastKnown = tuple[Any, float | None]  # a metric's last value, and how many seconds old it is
NEVER_KNOWN: LastKnown = (None, None)


@dataclass(frozen=True, slots=True)
class Stats:
    """`payload` is what clients see; it counts every event up to `cursor` and none after."""

    payload: dict[str, Any]
    cursor: Cursor
    baseline: Baseline | None = None  # earlier values, if a client compares

    def payload_for(self, view: StatsView = FULL_VIEW) -> dict[str, Any]:
        """The payload in a client's view; it always has the timestamp."""
        payload = self.payload if view.metrics is None else self._narrowed(view.metrics)
        if not view.compare or self.baseline is None:
            return payload
        return payload | {COMPARE: compare_figures(_figures(payload), self.baseline)}

    def frame(self, view: StatsView = FULL_VIEW) -> bytes:
        """The `stats` frame."""
        return sse.frame("stats", self.payload_for(view))

    def last_known(self, metric: str, now: datetime) -> LastKnown:
        """The last value of a metric that could not be computed at `now`, and its age in seconds."""
        value, age = self.payload.get(metric), self.payload.get(STALE, {}).get(metric, 0.0)
        if value is None or age is None:
            return NEVER_KNOWN
        taken = datetime.fromisoformat(self.payload["timestamp"])
        return value, round(age + (now - taken).total_seconds(), 3)

    def figures(self) -> dict[str, float]:
        """The metrics computed at this tick, each as one number; those by key as their total."""
        return _figures(self.payload)

    def _narrowed(self, metrics: MetricNames) -> dict[str, Any]:
        chosen = {
            name: value for name, value in self.payload.items() if name in metrics or name == "timestamp"
        }
        if stale := {
            name: age for name, age in self.payload.get(STALE, {}).items() if name.split(".")[0] in metrics
        }:
            chosen[STALE] = stale
        return chosen


def _figures(payload: Mapping[str, Any]) -> dict[str, float]:
    stale = payload.get(STALE, {})
    known = {name: value for name, value in payload.items() if name != STALE}
    own = known.pop(CUSTOM, {})
    figures = {name: _total(value) for name, value in known.items()}
    figures |= {f"{CUSTOM}.{name}": _total(value) for name, value in own.items()}
    return {name: value for name, value in figures.items() if value is not None and name not in stale}


def _total(value: Any) -> float | None:
    if isinstance(value, Mapping):
        return sum(value.values())
    return value if isinstance(value, int | float) else None


def most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """The most frequent types first, at most 100, with the sum of the rest as `other`."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = dict(ranked[:MAX_TYPES])
    if rest := sum(count for _, count in ranked[MAX_TYPES:]):
        shown[OTHER] = rest
    return shown
