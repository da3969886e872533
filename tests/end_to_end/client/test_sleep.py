"""Frozen, without a network, left and come back to: the page catches up, or knows that it has to start over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from servers import until
from visitor import Visitor

from .conftest import saw, told, watch


@pytest.fixture
def page(browser_of, olivia: Visitor) -> Page:
    return watch(browser_of("mika"))


def track(visitor: Visitor, count: int = 3) -> list[int]:
    return [visitor.track("tab.news")["seq"] for _ in range(count)]


def streams(visitor: Visitor) -> int:
    return visitor.snapshot()["meta"]["connections"]


def freeze(page: Page) -> Callable[[], None]:
    """Tell a page what a browser tells it that is about to freeze it; returns what tells it that it thaws."""
    page.evaluate("document.dispatchEvent(new Event('freeze'))")
    return lambda: page.evaluate("document.dispatchEvent(new Event('resume'))")


def test_a_frozen_page_holds_no_stream_and_catches_up_when_it_thaws(page: Page, olivia: Visitor):
    before = track(olivia)
    saw(page, *before)
    thaw = freeze(page)
    until(lambda: streams(olivia) == 0, "the stream closed")
    missed = track(olivia)
    thaw()
    saw(page, *before, *missed)
    assert told(page)["resets"] == 0


def test_before_its_first_event_a_page_misses_none_either(page: Page, olivia: Visitor):
    thaw = freeze(page)
    until(lambda: streams(olivia) == 0, "the stream closed")
    missed = track(olivia)
    thaw()
    saw(page, *missed)


def test_a_page_without_a_network_catches_up_when_it_has_one(page: Page, olivia: Visitor):
    before = track(olivia)
    saw(page, *before)
    page.context.set_offline(True)
    page.wait_for_function("live.state.phase === 'offline'")
    missed = track(olivia)
    page.context.set_offline(False)
    saw(page, *before, *missed)


def test_a_page_that_was_left_catches_up_when_one_goes_back_to_it(page: Page, olivia: Visitor):
    before = track(olivia)
    saw(page, *before)
    # As the browser does it for its back/forward cache, which a browser under test does not have.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    until(lambda: streams(olivia) == 0, "the stream closed")
    missed = track(olivia)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    saw(page, *before, *missed)


def test_what_is_too_old_to_be_caught_up_with_is_said(page: Page, olivia: Visitor, sql):
    saw(page, *track(olivia))
    thaw = freeze(page)
    until(lambda: streams(olivia) == 0, "the stream closed")
    sql("UPDATE event_heads SET epoch = 'ffffffff'")
    thaw()
    page.wait_for_function("told.resets === 1")
