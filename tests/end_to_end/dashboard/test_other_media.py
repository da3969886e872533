"""The dashboard in forced colours, on paper and from right to left."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import badge


@pytest.fixture
def page(show, mika) -> Page:
    mika.track("message.sent", {"channelId": "general"})
    return show("mika")


def style(page: Page, selector: str, name: str) -> str:
    return page.locator(selector).first.evaluate("(element, name) => getComputedStyle(element)[name]", name)


def test_shapes_survive_forced_colours(page):
    page.emulate_media(forced_colors="active")
    ground = style(page, "body", "backgroundColor")
    assert style(page, ".dot", "backgroundColor") != ground
    assert style(page, ".row .chip", "outlineStyle") == "solid"
    badge(page).evaluate("badge => badge.dataset.condition = 'connecting'")
    assert style(page, ".dot", "backgroundColor") == "rgba(0, 0, 0, 0)"
    assert style(page, ".dot", "borderTopColor") != ground


def test_paper_has_a_date_and_nothing_to_press(page):
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("#printed")).to_have_text(re.compile(r"^Live · printed .*20\d\d.* UTC$"))
    for hidden in (".skip", "#asks", "#track", "#choose-cards", ".theme-button", ".chart-explain"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("#now .figure").first).to_be_visible()


def test_right_to_left(page):
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.get_by_role("button", name="What it is").click()
    panel = page.locator("#explanation-panel")
    expect(panel).to_be_visible()
    assert panel.bounding_box()["x"] == 0
    assert style(page, ".explanation-meaning", "unicodeBidi") == "plaintext"
