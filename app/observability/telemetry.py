"""Telemetry: a worker's metrics for Prometheus; under gunicorn, those of all workers of a machine together.

Nothing is counted where frames are written: streams keep their own sums, and a job adds them up every few seconds.
Under gunicorn prometheus_client keeps its values in files which all workers share: any worker can answer for all,
and the counts of one that dies remain. Label values are ours, never a client's, so that their number is bounded.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any

import prometheus_client
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Gauge, Histogram

from app.background import signals
from app.background.job import JOB_NAMES
from app.extensions import db
from app.http.problem_responses import problem_types
from app.postgres.shrinking_pool import checked_out

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.live.hub import Hub
    from app.live.stream import Stream

COLLECT_EVERY = 1.0  # seconds
SUM_STREAMS_EVERY = 5  # collections
REASONS = frozenset(
    ["shutdown", "max-duration", "closed-by-admin", "revoked", "slow", "client-left", "failed", "maintenance"]
)
OTHER_REASON, OTHER_CODE = "other", "OTHER"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)


class Telemetry:
    """The metrics of a worker: counters, gauges and histograms by their names without `pulse_`."""

    def __init__(self, hub: Hub, pools: dict[str, Engine]):
        self._hub = hub
        self._pools = dict(pools)
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # untyped there; they double the series, and nothing reads them
        self.registry = CollectorRegistry()
        self._ended = Counter[str]()  # frames and bytes of streams that have ended
        self._exported = Counter[str]()  # frames and bytes that prometheus_client has counted
        self._collections = count(1)
        self._due: float | None = None  # monotonic seconds of the next run of the job
        self._counters = {name: self._counter(name, *about) for name, about in COUNTERS.items()}
        for name, labels in at_zero().items():
            for label in labels:
                self._counters[name].labels(label)
        self._gauges = {name: self._gauge(name, *about) for name, about in GAUGES.items()}
        self._histograms = {name: self._histogram(name, *about) for name, about in HISTOGRAMS.items()}
        # `labels` takes a lock and longer than counting; the label values here are few.
        self._requests = cache(self._counters["requests"].labels)
        signals.committed.connect(self._on_commit)
        signals.ticked.connect(self._on_tick)
        signals.stream_ended.connect(self._on_stream_ended)
        signals.epochs_renewed.connect(self._on_epochs_renewed)
        signals.job_failed.connect(self._on_job_failed)

    def watch_requests(self, app: Flask) -> None:
        """Count the app's responses, measure its pool, and export its version."""
        self._gauges["build_info"].labels(app.config["PULSE_VERSION"], platform.python_version()).set(1)
        with app.app_context():
            self._pools["requests"] = db.engine
        app.after_request(self._on_answer)

    def worker_started(self, wanted: int) -> None:
        """Count the start of a gunicorn worker, of which `wanted` should run; many starts are a crash loop."""
        self._counters["worker_starts"].inc()
        self._gauges["workers_wanted"].set(wanted)

    def run_job(self) -> None:
        """Collect, every COLLECT_EVERY seconds; a later start is the lag of the event loop."""
        if self._due is not None:
            self._histograms["loop_lag_seconds"].observe(max(0.0, monotonic() - self._due))
        try:
            self.collect(sum_streams=next(self._collections) % SUM_STREAMS_EVERY == 0)
        finally:
            self._due = monotonic() + COLLECT_EVERY

    def collect(self, *, sum_streams: bool = True) -> None:
        """Update all metrics; those that take a loop over all streams only with `sum_streams`."""
        self._gauges["workers"].set(1)
        self._gauges["bus_silence_seconds"].set(self._hub.bus.idle_seconds(monotonic()))
        self._gauges["degraded"].set(int(self._hub.degraded))
        for pool, engine in self._pools.items():
            self._gauges["database_connections"].labels(pool).set(checked_out(engine))
        if sum_streams:
            self._sum_streams()

    def _sum_streams(self) -> None:
        streams = list(self._hub.streams())
        self._gauges["streams"].set(len(streams))
        self._gauges["streams_lagging"].set(sum(stream.lagging_since is not None for stream in streams))
        for name in ("frames", "bytes"):
            total = self._ended[name] + sum(getattr(stream, f"{name}_sent") for stream in streams)
            if total > self._exported[name]:
                self._counters[f"stream_{name}"].inc(total - self._exported[name])
                self._exported[name] = total

    def _on_commit(self, _sender: Any, events: int, seconds: float) -> None:
        self._counters["events_committed"].inc(events)
        self._histograms["commit_seconds"].observe(seconds)
        self._histograms["commit_events"].observe(events)

    def _on_tick(self, _sender: Any, seconds: float) -> None:
        self._histograms["tick_seconds"].observe(seconds)

    def _on_epochs_renewed(self, _sender: Any, cause: str, number: int) -> None:
        self._counters["log_epochs_renewed"].labels(cause).inc(number)

    def _on_job_failed(self, _sender: Any, job: str) -> None:
        self._counters["job_failures"].labels(job).inc()

    def _on_stream_ended(self, _sender: Any, stream: Stream) -> None:
        self._ended["frames"] += stream.frames_sent
        self._ended["bytes"] += stream.bytes_sent
        reason = stream.reason if stream.reason in REASONS else OTHER_REASON
        self._counters["streams_ended"].labels(reason).inc()

    def _on_answer(self, response: Response) -> Response:
        status = response.status_code
        self._requests(request.endpoint or "none", f"{status // 100}xx").inc()
        # A refused stream is a 200 that says `bye`.
        if status >= 400 or "outcome" in g:
            self._counters["rejections"].labels(g.get("outcome", OTHER_CODE)).inc()
        return response

    def _counter(self, name: str, about: str, *labels: str) -> prometheus_client.Counter:
        return prometheus_client.Counter(f"pulse_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, mode: Any, *labels: str) -> Gauge:
        return Gauge(f"pulse_{name}", about, labels, registry=self.registry, multiprocess_mode=mode)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"pulse_{name}", about, buckets=buckets, registry=self.registry)


