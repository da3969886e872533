"""A real browser, and people in front of it. An error in a page's script fails the test that opened it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from servers import PATIENCE, Server
from visitor import PASSWORD

CHROMIUM = "/usr/bin/chromium"
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


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """`open_page(viewport=PHONE, color_scheme="dark")`: a page of a fresh browser profile, still empty."""
    pages: list[Page] = []
    faults: list[str] = []

    def open_page(**options: Any) -> Page:
        options = {"viewport": DESKTOP, "locale": "en-GB", **options}
        context = chromium.new_context(base_url=server.url, **options)
        context.set_default_timeout(PATIENCE * 1000)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        pages.append(context.new_page())
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()
    assert not faults, f"a script of the page failed: {faults}"


@pytest.fixture
def show(open_page) -> Callable[..., Page]:
    """`show("mika")`: the live dashboard of `acme`, after signing in through the form."""

    def show(name: str, path: str = "/w/acme", **options: Any) -> Page:
        page = open_page(**options)
        page.goto(path)
        sign_in(page, name)
        expect(badge(page)).to_have_attribute("data-condition", "live")
        return page

    return show


def sign_in(page: Page, name: str) -> None:
    """Fill in the form as one of the cast: `mika`, or `oscar@elsewhere.test`."""
    page.get_by_label("E-mail address").fill(name if "@" in name else f"{name}@acme.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def badge(page: Page):
    return page.locator("#badge")


def feed(page: Page):
    """The rows of the live feed, newest first."""
    return page.locator("#feed .row")


def figure(page: Page, metric: str):
    """The current value on a card; what is fading out does not count."""
    return page.locator(f'[data-metric="{metric}"] .figure > :not([aria-hidden])')


def notice(page: Page):
    return page.locator("#notices .notice")


def seconds_to_wait(page: Page) -> int | None:
    """The badge's countdown; None while there is none."""
    found = re.search(r"in (\d+) s", badge(page).inner_text())
    return int(found[1]) if found else None
