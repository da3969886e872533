"""`make bench-page`: a first load of the dashboard in Chromium over slow lines, and its cost while events come."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import browser
from end_to_end.nginx_front import Front
from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.delay_proxy import delayed
from benchmarks.report import medians, table, verdict, write_json
from benchmarks.server import Server
from benchmarks.stage import REALTIME, Stage, stage
from launcher.settings import ROOT

QUICK = os.environ.get("QUICK", "") == "1"
ROUNDS = 1 if QUICK else 3
BUSY = 5 if QUICK else 20  # seconds
EVENTS_PER_SECOND = 40
MAX_WAIT = 60_000  # milliseconds
SLOW = 1_600_000 / 8  # bytes a second
# DevTools' "Slow 4G": a latency for each request, handshake or not.
SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
COLUMNS = ("requests", "KB", "FCP", "LCP", "alive", "live", "TBT", "shifts")

# Paints, shifts and long tasks, and when a script first touched the badge; before anything of the page runs.
OBSERVE = """
    window.found = { fcp: 0, lcp: 0, alive: 0, live: 0, tbt: 0, shifts: 0 };
    const observe = (type, use) =>
      new PerformanceObserver((list) => list.getEntries().forEach(use)).observe({ type, buffered: true });
    observe('paint', ({ name, startTime }) => name === 'first-contentful-paint' && (found.fcp = startTime));
    observe('largest-contentful-paint', ({ startTime }) => (found.lcp = startTime));
    observe('longtask', ({ duration }) => (found.tbt += duration - 50));
    observe('layout-shift', ({ value }) => (found.shifts += value));
    new MutationObserver((records) => {
      if (document.readyState === 'loading') return; // the parser's own
      const badge = document.getElementById('badge');
      if (!records.some(({ target }) => target === badge || badge?.contains(target))) return;
      found.alive ||= performance.now();
      if (badge.dataset.condition === 'live') found.live ||= performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""


@dataclass(frozen=True)
class Line:
    """A way to the server: the TCP proxy's round trip and rate, and how slow processor and requests are."""

    name: str
    rtt: float = 0.0  # seconds
    rate: float | None = None  # bytes a second
    cpu: int = 1
    slow_4g: bool = False
    alive_within: float | None = None  # milliseconds: the target


LINES = (
    Line("loopback"),
    Line("150 ms", rtt=0.15, alive_within=1_500),
    Line("150 ms, 1.6 Mbit/s, 4x CPU", rtt=0.15, rate=SLOW, cpu=4, alive_within=3_000),
    Line("DevTools slow 4G, 4x CPU", cpu=4, slow_4g=True),
)


class Visit:
    """A cold load by a member who has signed in, in a browser profile of its own."""

    def __init__(self, chromium: Browser, port: int, cookie: str, line: Line):
        name, _, value = cookie.partition("=")
        self.url = f"http://127.0.0.1:{port}"
        self.context: BrowserContext = chromium.new_context(viewport=browser.DESKTOP, locale="en-GB")
        self.context.add_cookies([{"name": name, "value": value, "url": self.url}])
        self.context.add_init_script(OBSERVE)
        self.page: Page = self.context.new_page()
        self.requests = self.size = 0
        self._devtools = self.context.new_cdp_session(self.page)
        self._devtools.on("Network.requestWillBeSent", lambda _: self._count(1, 0))
        self._devtools.on("Network.loadingFinished", lambda end: self._count(0, end["encodedDataLength"]))
        self._devtools.send("Network.enable")
        self._devtools.send("Performance.enable")
        self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": line.cpu})
        if line.slow_4g:
            self._devtools.send("Network.emulateNetworkConditions", SLOW_4G)

    def _count(self, requests: int, size: float) -> None:
        self.requests += requests
        self.size += int(size)

    def load(self) -> dict[str, float]:
        """The figures by COLUMNS, times in milliseconds."""
        self.page.goto(f"{self.url}/w/acme", timeout=MAX_WAIT)
        self.page.wait_for_selector('#badge[data-condition="live"]', timeout=MAX_WAIT)
        self.page.wait_for_timeout(1_000)  # what the page asks for once it is live
        found = self.page.evaluate("found")
        names = {
            "FCP": "fcp",
            "LCP": "lcp",
            "alive": "alive",
            "live": "live",
            "TBT": "tbt",
            "shifts": "shifts",
        }
        return {"requests": self.requests, "KB": self.size / 1024} | {
            column: found[name] for column, name in names.items()
        }

    def busy(self, seconds: float) -> dict[str, float]:
        """Shifts and seconds of the main thread while this lasts."""
        shifts, before = self.page.evaluate("found.shifts"), self._metrics()
        self.page.wait_for_timeout(seconds * 1_000)
        after = self._metrics()
        spent = {
            name: after[f"{name}Duration"] - before[f"{name}Duration"]
            for name in ("Task", "Script", "Layout")
        }
        return {"shifts": self.page.evaluate("found.shifts") - shifts, **spent}

    def _metrics(self) -> dict[str, float]:
        metrics: list[dict[str, Any]] = self._devtools.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: float(metric["value"]) for metric in metrics}


def first_loads(
    chromium: Browser, port: int, cookie: str, lines: Sequence[Line] = LINES
) -> dict[str, dict[str, float]]:
    """The medians by line."""
    found = {}
    for line in lines:
        is_slow = line.rtt or line.rate
        with delayed(port, line.rtt, line.rate) if is_slow else nullcontext(port) as reached:
            rounds = [_load(chromium, reached, cookie, line) for _ in range(ROUNDS)]
        found[line.name] = medians(rounds)
        print(line.name, found[line.name], flush=True)
    return found


def _load(chromium: Browser, port: int, cookie: str, line: Line) -> dict[str, float]:
    visit = Visit(chromium, port, cookie, line)
    try:
        return visit.load()
    finally:
        visit.context.close()


def while_busy(chromium: Browser, server: Server, cookie: str, token: str) -> dict[str, float]:
    """A live page while 40 events a second come."""
    visit = Visit(chromium, server.port, cookie, LINES[0])
    visit.load()
    with _posting(server.port, token):
        visit.page.wait_for_timeout(1_000)
        found = visit.busy(BUSY)
    visit.context.close()
    return found


@contextmanager
def _posting(port: int, token: str) -> Iterator[None]:
    stopped = threading.Event()
    thread = threading.Thread(target=_post, args=(port, token, stopped.wait), daemon=True)
    thread.start()
    yield
    stopped.set()
    thread.join()


def _post(port: int, token: str, wait: Callable[[float], bool]) -> None:
    due, number = time.monotonic(), 0
    while not wait(max(0.0, due - time.monotonic())):
        due, number = due + 1 / EVENTS_PER_SECOND, number + 1
        event = {"eventType": "message.sent", "eventData": {"channelId": f"channel-{number % 7}"}}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        url = f"http://127.0.0.1:{port}{REALTIME}"
        urllib.request.urlopen(urllib.request.Request(url, json.dumps(event).encode(), headers)).close()


def measure(on: Stage) -> dict[str, Any]:
    """First loads from one gunicorn, straight and behind nginx (HTTP/1.1), and its page while events come."""
    with on.gunicorn(PULSE_STATS_UPDATE_INTERVAL="5") as server, browser.chromium() as chromium:
        cookie, token = on.cookie(server), on.token("events:write")
        with _posting(server.port, token):
            time.sleep(2)  # some events, so that there is something to show
        _load(chromium, server.port, cookie, LINES[0])  # statements are planned, templates compiled
        return {
            "first load": first_loads(chromium, server.port, cookie),
            "behind nginx": _behind_nginx(on, server, chromium, cookie),
            "busy": while_busy(chromium, server, cookie, token),
        }


def _behind_nginx(on: Stage, server: Server, chromium: Browser, cookie: str) -> dict[str, dict[str, float]]:
    home = on.home / "nginx"
    home.mkdir()
    nginx = Front(home, None, f"127.0.0.1:{server.port}")
    nginx.start()
    try:
        return first_loads(chromium, nginx.port, cookie, LINES[1:3])
    finally:
        nginx.kill()


def main() -> None:
    """Measure with the bundle that is in static/dist, or with the modules, and print."""
    is_bundled = (ROOT / "static/dist/manifest.json").exists()
    with stage() as on:
        found = measure(on)
    name = "bundled" if is_bundled else "modules"
    _print_loads(f"First load of /w/acme, {name}, straight from gunicorn; ms", found["first load"])
    _print_loads("Behind nginx, HTTP/1.1", found["behind nginx"])
    busy = found["busy"]
    print(f"\n{EVENTS_PER_SECOND} events/s for {BUSY} s: seconds of the main thread, sum of layout shifts\n")
    print(table(list(busy), [list(busy.values())]))
    print(write_json(f"bench-page-{name}.json", found))


def _print_loads(title: str, loads: dict[str, dict[str, float]]) -> None:
    rows = [[name, *(row[column] for column in COLUMNS)] for name, row in loads.items()]
    print(f"\n{title}\n\n{table(['line', *COLUMNS], rows)}\n")
    for line in LINES:
        if line.alive_within and line.name in loads:
            alive = loads[line.name]["alive"]
            print(verdict(f"alive over {line.name}", alive <= line.alive_within, f"{alive:,.0f} ms"))
    print(verdict("12 requests", loads["150 ms"]["requests"] <= 12, f"{loads['150 ms']['requests']:.0f}"))
    print(verdict("150 KB", loads["150 ms"]["KB"] < 150, f"{loads['150 ms']['KB']:.0f} KB"))


if __name__ == "__main__":
    main()
