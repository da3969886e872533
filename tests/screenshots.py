"""`make screenshots`: every screen of the running demo, both themes, 1440 and 390 px wide, to be looked at.

They go to build/screenshots/; the README's two, light and dark, to docs/images/.
"""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from browser import DESKTOP, PHONE, chromium
from demo_run import Demo, demo
from playwright.sync_api import Browser, Page, expect
from screens import SCREENS, Screen
from servers import ROOT
from yesterday import live_through

PLACE = ROOT / "build" / "screenshots"
README = ROOT / "docs" / "images"
LARGEST = 300_000  # bytes of a picture in the README
# The doctor watches as long as a heartbeat lasts, and nobody wants to wait for it here.
SETTINGS = {"PULSE_DEMO_TRAFFIC": "1", "PULSE_HEARTBEAT_INTERVAL": "2", "PULSE_STATS_UPDATE_INTERVAL": "1"}
WINDOWS = {"1440": DESKTOP, "390": PHONE}
WHOLE = DESKTOP | {"height": 1250}  # all of a dashboard


def main(only: list[str]) -> int:
    expect.set_options(timeout=30_000)
    shutil.rmtree(PLACE / "pictures", ignore_errors=True)
    with demo("screenshots", **SETTINGS) as site, chromium() as browser:
        live_through(site, datetime.now(UTC))
        if not only:
            for_the_readme(site, browser)
        give(site, browser)
        wanted = [screen for screen in SCREENS if not only or screen.name in only]
        for theme in ("light", "dark"):
            for width, window in WINDOWS.items():
                take_all(site, browser, wanted, theme, width, viewport=window)
    print(f"{len(list((PLACE / 'pictures').iterdir()))} pictures are in {PLACE / 'pictures'}")
    return 0


def give(site: Demo, browser: Browser) -> None:
    """What its admins would have made by now."""
    acme = "/api/workspaces/acme"
    metric = {
        "name": "rollouts",
        "title": "Roll-outs",
        "aggregate": "count",
        "types": ["deploy.finished"],
        "window": "today",
    }
    context = site.visit(browser, "olivia")
    context.request.post(f"{acme}/tokens", data={"name": "Build server", "scopes": ["events:write"]})
    context.request.post(f"{acme}/analytics/custom-metrics", data=metric)
    context.close()


def take_all(site: Demo, browser: Browser, screens: list[Screen], theme: str, width: str, **options) -> None:
    for who, own in groupby(sorted(screens, key=lambda screen: screen.who or ""), lambda screen: screen.who):
        context = site.visit(browser, who, color_scheme=theme, reduced_motion="reduce", **options)
        page = context.new_page()
        for screen in own:
            if width in screen.widths:
                take(page, screen, PLACE / "pictures" / f"{screen.name}-{theme}-{width}.png")
        context.close()


def take(page: Page, screen: Screen, place: Path) -> None:
    print(place.name, flush=True)
    undo = screen.show(page)
    page.wait_for_timeout(400)  # fonts, charts
    page.screenshot(
        path=place, full_page=not screen.path.startswith("/w/acme") or page.viewport_size == PHONE
    )
    undo()


def for_the_readme(site: Demo, browser: Browser) -> None:
    """The first thing that anybody sees of Pulse."""
    for theme, name in (("light", "dashboard.png"), ("dark", "dashboard-dark.png")):
        context = site.visit(browser, "olivia", color_scheme=theme, viewport=WHOLE, reduced_motion="reduce")
        page = context.new_page()
        page.goto("/w/acme")
        expect(page.locator("#badge")).to_contain_text(" ms")
        expect(page.locator(".chart canvas")).to_be_visible()
        page.wait_for_timeout(400)
        page.screenshot(path=README / name)
        context.close()
        assert (README / name).stat().st_size < LARGEST, f"{name} is too large"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