COUNTERS = {
    "stream_frames": ("Frames handed to streams.",),
    "stream_bytes": ("Bytes written to streams.",),
    "streams_ended": ("Streams that ended, by why.", "reason"),
    "worker_starts": ("Workers that were started, with the first ones.",),
    "events_committed": ("Events committed, or found committed before.",),
    "requests": ("Answers, by route and class of status.", "endpoint", "status"),
    "rejections": ("Answers that were refusals or faults, by their code.", "code"),
    "job_failures": ("Failures of work that a worker does again and again, by job.", "job"),
    "log_epochs_renewed": (
        "Logs that began a new epoch: after a failover or restore, by cause.",
        "cause",
    ),
}


def at_zero() -> dict[str, Iterable[str]]:
    """Label values exported from the start: rate() does not see the first increment of a new series."""
    return {
        "job_failures": JOB_NAMES,
        "log_epochs_renewed": ("identity", "repeated-numbers"),
        "streams_ended": [*sorted(REASONS), OTHER_REASON],
        "rejections": [*problem_types(), OTHER_CODE],
    }


GAUGES = {
    "build_info": (
        "1 for each version that runs; a reload has two.",
        "livemax",
        "version",
        "python",
    ),
    "workers": ("Workers that run.", "livesum"),
    "workers_wanted": ("Workers that gunicorn keeps running: WEB_CONCURRENCY.", "livemax"),
    "streams": ("Open streams.", "livesum"),
    "streams_lagging": ("Streams whose sockets are full.", "livesum"),
    "bus_silence_seconds": ("Seconds since the bus brought anything, where that is longest.", "livemax"),
    "degraded": ("1 while a worker polls PostgreSQL because the bus is silent.", "livemax"),
    "database_connections": ("Connections to PostgreSQL in use, by pool.", "livesum", "pool"),
}
HISTOGRAMS = {
    "commit_seconds": ("A commit, with all its events.", SECONDS),
    "commit_events": ("Events that shared a commit.", SIZES),
    "tick_seconds": ("A worker's computation of figures.", SECONDS),
    "loop_lag_seconds": ("How much too late a greenlet woke up.", SECONDS),
}
