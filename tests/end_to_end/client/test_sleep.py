"""A page that was frozen, offline or in the back/forward cache catches up, or resets."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from servers import until
from visitor import Visitor

from .conftest import records, saw, streams, track, watch


@pytest.fixture
def page(browser_of, olivia: Visitor) -> Page:
    return watch(browser_of("mika"))


# As the browser dispatches them; its back/forward cache is off in a browser under test.
FREEZE = "document.dispatchEvent(new Event('freeze'))", "document.dispatchEvent(new Event('resume'))"
HIDE = "dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))"
CACHE = HIDE, HIDE.replace("hide", "show")


@pytest.mark.parametrize(("sleep", "wake"), [FREEZE, CACHE], ids=["frozen", "back cache"])
@pytest.mark.parametrize("count", [0, 3], ids=["before its first event", "after some"])
def test_sleeping_page_closes_and_resumes(page: Page, olivia: Visitor, sleep: str, wake: str, count: int):
    before = track(olivia, count)
    if before:
        saw(page, *before)
    page.evaluate(sleep)
    until(lambda: streams(olivia) == 0, "the stream closed")
    missed = track(olivia)
    page.evaluate(wake)
    saw(page, *before, *missed)
    assert records(page)["resets"] == 0


def test_offline_page_catches_up(page: Page, olivia: Visitor):
    before = track(olivia)
    saw(page, *before)
    page.context.set_offline(True)
    page.wait_for_function("live.state.phase === 'offline'")
    missed = track(olivia)
    page.context.set_offline(False)
    saw(page, *before, *missed)


def test_too_old_events_cause_a_reset(page: Page, olivia: Visitor, sql):
    saw(page, *track(olivia))
    page.evaluate(FREEZE[0])
    until(lambda: streams(olivia) == 0, "the stream closed")
    sql("UPDATE event_heads SET epoch = 'ffffffff'")
    page.evaluate(FREEZE[1])
    page.wait_for_function("recorded.resets === 1")
