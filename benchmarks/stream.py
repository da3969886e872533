"""`make bench-stream`: what a stream and a delivery cost, beside the peers; and a herd that comes back at once."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import psutil

from benchmarks.clients import Client, compiled
from benchmarks.contenders import Contender, contenders
from benchmarks.report import Figures, medians, table, verdict, write_json
from benchmarks.server import Server
from benchmarks.stage import Stage, stage

QUICK = os.environ.get("QUICK", "") == "1"
# Streams → rounds. All contenders take turns, because a machine is not the same from one minute to the next.
ROUNDS = {1_000: 1, 5_000: 1} if QUICK else {1_000: 3, 5_000: 3, 10_000: 2}
PACED = 15 if QUICK else 30  # events, five a second
SATURATING = 100_000 if QUICK else 300_000  # deliveries, as fast as the server can
MOST_EVENTS = 1_000  # that one client posts
AT_ONCE = 4  # posts under way while saturating
HERD = 5_000
HANDFUL = 2  # streams, where it is not the deliveries that cost
# What the table shows, and what it calls it; `paced` is at five events a second, `fast` as fast as it goes.
SHOWN = {
    "paced_us": "µs CPU a delivery",
    "paced_p50_ms": "p50 ms",
    "paced_p99_ms": "p99 ms",
    "kib": "KiB a stream",
    "accept_ms": "ms CPU to accept",
    "fast_us": "saturated: µs",
    "fast_per_second": "deliveries/s",
    "fast_p99_ms": "p99 ms",
}
WARM_UP = 256  # streams that are opened and closed before: as many as the client opens at a time
SETTLE = 1.0  # seconds, before what is held in memory is looked at


class Bench:
    """Opens streams at contenders and posts to them, on a stage."""

    def __init__(self, here: Stage):
        self._stage = here
        self._contenders = contenders(here)
        # An event's number is its id: no two may have the same.
        self._numbers = itertools.count(0, MOST_EVENTS)

    def run(self) -> dict[str, dict[str, Figures]]:
        """Medians by number of streams and contender."""
        found: dict[int, dict[str, list[Figures]]] = {}
        for turn in range(max(ROUNDS.values())):
            for streams, rounds in ROUNDS.items():
                for contender in self._contenders:
                    if turn < rounds and streams <= contender.most:
                        found.setdefault(streams, {}).setdefault(contender.name, []).append(
                            self._measure(contender, streams)
                        )
        return {
            str(streams): {name: medians(of) for name, of in by_name.items()}
            for streams, by_name in found.items()
        }

    def events(self) -> dict[str, float]:
        """Milliseconds of CPU for an event at five a second that hardly anybody hears, by contender."""
        found = {}
        for contender in self._contenders[:2]:
            _say(f"{HANDFUL:>6,} streams  {contender.name}")
            with contender.server() as server:
                self._warm_up(contender, server)
                with self._client(contender, server, HANDFUL) as client:
                    client.wait_for("open")
                    found[contender.name] = self._publish(client, server, PACED, 200, 1)["us"] * HANDFUL / 1e3
        return found

    def herd(self) -> Figures:
        """A worker is killed while events are posted: when its streams are all back, and what they have missed."""
        pulse = self._contenders[0]
        with pulse.server() as server, self._client(pulse, server, HERD, resume=1) as client:
            client.wait_for("open")
            client.order("publish", 60, 250, 1)
            time.sleep(3)
            assert server.pid
            for worker in psutil.Process(server.pid).children():
                worker.kill()
            return client.wait_for("published")

    def _measure(self, contender: Contender, streams: int) -> dict[str, float]:
        _say(f"{streams:>6,} streams  {contender.name}")
        with contender.server() as server:
            self._warm_up(contender, server)
            idle = server.cost()
            with self._client(contender, server, streams) as client:
                opening = client.wait_for("open")
                time.sleep(SETTLE)
                held = server.cost() - idle
                paced = self._publish(client, server, PACED, 200, 1)
                fast = self._publish(client, server, max(20, SATURATING // streams), 0, AT_ONCE)
        return {
            "open_seconds": opening["seconds"],
            "accept_ms": held.cpu * 1e3 / streams,
            "kib": held.memory / streams,
            **{f"paced_{name}": value for name, value in paced.items()},
            **{f"fast_{name}": value for name, value in fast.items()},
        }

    def _warm_up(self, contender: Contender, server: Server) -> None:
        # What is loaded or made at the first request is no stream's cost.
        with self._client(contender, server, WARM_UP) as client:
            client.wait_for("open")
            client.order("publish", 20, 10, 1)
            client.wait_for("published")

    @staticmethod
    def _publish(client: Client, server: Server, events: int, pause: int, at_once: int) -> dict[str, float]:
        before = server.cost()
        client.order("publish", events, pause, at_once)
        found = client.wait_for("published")
        spent = server.cost() - before
        if (
            found["missing"]
            or found["repeated"]
            or found["bad_posts"]
            or (at_once == 1 and found["disorder"])
        ):
            _say(f"        not delivered as it should be: {found}")
        return {
            "us": spent.cpu * 1e6 / max(1, found["delivered"]),
            "p50_ms": found["p50_ms"],
            "p99_ms": found["p99_ms"],
            "per_second": found["delivered"] / max(1e-9, found["seconds"]),
            "missing": found["missing"],
            "repeated": found["repeated"],
        }

    @contextlib.contextmanager
    def _client(
        self, contender: Contender, server: Server, streams: int, resume: int = 0
    ) -> Iterator[Client]:
        body = self._stage.home / "event.json"
        body.write_text(contender.body)
        options: dict[str, Any] = {
            "--port": server.port,
            "--get": contender.get,
            "--post": contender.post,
            "--streams": streams,
            "--body": body,
            "--resume": resume,
            "--first": next(self._numbers),
        }
        headers = [("-G", f"{name}: {value}") for name, value in contender.listens_as.items()]
        headers += [("-P", f"{name}: {value}") for name, value in contender.posts_as.items()]
        words = [word for pair in [*options.items(), *headers] for word in pair]
        with Client([compiled("streamload", self._stage.home), *words]) as client:
            yield client


def show(figures: dict[str, Any]) -> str:
    """The figures and the targets, for people."""
    parts = []
    for streams, by_name in figures["streams"].items():
        rows = [(name, *(f[figure] for figure in SHOWN)) for name, f in by_name.items()]
        parts.append(table((f"{int(streams):,} streams", *SHOWN.values()), rows))
    parts.append(
        table(("5 events/s, two streams", "ms CPU an event"), [*figures["events"].items()]),
    )
    return "\n\n".join([*parts, "\n".join(_verdicts(figures))])


def _verdicts(figures: dict[str, Any]) -> list[str]:
    lines = []
    for streams, by_name in figures["streams"].items():
        many = f"{int(streams):,} streams"
        pulse, nchan = by_name["Pulse"], by_name["nchan"]
        for what, name in (("CPU a delivery, 5 events/s", "paced_us"), ("saturated", "fast_us")):
            ratio = pulse[name] / nchan[name]
            lines.append(verdict(f"{many}: {what}: at most nchan's", ratio <= 1, f"{ratio:.2f} of it"))
        if slow := by_name.get("sse-starlette"):
            ratio = pulse["paced_us"] / slow["paced_us"]
            what = f"{many}: CPU a delivery: at most 1/4 of sse-starlette's"
            lines.append(verdict(what, ratio <= 0.25, f"{ratio:.2f} of it"))
        ratio = pulse["paced_p99_ms"] / nchan["paced_p99_ms"]
        lines.append(verdict(f"{many}: p99: at most nchan's", ratio <= 1, f"{ratio:.2f} of it"))
        lines.append(verdict(f"{many}: at most 2 KiB a stream", pulse["kib"] <= 2, f"{pulse['kib']:.2f}"))
        accept = pulse["accept_ms"]
        lines.append(verdict(f"{many}: at most 1.0 ms CPU to accept", accept <= 1, f"{accept:.2f}"))
    herd = figures["herd"]
    back, lost = herd["back_seconds"], herd["missing"] + herd["repeated"] + herd["disorder"]
    found = f"{back:.1f} s; {herd['cut']} cut, {herd['missing']} missing, {herd['repeated']} repeated"
    what = f"a herd of {HERD:,}: all live again within 10 s, nothing lost"
    return [*lines, verdict(what, 0 < back <= 10 and not lost, found)]


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> int:
    """Run, show, keep."""
    with stage() as here:
        bench = Bench(here)
        figures = {"streams": bench.run(), "events": bench.events(), "herd": bench.herd()}
    print(show(figures))
    print(f"\nThe figures are in {write_json('bench-stream.json', figures)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
