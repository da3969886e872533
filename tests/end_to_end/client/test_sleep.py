"""A page that was frozen, offline or in the back/forward cache catches up, or resets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from servers import until
from visitor import Visitor

from .conftest import records, saw, watch


@pytest.fixture
def page(browser_of, olivia: Visitor) -> Page:
    return watch(browser_of("mika"))


def track(visitor: Visitor, count: int = 3) -> list[int]:
    return [visitor.track("tab.news")["seq"] for _ in range(count)]


def streams(visitor: Visitor) -> int:
    return visitor.snapshot()["meta"]["connections"]


def freeze(page: Page) -> Callable[[], None]:
    """Dispatch the events of a page that is frozen; returns a function for those of its thawing."""
    page.evaluate("document.dispatchEvent(new Event('freeze'))")
    return lambda: page.evaluate("document.dispatchEvent(new Event('resume'))")


def test_frozen_page_closes_and_resumes(page: Page, olivia: Visitor):
    before = track(olivia)
    saw(page, *before)
    thaw = freeze(page)
    until(lambda: streams(olivia) == 0, "the stream closed")
    missed = track(olivia)
    thaw()
    saw(page, *before, *missed)
    assert records(page)["resets"] == 0


def test_page_frozen_before_its_first_event(page: Page, olivia: Visitor):
    thaw = freeze(page)
    until(lambda: streams(olivia) == 0, "the stream closed")
    missed = track(olivia)
    thaw()
    saw(page, *missed)


def test_offline_page_catches_up(page: Page, olivia: Visitor):
    before = track(olivia)
    saw(page, *before)
    page.context.set_offline(True)
    page.wait_for_function("live.state.phase === 'offline'")
    missed = track(olivia)
    page.context.set_offline(False)
    saw(page, *before, *missed)


def test_page_in_the_back_cache_catches_up(page: Page, olivia: Visitor):
    before = track(olivia)
    saw(page, *before)
    # As the browser does it for its back/forward cache, which a browser under test does not have.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    until(lambda: streams(olivia) == 0, "the stream closed")
    missed = track(olivia)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    saw(page, *before, *missed)


def test_too_old_events_cause_a_reset(page: Page, olivia: Visitor, sql):
    saw(page, *track(olivia))
    thaw = freeze(page)
    until(lambda: streams(olivia) == 0, "the stream closed")
    sql("UPDATE event_heads SET epoch = 'ffffffff'")
    thaw()
    page.wait_for_function("recorded.resets === 1")
