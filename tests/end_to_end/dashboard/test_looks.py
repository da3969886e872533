"""No layout shift, no animation with reduced motion; themes follow the system or the choice."""

import pytest
from playwright.sync_api import expect

from .conftest import badge, figure

# What moves, except for the rows of the feed, which make way for the next one, and the words within the badge.
RECORD_SHIFTS = """
    window.moved = [];
    new PerformanceObserver((list) => {
      for (const { sources } of list.getEntries()) {
        const nodes = sources.map(({ node }) => (node instanceof Element ? node : node?.parentElement));
        const unasked = nodes.filter((node) => node && !node.closest('.rows, #badge'));
        moved.push(...unasked.map((node) => node.outerHTML));
      }
    }).observe({ type: 'layout-shift', buffered: true });
"""


def test_no_layout_shift(show, olivia):
    page = show("mika")
    page.add_init_script(RECORD_SHIFTS)
    page.reload()
    expect(badge(page)).to_have_attribute("data-condition", "live")
    before = figure(page, "messagesToday").inner_text()
    olivia.track("message.sent")
    expect(figure(page, "messagesToday")).not_to_have_text(before)
    page.context.set_offline(True)
    expect(badge(page)).to_contain_text("Offline")
    page.context.set_offline(False)
    expect(badge(page)).to_contain_text("Live")
    assert page.evaluate("moved") == []


def test_reduced_motion_stops_animations(show, olivia):
    page = show("mika", reduced_motion="reduce")
    before = figure(page, "messagesToday").inner_text()
    olivia.track("message.sent")
    expect(figure(page, "messagesToday")).not_to_have_text(before)
    assert page.evaluate("document.getAnimations().length") == 0


BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(246, 247, 249)", "rgb(13, 15, 18)"


@pytest.mark.parametrize(("system", "colour"), [("light", LIGHT), ("dark", DARK)])
def test_theme_follows_the_system(show, system, colour):
    page = show("mika", color_scheme=system)
    assert page.evaluate(BACKGROUND) == colour
    page.goto("/w/nowhere")
    assert page.evaluate(BACKGROUND) == colour


@pytest.mark.parametrize(
    ("system", "choice", "colour"),
    [("light", "Dark", DARK), ("dark", "Light", LIGHT), ("dark", "As the system", DARK)],
)
def test_chosen_theme_is_stored(show, system, choice, colour):
    page = show("mika", color_scheme=system)
    page.get_by_role("button", name="Theme").click()
    page.get_by_text(choice, exact=True).click()
    assert page.evaluate(BACKGROUND) == colour
    page.reload()
    assert page.evaluate(BACKGROUND) == colour
    page.get_by_role("button", name="Theme").click()
    expect(page.get_by_role("radio", name=choice)).to_be_checked()


def test_theme_is_set_before_first_paint(show):
    page = show("mika", color_scheme="light")
    page.evaluate("localStorage.setItem('pulse-theme', 'dark')")
    page.add_init_script(
        """new MutationObserver((_, observer) => {
             if (!document.body) return;
             window.themeAtFirstBody = document.documentElement.dataset.theme;
             observer.disconnect();
           }).observe(document, { childList: true, subtree: true })"""
    )
    page.reload()
    assert page.evaluate("window.themeAtFirstBody") == "dark"
