"""`make bench-stats`: what a tick costs by workspaces, streams and size of the log, beside the source's way."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterable, Iterator, Sequence  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402
from statistics import median, quantiles  # noqa: E402
from uuid import UUID, uuid4  # noqa: E402

import gevent  # noqa: E402
from sqlalchemy import Connection, Engine, event  # noqa: E402

from app import create_app  # noqa: E402
from app.domain.grid import make_grid  # noqa: E402
from app.domain.ids import Cursor  # noqa: E402
from app.domain.resolution import HistoryRetention  # noqa: E402
from app.domain.stats import FULL_VIEW  # noqa: E402
from app.insights.history import series  # noqa: E402
from app.insights.metrics.registry import METRICS, WORKSPACES_CTE  # noqa: E402
from app.insights.tick import compute  # noqa: E402
from app.insights.tick.log_positions import parameters_at, read_log_positions  # noqa: E402
from app.live.generator_stream import GeneratorStream  # noqa: E402
from app.live.identity import Identity  # noqa: E402
from app.live.stream import StreamArguments  # noqa: E402
from app.postgres.link import lift_timeouts  # noqa: E402
from app.settings.config import Settings  # noqa: E402
from app.worker.process import Worker  # noqa: E402
from benchmarks import past_events, source_way  # noqa: E402
from benchmarks.plans import Scan, explained, scans  # noqa: E402
from benchmarks.report import verdict, write_json, write_text  # noqa: E402
from benchmarks.stage import stage  # noqa: E402
from benchmarks.stats_report import tables, targets  # noqa: E402

QUICK = os.environ.get("QUICK", "") == "1"
FULL = os.environ.get("FULL", "") == "1"
ROUNDS = 5 if QUICK else 15
NOW = (datetime.now(UTC) - timedelta(days=1)).replace(hour=15, minute=0, second=30, microsecond=0)
# Events a day and days, by the size of the log; "today" is a day of some ten thousand, or a hundred thousand.
LOGS = {"10 thousand": (15_000, 1), "1 million": (11_200, 90)} | (
    {"10 million": (112_000, 90)} if FULL else {}
)
WORKSPACES = (1, 100) if QUICK else (1, 100, 1_000)
STREAMS = (1, 100, 5_000)
KEPT = HistoryRetention(timedelta(hours=1), timedelta(hours=48), timedelta(days=400))
TURN = timedelta(seconds=5)


class Bench:
    """A worker that is not started, so that nothing ticks but what is measured."""

    def __init__(self, environ: dict[str, str]):
        self.worker = Worker(Settings.from_environ(environ))
        self.engine: Engine = self.worker.engine
        for part in (self.worker.hub, self.worker.bus):  # streams need them; nothing else runs
            part.start()
        self.statements = 0
        self.plans_text = ""  # of the last log
        event.listen(self.engine, "before_cursor_execute", self._count)

    def tick_by_size(self) -> list[dict[str, object]]:
        """Whole ticks of the collector: leases, queries, frames, samples."""
        rows = []
        for count in WORKSPACES:
            with self._patient() as connection:
                workspaces = past_events.make_workspaces(connection, f"w{count}-", count)
                connection.commit()
                now = datetime.now(UTC)
                for workspace in workspaces:
                    past_events.fill(connection, workspace, now, 100, 1)
                past_events.analyze(connection)
            for streams in STREAMS:
                print(f"{count:,} workspaces, {streams:,} streams …", flush=True)
                rows.append(self._tick_with(workspaces, streams))
        return rows

    def log(self, name: str) -> dict[str, object]:
        """One workspace with a log of this size: its tick and plans, the source's way, a month of history."""
        a_day, days = LOGS[name]
        print(f"a log of {name} …", flush=True)
        with self._patient() as connection:
            [workspace] = past_events.make_workspaces(connection, f"log{days}-{a_day}-", 1)
            connection.commit()
            started = time.perf_counter()
            events = past_events.fill(connection, workspace, NOW, a_day, days)
            past_events.fill_history(connection, workspace, NOW)
            past_events.analyze(connection)
            print(f"{events:,} events made in {time.perf_counter() - started:.0f} s", flush=True)
        found = self._plans([workspace])
        self.plans_text = self._plans_text(workspace)
        with self._patient() as connection:
            once = _seconds(lambda: source_way.figures(connection, workspace, NOW), 3)
        tick = _seconds(lambda: compute.compute(self.engine, [workspace], NOW), ROUNDS)
        return {
            "events": events,
            "tick_ms": 1000 * median(tick),
            "rows": sum(scan.rows for scan in found),
            "pages": sum(scan.pages for scan in found),
            "source_100_ms": 100 * 1000 * median(once),
            "ratio": 100 * median(once) / median(tick),
            "history_p95_ms": 1000 * quantiles(self._month(workspace), n=20)[-1],
            "scans": found,
        }

    @contextmanager
    def _patient(self) -> Iterator[Connection]:
        """A connection whose statements take the time they take."""
        with self.engine.connect() as connection:
            lift_timeouts(connection)
            yield connection

    def _tick_with(self, workspaces: Sequence[UUID], streams: int) -> dict[str, object]:
        opened = [self._open(workspaces[number % len(workspaces)]) for number in range(streams)]
        collector = self.worker.insights.collector
        collector.tick()
        self.statements = 0
        collector.tick()
        queries = self.statements
        seconds = _seconds(collector.tick, ROUNDS)
        watched = {stream.identity.workspace_id for stream in opened}
        rows = sum(scan.rows for scan in self._plans(list(workspaces), datetime.now(UTC)))
        for stream in opened:
            self.worker.hub.leave(stream)
        return {
            "workspaces": len(workspaces),
            "streams": streams,
            "watched": len(watched),
            "queries": queries,
            "rows": rows,
            "tick_ms": 1000 * median(seconds),
        }

    def _open(self, workspace: UUID) -> GeneratorStream:
        identity = Identity("conn_1_bench", workspace, uuid4(), b"", "local", datetime.now(UTC))
        room = self.worker.hub.enter(workspace)
        start = Cursor(room.cursor.epoch, room.cursor.seq)
        lifecycle = self.worker.live.lifecycle
        arguments = StreamArguments(identity, start, time.monotonic() + 3600, FULL_VIEW)
        stream = GeneratorStream(arguments, lifecycle, connection=None)
        self.worker.hub.join(stream)
        return stream

    def _plans(self, workspaces: Iterable[UUID], now: datetime = NOW) -> list[Scan]:
        with self.engine.connect() as connection:
            asked = parameters_at(read_log_positions(connection, workspaces, now), now)
            return [
                scan
                for metric in METRICS.values()
                for scan in scans(connection, f"{WORKSPACES_CTE} {metric.sql}", asked)
            ]

    def _plans_text(self, workspace: UUID) -> str:
        with self.engine.connect() as connection:
            asked = parameters_at(read_log_positions(connection, [workspace], NOW), NOW)
            plans = [
                f"{name}\n\n{explained(connection, f'{WORKSPACES_CTE} {metric.sql}', asked)}"
                for name, metric in METRICS.items()
            ]
        return "\n\n\n".join(plans)

    def _month(self, workspace: UUID) -> list[float]:
        names = ["onlineUsers", "messagesToday", "activeChannels"]
        asked = make_grid("auto", NOW - timedelta(days=31), NOW, NOW, "UTC", KEPT, TURN)
        reach = series.Reach.at(NOW)
        with self.engine.connect() as connection:
            return _seconds(lambda: series.read_series(connection, workspace, names, asked, reach), 100)

    def _count(self, *_: object) -> None:
        self.statements += 1


def _seconds(work: Callable[[], object], rounds: int) -> list[float]:
    found = []
    for _ in range(rounds):
        gevent.sleep(0)
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return found


def main() -> int:
    """Measure, print, keep; 1 if a target is missed."""
    with stage() as here:
        create_app(Settings.from_environ(here.environ))  # makes psycopg2 cooperative
        bench = Bench(here.environ)
        sizes = bench.tick_by_size()
        logs = {name: bench.log(name) for name in LOGS}
        for part in (bench.worker.hub, bench.worker.bus):
            part.stop()
        bench.engine.dispose()
    print(f"\n{tables(sizes, logs)}\n")
    print(f"The plans of the largest log: {write_text('bench-stats-plans.txt', bench.plans_text)}\n")
    found = targets(sizes, logs)
    for target in found:
        print(verdict(*target))
    print(write_json("bench-stats.json", {"sizes": sizes, "logs": logs}))
    return int(not all(is_met for _, is_met, _ in found))


if __name__ == "__main__":
    sys.exit(main())
