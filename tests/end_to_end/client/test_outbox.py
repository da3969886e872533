"""Tracked events reach the server exactly once in spite of a lost network, a closed page or a killed server."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page
from servers import PATIENCE, Server, until
from visitor import Visitor

from ..dashboard.conftest import LONGEST_PAUSE
from .conftest import REFUSED, records, sign_in, watch

EVENTS = "/api/workspaces/acme/analytics/events?type=kept.event&limit=1000"


@pytest.fixture
def context(browser_of) -> BrowserContext:
    return browser_of("mika")


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return watch(context)


@pytest.fixture
def known(olivia: Visitor) -> int:
    return recorded(olivia)


def recorded(visitor: Visitor, more: str = "") -> int:
    """The number of these events in the log."""
    return len(visitor.get(f"{EVENTS}{more}").raise_for_status().json()["data"])


def track(page: Page, count: int = 3) -> None:
    page.evaluate(
        """count => { for (let n = 0; n < count; n += 1) live.trackEvent('kept.event', {n}).catch(() => {}) }""",
        count,
    )


def sent(page: Page) -> None:
    page.wait_for_function("live.unsentEvents === 0")


def test_events_wait_offline(page: Page, olivia: Visitor, known: int):
    page.context.set_offline(True)
    track(page)
    assert page.evaluate("live.unsentEvents") == 3
    page.context.set_offline(False)
    sent(page)
    assert recorded(olivia) == known + 3


def test_events_survive_a_reload(page: Page, context: BrowserContext, olivia: Visitor, known: int):
    context.route("**/analytics/realtime*", answer_reads_only)
    context.route("**/analytics/realtime/batch", lambda route: route.abort())
    track(page, 5)
    page.wait_for_function("live.unsentEvents === 5")
    page.reload()
    page.wait_for_function("window.live?.isConnected && live.unsentEvents === 5")
    context.unroute_all()
    page.reload()
    page.wait_for_function("window.live?.isConnected")
    until(lambda: recorded(olivia) == known + 5, "all of them recorded")
    sent(page)
    assert recorded(olivia) == known + 5
    assert records(page)["dropped"] == []


def test_only_orphaned_events_are_adopted(page: Page, context: BrowserContext, olivia: Visitor):
    context.set_offline(True)
    track(page)
    page.wait_for_function("live.unsentEvents === 3")
    context.set_offline(False)
    sent(page)
    other = watch(context)
    assert other.evaluate("live.unsentEvents") == 0


def test_closing_the_page_flushes_the_outbox(page: Page, olivia: Visitor, known: int):
    track(page, 20)
    page.close(run_before_unload=False)
    until(lambda: recorded(olivia) == known + 20, "all of them recorded")


def test_events_survive_a_killed_server(page: Page, server: Server, olivia: Visitor, known: int):
    track(page)
    server.kill()
    track(page)
    server.start()
    page.wait_for_function("live.unsentEvents === 0", timeout=(LONGEST_PAUSE + PATIENCE) * 1000)
    assert recorded(olivia) == known + 6


def test_events_are_sent_only_by_their_user(context: BrowserContext, page: Page, olivia: Visitor, known: int):
    by_her = recorded(olivia, "&user=me")
    context.set_offline(True)
    track(page)
    assert page.evaluate("live.unsentEvents") == 3
    page.close()
    context.set_offline(False)
    sign_in(context, "olivia")
    assert watch(context).evaluate("live.unsentEvents") == 0
    # What left with the first one's page was sent in the first one's name, if at all.
    assert recorded(olivia, "&user=me") == by_her

    sign_in(context, "mika")
    watch(context)
    until(lambda: recorded(olivia) == known + 3, "her own recorded")


def test_batch_size_is_in_bytes(page: Page, olivia: Visitor, known: int):
    """Twelve events of 7 KB in Japanese: 29,000 characters, but more than `keepalive` may carry (64 KiB)."""
    page.evaluate("for (let n = 0; n < 12; n += 1) live.trackEvent('kept.event', {t: '日'.repeat(2400)})")
    sent(page)
    assert recorded(olivia) == known + 12


@pytest.mark.parametrize("characters", [25_000, 700_000], ids=["75 kB", "2 MB"])
def test_too_large_event_blocks_no_others(page: Page, olivia: Visitor, known: int, characters: int):
    page.evaluate(
        """characters => {
            const large = live.trackEvent('kept.event', {t: '日'.repeat(characters)});
            large.catch(({ status }) => (window.refusal = status));
            live.trackEvent('kept.event', {t: 'behind it'});
        }""",
        characters,
    )
    sent(page)
    assert page.evaluate("window.refusal") == 413
    assert recorded(olivia) == known + 1
    assert records(page)["dropped"] == ["refused"]


def test_events_survive_a_reload_without_locks(context: BrowserContext, olivia: Visitor, known: int):
    context.add_init_script(REFUSED["locks reject"])
    page = watch(context)
    context.route("**/analytics/realtime*", answer_reads_only)
    track(page, 1)
    page.wait_for_function("live.unsentEvents === 1")
    page.reload()
    context.unroute_all()
    until(lambda: recorded(olivia) == known + 1, "it is recorded")


def answer_reads_only(route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()
