"""What this worker measures of itself, for Prometheus; with gunicorn, all workers of a machine together.

Nothing is counted where frames are written: streams keep their own sums, and a greenlet adds them up every few
seconds. Requests add to a plain dictionary; only commits, ticks and the greenlet touch prometheus_client. Under
gunicorn that keeps its figures in files which all workers share: one of them can answer for all, and a worker that
dies takes no counts with it. Labels are names of ours, never of clients, so that there are only so many.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any

import prometheus_client
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Gauge, Histogram

from app.background import signals
from app.background.job import JOB_NAMES, attempt
from app.extensions import db
from app.http.problem_responses import problem_types

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.live.hub import Hub
    from app.live.stream import Stream

LOOK_EVERY = 1.0  # seconds
ADD_UP_EVERY = 5  # looks
REASONS = frozenset(
    ["shutdown", "max-duration", "closed-by-admin", "revoked", "slow", "client-left", "failed", "maintenance"]
)
OTHER_REASON, OTHER_CODE = "other", "OTHER"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)


class Telemetry:
    """The instruments of a worker. `counts` may be added to from anywhere, for a dictionary's price."""

    def __init__(self, hub: Hub, pools: dict[str, Engine]):
        self._hub = hub
        self._pools = dict(pools)
        prometheus_client.disable_created_metrics()  # they double what is stored, and nothing reads them
        self.registry = CollectorRegistry()
        self.counts: Counter[tuple[str, ...]] = Counter()
        self._ended = Counter[str]()  # frames and bytes of streams that are gone
        self._told = Counter[str]()
        self._looks = count(1)
        self._due: float | None = None  # the next look as a job
        self._counters = {name: self._counter(name, *about) for name, about in COUNTERS.items()}
        for name, labels in at_zero().items():
            for label in labels:
                self._counters[name].labels(label)
        self._gauges = {name: self._gauge(name, *about) for name, about in GAUGES.items()}
        self._histograms = {name: self._histogram(name, *about) for name, about in HISTOGRAMS.items()}
        signals.committed.connect(self._on_commit)
        signals.ticked.connect(self._on_tick)
        signals.stream_ended.connect(self._on_stream_ended)
        signals.epochs_renewed.connect(self._on_epochs_renewed)
        signals.job_failed.connect(self._on_job_failed)

    def watch_requests(self, app: Flask) -> None:
        """Count the app's answers, watch its pool, and say which build it is."""
        self._gauges["build_info"].labels(app.config["PULSE_VERSION"], platform.python_version()).set(1)
        with app.app_context():
            self._pools["requests"] = db.engine
        app.after_request(self._on_answer)

    def worker_started(self, wanted: int) -> None:
        """Count the start of a gunicorn worker, of which `wanted` should run; many starts are a crash loop."""
        self._counters["worker_starts"].inc()
        self._gauges["workers_wanted"].set(wanted)

    def look_periodically(self) -> None:
        """Look as a job, every LOOK_EVERY seconds: how much later it comes than that is the lag of the loop."""
        if self._due is not None:
            self._histograms["loop_lag_seconds"].observe(max(0.0, monotonic() - self._due))
        try:
            self.look(add_up=next(self._looks) % ADD_UP_EVERY == 0)
        finally:
            self._due = monotonic() + LOOK_EVERY

    def look(self, *, add_up: bool = True) -> None:
        """Bring the figures up to date; those that take a walk over all streams only with `add_up`."""
        counts, self.counts = self.counts, Counter()
        for (name, *labels), number in counts.items():
            attempt(partial(self._count, name, labels, number), job="telemetry")  # one of them loses no other
        self._gauges["workers"].set(1)
        self._gauges["bus_silence_seconds"].set(self._hub.bus.idle_seconds(monotonic()))
        self._gauges["degraded"].set(int(self._hub.degraded))
        for pool, engine in self._pools.items():
            self._gauges["database_connections"].labels(pool).set(engine.pool.checkedout())  # type: ignore[attr-defined]
        if add_up:
            self._add_up()

    def _count(self, name: str, labels: Sequence[str], number: int) -> None:
        counter = self._counters[name]
        (counter.labels(*labels) if labels else counter).inc(number)

    def _add_up(self) -> None:
        streams = list(self._hub.streams())
        self._gauges["streams"].set(len(streams))
        self._gauges["streams_lagging"].set(sum(stream.behind_since is not None for stream in streams))
        for name in ("frames", "bytes"):
            total = self._ended[name] + sum(getattr(stream, f"{name}_sent") for stream in streams)
            if total > self._told[name]:
                self._counters[f"stream_{name}"].inc(total - self._told[name])
                self._told[name] = total

    def _on_commit(self, _sender: Any, events: int, seconds: float) -> None:
        self.counts["events_committed",] += events
        self._histograms["commit_seconds"].observe(seconds)
        self._histograms["commit_events"].observe(events)

    def _on_tick(self, _sender: Any, seconds: float) -> None:
        self._histograms["tick_seconds"].observe(seconds)

    def _on_epochs_renewed(self, _sender: Any, cause: str, number: int) -> None:
        self.counts["log_epochs_renewed", cause] += number

    def _on_job_failed(self, _sender: Any, job: str) -> None:
        self.counts["job_failures", job] += 1

    def _on_stream_ended(self, _sender: Any, stream: Stream) -> None:
        self._ended["frames"] += stream.frames_sent
        self._ended["bytes"] += stream.bytes_sent
        self.counts["streams_ended", stream.reason if stream.reason in REASONS else OTHER_REASON] += 1

    def _on_answer(self, response: Response) -> Response:
        status = response.status_code
        self.counts["requests", request.endpoint or "none", f"{status // 100}xx"] += 1
        # A refused stream is a 200 that says `bye`.
        if status >= 400 or "outcome" in g:
            self.counts["rejections", g.get("outcome", OTHER_CODE)] += 1
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
        "Logs that began a new epoch: after a failover or restore, by what told.",
        "cause",
    ),
}


def at_zero() -> dict[str, Iterable[str]]:
    """Label values that are there from the start: rate() does not see the first increment of a new series."""
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
