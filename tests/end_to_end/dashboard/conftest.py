"""A real browser, and people in front of it. An error in a page's script fails the test that opened it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import browser
import pytest
from browser import DESKTOP, PHONE
from playwright.sync_api import Browser, Page, Route, expect
from servers import PATIENCE, Server, until
from visitor import PASSWORD

from launcher.postgres import Postgres
from launcher.valkey import Valkey

from ..conftest import SETTINGS

__all__ = ["DESKTOP", "PHONE"]

LONGEST_PAUSE = 30  # seconds between two tries of a page that has lost its server
STREAM = re.compile(r"/analytics/realtime\?compare=1$")  # as the dashboard asks for it


# One server for all of these tests, where other tests have one a module: starting it takes longer than they do.


@pytest.fixture(scope="package")
def environ(postgres: Postgres, template: str, valkey: Valkey) -> dict[str, str]:
    postgres.create_database("acme_dashboard", template)
    return {
        "DATABASE_URL": postgres.url_of("acme_dashboard"),
        "REDIS_URL": valkey.url,
        "PULSE_SECRET_KEY": secrets.token_hex(32),
        **SETTINGS,
    }


@pytest.fixture(scope="package")
def shared_server(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(environ, tmp_path_factory.mktemp("gunicorn") / "gunicorn.log")
    server.start()
    yield server
    if server.is_running:
        server.stop()


@pytest.fixture(scope="package")
def made_servers(shared_server: Server) -> list[Server]:
    return [shared_server]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE * 1000)
    with browser.chromium() as started:
        yield started


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
        context.on("console", lambda said: _is_refusal(said.text) and faults.append(said.text))
        pages.append(context.new_page())
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()
    assert not faults, f"a script of the page failed: {faults}"


def _is_refusal(text: str) -> bool:
    return "Content Security Policy" in text


@pytest.fixture
def show(visit_as) -> Callable[..., Page]:
    """`show("mika")`: the live dashboard of `acme`; `show("oscar@elsewhere.test", "/w/elsewhere")`."""

    def show(name: str, path: str = "/w/acme", **options: Any) -> Page:
        page = visit_as(name, path, **options)
        expect(badge(page)).to_have_attribute("data-condition", "live")
        return page

    return show


@pytest.fixture
def visit_as(open_page) -> Callable[..., Page]:
    """`visit_as("olivia", "/account", viewport=PHONE)`: a page that is not live, as one of the cast sees it."""

    def visit_as(name: str, path: str, **options: Any) -> Page:
        page = open_page(**options)
        answer = page.request.post("/api/auth/login", data={"email": email_of(name), "password": PASSWORD})
        assert answer.ok, answer.text()
        page.goto(path)
        return page

    return visit_as


def is_wide(page: Page) -> bool:
    """Whether it scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def email_of(name: str) -> str:
    return name if "@" in name else f"{name}@acme.test"


def sign_in(page: Page, name: str) -> None:
    """Fill in the form as one of the cast: `mika`, or `oscar@elsewhere.test`."""
    page.get_by_label("E-mail address").fill(email_of(name))
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


def hold(page: Page, url: re.Pattern[str]) -> Callable[[], None]:
    """Keep requests to these addresses waiting; returns what lets them go, once there has been one at least."""
    held: list[Route] = []
    is_open = False

    def keep(route: Route) -> None:
        if is_open:
            route.continue_()
        else:
            held.append(route)

    def let_go() -> None:
        nonlocal is_open
        until(lambda: (page.wait_for_timeout(20), held)[-1], "a request to hold")
        is_open = True
        for route in held:
            route.continue_()

    page.route(url, keep)
    return let_go


def as_if_empty(page: Page) -> None:
    """Show what an empty workspace shows, though this one is not."""
    page.context.set_offline(True)  # no row may arrive
    expect(badge(page)).to_have_attribute("data-condition", "offline")
    page.evaluate("document.querySelector('.empty').hidden = false")
    page.evaluate("document.querySelector('.rows').replaceChildren()")


@pytest.fixture
def forget_passwords(sql) -> Iterator[Callable[[], None]]:
    """`forget_passwords()`: all sessions have to show their passwords again, until the end of the test."""
    yield lambda: sql("UPDATE sessions SET confirmed_at = NULL")
    sql("UPDATE sessions SET confirmed_at = now()")
