"""The server is killed and restarted: the page counts down, reconnects and resumes."""

import re

import pytest
from playwright.sync_api import Page, expect
from servers import PATIENCE, until
from visitor import Visitor

from .conftest import LONGEST_PAUSE, badge, feed, figure, notice, seconds_to_wait

IN_TIME = (LONGEST_PAUSE + PATIENCE) * 1000  # milliseconds; who starts slowly is waited for longer


@pytest.fixture
def killed(show, server, olivia):
    """Mika's page, whose server has just been killed."""
    olivia.track("before.death")
    page = show("mika")
    expect(feed(page).first).to_contain_text("before.death")
    olivia.close()
    server.kill()
    return page


def test_badge_counts_down_and_recovers(killed, server):
    page = killed
    expect(badge(page)).to_have_text(re.compile(r"Reconnecting\s*in \d+ s \(try \d+\)"))
    # Later waits are long enough to see several seconds pass.
    seen = set()
    until(
        lambda: (page.wait_for_timeout(100), seen.add(seconds_to_wait(page)), len(seen - {None}) >= 3)[-1],
        "3, 2, 1",
    )

    server.start()

    expect(badge(page)).to_have_attribute("data-condition", "live", timeout=IN_TIME)
    olivia = Visitor(server).sign_in("olivia")
    olivia.track("after.death")
    olivia.close()
    expect(feed(page).first).to_contain_text("after.death")
    expect(feed(page).nth(1)).to_contain_text("before.death")


def test_stale_stats_are_marked(killed, server):
    page = killed
    expect(page.locator("main")).to_have_attribute("data-stale", "")
    assert looks_of_old(page) == {"hollow dot", "quiet words"}
    expect(page.locator(".as-of")).to_have_text(
        re.compile(r"Figures from \d\d:\d\d:\d\d: newer ones have not arrived")
    )
    expect(notice(page)).to_contain_text("The server cannot be reached. The page tries again by itself")
    expect(page).to_have_title(re.compile("^Reconnecting · Acme"))
    expect(figure(page, "activeUsers")).not_to_be_empty()

    server.start()

    expect(page.locator("main")).not_to_have_attribute("data-stale", "", timeout=IN_TIME)
    assert looks_of_old(page) == {"full dot", "black words"}
    expect(notice(page)).to_have_count(0)
    expect(page).to_have_title("Acme · Pulse")


def looks_of_old(page: Page) -> set[str]:
    """How all that is kept live looks beside the cards: who is online, the breakdown."""
    return set(page.evaluate(LOOKS))


LOOKS = """() => {
    const dot = document.querySelector('.here[data-anybody] .here-dot');
    const dated = '.here-words, .parts-total, .part-count';
    const words = [...document.querySelectorAll(dated)];
    const black = getComputedStyle(document.body).color;
    return [
        getComputedStyle(dot).backgroundColor === 'rgba(0, 0, 0, 0)' ? 'hollow dot' : 'full dot',
        ...words.map((word) => (getComputedStyle(word).color === black ? 'black words' : 'quiet words')),
    ];
}"""


def test_reconnect_button_retries_now(killed, server):
    page = killed
    until(lambda: (page.wait_for_timeout(100), (seconds_to_wait(page) or 0) >= 3)[-1], "a long wait")
    expect(page.get_by_role("button", name="Reconnect", exact=True)).to_be_visible()
    server.start()
    page.locator("#reconnect").evaluate("button => button.click()")  # out of sight, if the page was faster
    expect(badge(page)).to_have_attribute("data-condition", "live")


def test_tracked_events_are_sent_later(killed, server):
    page = killed
    page.get_by_role("button", name="Track an event").click()
    page.get_by_role("dialog").get_by_role("button", name="Track", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("alert").first).to_contain_text(
        "The server cannot be reached. The event is kept"
    )
    server.start()
    expect(page.get_by_role("dialog")).to_be_hidden(timeout=IN_TIME)
    expect(notice(page).first).to_contain_text("is recorded as event number")
