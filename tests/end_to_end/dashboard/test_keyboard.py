"""The dashboard by keyboard: tab order, focus, single-key shortcuts."""

import re

from playwright.sync_api import Page, expect

from .conftest import badge

# Once around the page, each thing by how one would name it.
ROUND = [
    "Skip to the figures",
    "badge",
    "Theme",
    "shortcuts",
    "Mika",
    "range-button",
    "Compare with",
    "filter-button",
    *["card"] * 8,
    "Wall screen",
    "choose-cards",
    "What the chart shows",
    "note-button",
    "What it is",
    "Download CSV",
    "Messages per minute",
    "As a table",
    "Pause",
    "track",
    "q",
    "Export",
    "Events, the newest first",
    "parts-by-type",
    "parts-panel",
    "what-changed",
]
FOCUSED = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const isSeen = getComputedStyle(at).outlineStyle !== 'none' || at.matches('.skip');
  const name = at.classList.contains('card') ? 'card'
    : at.id || at.name || at.getAttribute('aria-label') || at.innerText.trim();
  return isSeen ? name : `${name}, unseen`;
}"""


def around(page: Page) -> list[str]:
    found = []
    while len(found) < 60:
        page.keyboard.press("Tab")
        name = page.evaluate(FOCUSED)
        if name is None:
            break
        if page.evaluate("document.activeElement.closest('.chart-marks, .feed-older') !== null"):
            continue  # there are as many as other tests have made
        found.append(name)
    return found


def test_tab_order_and_focus_ring(show, olivia):
    olivia.track("message.sent")
    page = show("mika")
    page.evaluate("document.activeElement.blur()")
    assert around(page) == ROUND


def test_single_key_shortcuts(show):
    page = show("mika", color_scheme="light")
    pause, listed = page.locator(".feed-pause"), page.locator("#shortcuts-dialog")
    page.keyboard.press("?")
    expect(listed).to_be_visible()
    page.keyboard.press("p")  # a dialog is open: it is not for the feed
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(pause).to_have_attribute("data-paused", "false")
    page.keyboard.press("p")
    expect(pause).to_have_attribute("data-paused", "true")
    page.keyboard.press("p")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("n")
    expect(page.locator("#track-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#track-dialog")).to_be_hidden()
    page.keyboard.press("f")
    expect(page.get_by_label("Type", exact=True)).to_be_focused()
    page.get_by_label("Channel", exact=True).focus()
    page.keyboard.type("pt?")  # typed, not pressed
    expect(page.get_by_label("Channel", exact=True)).to_have_value("pt?")
    expect(pause).to_have_attribute("data-paused", "false")
    expect(listed).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("channel="))
    page.get_by_role("button", name="Remove the filter #pt?").press("Enter")
    page.locator(".feed-scroll").focus()
    page.keyboard.press("k")
    expect(page.locator("body[data-kiosk]")).to_be_visible()
    expect(badge(page)).to_have_attribute("data-condition", "live")
    page.keyboard.press("k")
    expect(page.locator("#feed")).to_be_visible()


def test_shortcuts_can_be_switched_off(show):
    page = show("mika")
    page.get_by_role("button", name="Keyboard shortcuts").press("Enter")
    page.get_by_role("checkbox", name="Single keys work").press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts-dialog")).to_be_hidden()
    page.reload()
    expect(badge(page)).to_have_attribute("data-condition", "live")
    page.keyboard.press("p")
    page.keyboard.press("?")
    expect(page.locator(".feed-pause")).to_have_attribute("data-paused", "false")
    expect(page.locator("#shortcuts-dialog")).to_be_hidden()
    page.get_by_role("button", name="Keyboard shortcuts").press("Enter")
    expect(page.get_by_role("checkbox", name="Single keys work")).not_to_be_checked()


def test_viewer_has_no_track_shortcut(show):
    page = show("vera")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts-dialog")).to_contain_text("Pause the feed")
    expect(page.locator("#shortcuts-dialog")).not_to_contain_text("Track")
