"""Behind a real proxy that buffers the page polls without missing an event, and returns to the stream."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from visitor import Visitor

from .conftest import Front, records, watch

MUTE_FOR = 11_000  # milliseconds; the client waits for ten seconds
TRIED_AGAIN_AFTER = 61_000


@pytest.fixture
def page(browser_of, front: Front) -> Page:
    """A page behind a proxy that buffers, in front of a clock that the test moves."""
    front.buffer(True)
    context = browser_of("mika")
    context.clock.install()
    page = watch(context, connected=False, shareStream=False)
    page.wait_for_function("recorded.phases.includes('connecting')")
    return page


def saw(page: Page, *numbers: int) -> None:
    """Wait until the last of these events is there; then it saw exactly these since the first of them.

    Polling begins where the figures are, and those may be older than what another test has sent last.
    """
    page.wait_for_function("last => recorded.ids.at(-1)?.endsWith(last)", arg=f"-{numbers[-1]}")
    seen = [int(event_id.split("-")[1]) for event_id in records(page)["ids"]]
    assert seen == [*range(seen[0], numbers[0]), *numbers]


def polls(page: Page) -> None:
    page.clock.fast_forward(MUTE_FOR)
    page.wait_for_function("live.state.via === 'polling' && live.stats")


def test_buffering_proxy_causes_polling(page: Page):
    polls(page)
    assert records(page)["phases"] == ["connecting", "polling"]


def test_events_arrive_by_polling(page: Page, olivia: Visitor):
    polls(page)
    page.wait_for_function("live.state.lastEventId")
    first = olivia.track("tab.news")["seq"]
    page.clock.fast_forward(5000)
    saw(page, first)
    second = [olivia.track("tab.news")["seq"] for _ in range(3)]
    page.clock.fast_forward(5000)
    saw(page, first, *second)


def test_stream_takes_over_from_polling(page: Page, front: Front, olivia: Visitor):
    polls(page)
    before = olivia.track("tab.news")["seq"]
    page.clock.fast_forward(5000)
    saw(page, before)
    front.buffer(False)
    page.clock.fast_forward(TRIED_AGAIN_AFTER)
    page.wait_for_function("live.state.via === 'stream'")
    after = olivia.track("tab.news")["seq"]
    saw(page, before, after)
    assert records(page)["phases"] == ["connecting", "polling", "connected"]
