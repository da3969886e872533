"""`make soak-browser SECONDS=600`: the dashboard in Chromium at 50 events a second; its memory has to stay flat.

Heap and DOM nodes are sampled after a forced collection. Flat means: in the last third no sample is above the
highest of the second by more than a tenth. The first third is for filling what is bounded, such as 500 rows.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from browser import DESKTOP, chromium
from demo_run import demo
from playwright.sync_api import CDPSession, expect

RATE = 50  # events a second
SAMPLES = 30
GROWTH = 1.10  # the most that is called flat


class Sample(NamedTuple):
    """What the page holds at a moment."""

    seconds: float
    heap: float  # MiB
    nodes: int
    listeners: int
    rows: int
    events: int  # of the workspace so far


def main() -> int:
    seconds = float(os.environ.get("SECONDS") or 600)
    expect.set_options(timeout=30_000)
    with demo("soak", PULSE_DEMO_TRAFFIC=str(RATE)) as site, chromium() as browser:
        page = site.visit(browser, "mika", viewport=DESKTOP).new_page()
        page.goto("/w/acme")
        expect(page.locator("#badge")).to_have_attribute("data-condition", "live")
        samples = watch(page, seconds)
        expect(page.locator("#badge")).to_have_attribute("data-condition", "live")
    return report(samples)


def watch(page, seconds: float) -> list[Sample]:
    session = page.context.new_cdp_session(page)
    began = time.monotonic()
    samples: list[Sample] = []
    print(
        f"{'s':>6} {'heap MiB':>9} {'DOM nodes':>10} {'listeners':>10} {'rows':>5} {'events':>8}", flush=True
    )
    while len(samples) <= SAMPLES:
        page.wait_for_timeout(max(0.0, began + seconds * len(samples) / SAMPLES - time.monotonic()) * 1000)
        samples.append(take(page, session, time.monotonic() - began))
        now = samples[-1]
        print(
            f"{now.seconds:6.0f} {now.heap:9.2f} {now.nodes:10} {now.listeners:10} {now.rows:5} {now.events:8}",
            flush=True,
        )
    return samples


def take(page, session: CDPSession, seconds: float) -> Sample:
    session.send("HeapProfiler.collectGarbage")
    counters = session.send("Memory.getDOMCounters")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 2**20
    rows = page.locator("#feed .row").count()
    events = int(page.locator(".fact-last").text_content().partition("-")[2] or 0)
    return Sample(seconds, heap, counters["nodes"], counters["jsEventListeners"], rows, events)


def report(samples: Sequence[Sample]) -> int:
    third = len(samples) // 3
    middle, last = samples[third : 2 * third], samples[2 * third :]
    rate = (samples[-1].events - samples[0].events) / (samples[-1].seconds - samples[0].seconds)
    print(f"\n{rate:.0f} events a second arrived, {samples[-1].events - samples[0].events:,} in all")
    flat = True
    for name in ("heap", "nodes", "listeners"):
        before, after = (max(getattr(sample, name) for sample in part) for part in (middle, last))
        flat &= (is_flat := after <= before * GROWTH)
        print(f"{name:>10}: at most {before:,.2f}, then {after:,.2f}: {'flat' if is_flat else 'GROWS'}")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
