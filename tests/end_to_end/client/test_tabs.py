"""Eight tabs of one browser share one stream, whichever of them closes, crashes, freezes or hangs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Error, Page
from servers import until
from visitor import Visitor

from .conftest import REFUSED, freeze, records, saw, streams, track, watch

HANG = "setTimeout(() => { const end = Date.now() + 3000; while (Date.now() < end); })"


@pytest.fixture
def context(browser_of) -> BrowserContext:
    return browser_of("mika")


@pytest.fixture
def tabs(context: BrowserContext, olivia: Visitor) -> list[Page]:
    """Eight; the first leads. Over HTTP/1.1 a browser opens six connections, so the seventh stream would hang."""
    return open_tabs(context, olivia, 8)


@pytest.fixture
def few(context: BrowserContext, olivia: Visitor) -> list[Page]:
    """Three tabs, where eight would prove no more."""
    return open_tabs(context, olivia, 3)


def open_tabs(context: BrowserContext, visitor: Visitor, count: int) -> list[Page]:
    tabs = [watch(context), *(watch(context, connected=False) for _ in range(count - 1))]
    for tab in tabs:
        tab.wait_for_function("live.isConnected")
    hold_streams(visitor, 1)
    return tabs


def hold_streams(visitor: Visitor, count: int) -> None:
    """The streams of all tabs, once those that are being closed are gone."""
    until(
        lambda: streams(visitor) == count, lambda: f"{count} streams for all tabs, it is {streams(visitor)}"
    )


def close(tab: Page) -> None:
    tab.close()


def crash(tab: Page) -> None:
    with tab.expect_event("crash"), contextlib.suppress(Error):
        tab.goto("chrome://crash", wait_until="commit", timeout=1000)  # never arrives


def hang(tab: Page) -> Callable[[], None]:
    tab.evaluate(HANG)
    return lambda: None  # it comes back by itself


def replaced(tabs: list[Page], visitor: Visitor, end: Callable[[Page], Callable[[], None] | None]) -> None:
    """The leading tab ends or stops: the others miss nothing and share one stream, as it does if it returns."""
    leader, *others = tabs
    before = track(visitor)
    for tab in tabs:
        saw(tab, *before)

    go_on = end(leader)
    after = track(visitor)

    for tab in others:
        saw(tab, *before, *after)
    if go_on:
        go_on()
        saw(leader, *before, *after)
    hold_streams(visitor, 1)
    last = track(visitor)
    for tab in tabs if go_on else others:
        saw(tab, *before, *after, *last)
        assert records(tab)["resets"] == 0


@pytest.mark.parametrize("end", [close, crash, freeze])
def test_leader_that_ends_is_replaced(tabs: list[Page], olivia: Visitor, end):
    replaced(tabs, olivia, end)


def test_hanging_leader_is_replaced(few: list[Page], olivia: Visitor):
    replaced(few, olivia, hang)


def test_rejoining_tab_fetches_missed_events(few: list[Page], olivia: Visitor):
    few[2].evaluate("live.disconnect()")
    missed = track(olivia)
    saw(few[1], *missed)
    few[2].evaluate("live.reconnect()")
    later = track(olivia)
    saw(few[2], *missed, *later)
    hold_streams(olivia, 1)


def test_tabs_show_the_same_state(few: list[Page], front, olivia: Visitor):
    olivia.delete("/api/workspaces/acme/analytics/realtime").raise_for_status()
    for tab in few:
        tab.wait_for_function("live.isConnected && recorded.phases.includes('reconnecting')")
    hold_streams(olivia, 1)


def test_tab_can_opt_out_of_sharing(context: BrowserContext, olivia: Visitor):
    watch(context)
    watch(context, shareStream=False)
    hold_streams(olivia, 2)


@pytest.mark.parametrize("script", REFUSED.values(), ids=REFUSED)
def test_denied_locks_fall_back_to_own_stream(context: BrowserContext, olivia: Visitor, script: str):
    """Embedded views and privacy settings refuse APIs that are there: each tab then has a stream of its own."""
    context.add_init_script(
        f"Object.defineProperty(navigator, 'locks', {{ value: navigator.locks }}); {script}"
    )
    first, second = watch(context), watch(context)
    numbers = track(olivia, 2)
    saw(first, *numbers)
    saw(second, *numbers)
    assert first.evaluate("live.trackEvent('tab.news').then(({ success }) => success)")
