"""`make bench-ingest`: durable posts a second, single and in batches, beside what bounds them on either side."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

from benchmarks import raw_insert
from benchmarks.clients import Client, compiled
from benchmarks.report import Figures, medians, table, verdict, write_json
from benchmarks.server import Server
from benchmarks.stage import REALTIME, Stage, stage

QUICK = os.environ.get("QUICK", "") == "1"
ROUNDS = 1 if QUICK else 3
SECONDS = 2.0 if QUICK else 4.0
BATCH = 500
EVENT = {
    "eventType": "message.sent",
    "eventData": {"messageId": "m-{N}", "channelId": "general"},
    "sessionId": "s-benchmark",
}
# By name: the WSGI app, and where it takes posts.
SERVERS = {
    "Pulse": ("wsgi:app", REALTIME),
    "one transaction a post": ("benchmarks.apps.in_request:app", REALTIME),
    "queued, one transaction a post": ("benchmarks.apps.one_by_one:app", REALTIME),
    "bare route": ("benchmarks.apps.bare:app", "/post"),
}


class Bench:
    """Posts to servers, on a stage."""

    def __init__(self, here: Stage):
        self._stage = here
        self._token = here.token("events:write")
        self._single = self._body("single.json", EVENT)
        self._batch = self._body("batch.json", {"events": [EVENT] * BATCH})

    def singles(self, workers: int) -> dict[str, dict[str, dict[str, float]]]:
        """Medians by number of connections and server."""
        rounds: dict[str, dict[str, list[Figures]]] = {}
        with contextlib.ExitStack() as running:
            servers = {
                name: running.enter_context(self._stage.gunicorn(app, workers=workers))
                for name, (app, _) in SERVERS.items()
            }
            for _ in range(ROUNDS):
                for connections in (64, 1):
                    for name, server in servers.items():
                        figures = self._post(server, SERVERS[name][1], self._single, connections)
                        rounds.setdefault(str(connections), {}).setdefault(name, []).append(figures)
        return {many: {name: medians(of) for name, of in by.items()} for many, by in rounds.items()}

    def batches(self) -> dict[str, dict[str, float]]:
        """Medians of Pulse and of the raw INSERT, one worker and one connection each."""
        pulse: list[Figures] = []
        raw: list[Figures] = []
        with self._stage.gunicorn() as server:
            for _ in range(ROUNDS):
                pulse.append(self._post(server, f"{REALTIME}/batch", self._batch, 1, per_post=BATCH))
                rate = raw_insert.rows_per_second(self._stage.environ["DATABASE_URL"], BATCH, SECONDS)
                raw.append({"per_second": rate})
        return {"Pulse": medians(pulse), "raw INSERT": medians(raw)}

    def _post(
        self, server: Server, path: str, body: Path, connections: int, per_post: int = 1
    ) -> dict[str, float]:
        options = {
            "--port": server.port,
            "--path": path,
            "--connections": connections,
            "--seconds": SECONDS,
            "--body": body,
            "--per-post": per_post,
            "-H": f"Authorization: Bearer {self._token}",
        }
        command = [
            compiled("postload", self._stage.home),
            *(part for pair in options.items() for part in pair),
        ]
        with Client(command) as client:
            client.wait_for("measuring")
            before = server.cost()
            figures = client.wait_for("done")
            spent = server.cost() - before
        return figures | {"cpu_us": spent.cpu * 1e6 / max(1, figures["posts"])}

    def _body(self, name: str, value: object) -> Path:
        path = self._stage.home / name
        path.write_text(json.dumps(value, separators=(",", ":")))
        return path


def run() -> dict:
    """All figures, in one run."""
    with stage() as here:
        bench = Bench(here)
        return {
            "singles": {str(workers): bench.singles(workers) for workers in (1, 2)},
            "batches": bench.batches(),
        }


def show(figures: dict) -> str:
    """The figures and the targets, for people."""
    parts = []
    for workers, by_connections in figures["singles"].items():
        for connections, servers in by_connections.items():
            pulse = servers["Pulse"]["per_second"]
            heads = (f"{workers} worker(s), {connections} connection(s)", "posts/s", "p50 ms", "p99 ms")
            rows = [
                (name, f["per_second"], f["p50_ms"], f["p99_ms"], f["cpu_us"], pulse / f["per_second"])
                for name, f in servers.items()
            ]
            parts.append(table((*heads, "µs CPU a post", "Pulse ÷ this"), rows))
    rows = [(name, f["per_second"]) for name, f in figures["batches"].items()]
    parts.append(table((f"batches of {BATCH}, 1 worker, 1 connection", "events/s"), rows))
    return "\n\n".join([*parts, "\n".join(_verdicts(figures))])


def _verdicts(figures: dict) -> list[str]:
    lines = []
    for workers, by_connections in figures["singles"].items():
        rates = {name: f["per_second"] for name, f in by_connections["64"].items()}
        for name, target in (("one transaction a post", 4.0), ("bare route", 0.6)):
            ratio = rates["Pulse"] / rates[name]
            what = f"{workers} worker(s), 64 connections: at least {target} × {name}"
            lines.append(verdict(what, ratio >= target, f"{ratio:.2f}"))
    batches = figures["batches"]
    ratio = batches["Pulse"]["per_second"] / batches["raw INSERT"]["per_second"]
    return [*lines, verdict("batches: at least 0.4 × the raw INSERT", ratio >= 0.4, f"{ratio:.2f}")]


def main() -> int:
    """Run, show, keep."""
    figures = run()
    print(show(figures))
    print(f"\nThe figures are in {write_json('bench-ingest.json', figures)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
