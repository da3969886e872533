"""No layout shift, and no animation with reduced motion."""

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
