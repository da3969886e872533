"""The wall screen: all cards without scrolling, a badge to be read from afar, a clock, and ways out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.dashboard.cards import MAX_CARDS

from .conftest import badge

METRICS = "/api/workspaces/acme/analytics/custom-metrics"
SCREENS = [(1920, 1080), (3840, 2160), (1440, 900), (1080, 1920), (390, 844)]
# Cards that are cut off, or lie over each other or beyond the screen; text that is wider than its card.
FAULTS = """() => {
  const cards = [...document.querySelectorAll('.card-place:not([hidden])')];
  const boxes = cards.map((card) => card.getBoundingClientRect());
  const outside = boxes.filter((box) => box.bottom > innerHeight + 1 || box.right > innerWidth + 1).length;
  const cut = cards.filter((card) => [...card.querySelectorAll('.figure > span')].some((text) => {
    const [inner, outer] = [text.getBoundingClientRect(), card.getBoundingClientRect()];
    return inner.right > outer.right || inner.bottom > outer.bottom || inner.height < 12;
  })).length;
  const scrolls = document.documentElement.scrollHeight > innerHeight;
  return { cards: cards.length, outside, cut, scrolls };
}"""


@pytest.fixture
def many_cards(olivia):
    """As many cards as there can be, one of them with a large number with decimals."""
    names = [f"m{number}" for number in range(MAX_CARDS - 8)]
    for name in names:
        metric = {"name": name, "title": name, "aggregate": "sum", "field": "eventData.total"}
        metric |= {"window": "1h", "types": ["wall.order"]}
        assert (made := olivia.post(METRICS, json=metric)).status_code == 201, made.text
    olivia.track("wall.order", eventData={"total": -123456.789})
    yield MAX_CARDS
    for name in names:
        olivia.delete(f"{METRICS}/{name}")


def wall(show: Callable[..., Page], width: int, height: int) -> Page:
    page = show("mika", "/w/acme?kiosk=1", viewport={"width": width, "height": height})
    expect(badge(page)).to_have_attribute("data-condition", "live")
    return page


def test_all_cards_fit_any_screen(show, many_cards):
    page = wall(show, *SCREENS[0])
    expect(page.locator(".card-place[data-metric='custom.m0'] .figure")).to_have_text("-123,457")
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(FAULTS) == {"cards": many_cards, "outside": 0, "cut": 0, "scrolls": False}


def test_badge_is_read_from_three_metres(show):
    page = wall(show, 1920, 1080)
    for width, height in SCREENS[:3]:
        page.set_viewport_size({"width": width, "height": height})
        size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.badge-word')).fontSize)")
        assert size >= 0.02 * height


def test_ways_out(show):
    page = wall(show, 1920, 1080)
    expect(page.locator(".wall-clock")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.keyboard.press("Escape")
    expect(page.locator("#feed")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Leave the wall screen").click()
    expect(page.locator("#feed")).to_be_visible()


def test_end_of_session_is_announced(show, sql):
    page = wall(show, 1920, 1080)
    expect(page.locator(".wall-session")).to_be_hidden()
    sql("UPDATE sessions SET expires_at = now() + interval '23 hours'")
    page.reload()
    expect(page.locator(".wall-session")).to_contain_text("Signed in until")
