"""The browser that tests and pictures are made with, and the windows that it shows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# The shell is the same engine without a window's machinery, and takes half as much of the processors.
CHROMIUMS = {"chromium-headless-shell": "/usr/bin/chromium-headless-shell", "chromium": "/usr/bin/chromium"}
ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses to run as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def installed() -> str | None:
    """The path of the one to use; None if there is none."""
    return next((path for path in CHROMIUMS.values() if Path(path).exists()), None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
