"""The panel of a metric: history as chart and table, explanation; and kiosk mode."""

import re

from playwright.sync_api import expect

from .conftest import badge


def test_panel_shows_chart_and_explanation(show, olivia):
    olivia.track("message.sent")
    page = show("mika")
    card = page.get_by_role("button", name="Messages today")
    card.press("Enter")
    panel = page.locator("#figure-panel")
    expect(panel.locator(".chart canvas")).to_be_visible()
    expect(panel.locator(".chart")).to_have_attribute(
        "aria-label", re.compile("Messages today, the last 24 hours")
    )
    expect(panel.locator(".explanation-meaning")).to_contain_text("Messages sent since local midnight")
    expect(panel.locator(".explanation-events .chip").first).to_have_text("message.sent")
    panel.get_by_text("As a table").click()
    expect(panel.locator("tbody tr").nth(280)).to_be_attached()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(card).to_be_focused()
    expect(page).to_have_url(re.compile(r"/w/acme$"))


def test_panel_is_in_the_address(show):
    page = show("mika")
    page.get_by_role("button", name="Online now").click()
    page.locator('input[name="range"][value="7d"]').check(force=True)
    page.get_by_label("Previous period").check()
    expect(page).to_have_url(re.compile(r"metric=onlineUsers&range=7d&before=1"))
    page.reload()
    panel = page.locator("#figure-panel")
    expect(panel.locator(".chart")).to_have_attribute("aria-label", re.compile("the last 7 days"))
    expect(panel.get_by_label("Previous period")).to_be_checked()
    assert "step=1h" in panel.locator(".chart-csv").get_attribute("href")


def test_chart_zooms_in_and_out(show):
    page = show("mika", "/w/acme?metric=onlineUsers&range=24h")
    box = page.locator(".chart .u-over").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 50, steps=4)
    page.mouse.up()
    whole = page.get_by_role("button", name="Whole range")
    expect(whole).to_be_visible()
    assert "step=1m" in page.locator(".chart-csv").get_attribute("href")
    whole.click()
    expect(whole).to_be_hidden()


def test_table_replaces_missing_charts(show):
    page = show("mika")
    page.evaluate("delete document.querySelector('.figure-chart').dataset.library")
    page.get_by_role("button", name="Online now").click()
    expect(page.locator(".chart-note")).to_contain_text("charts are not installed")
    expect(page.locator("#figure-panel tbody tr").first).to_be_visible()


def test_kiosk_shows_cards_and_badge(show):
    page = show("mika", "/w/acme?kiosk=1")
    expect(badge(page)).to_be_visible()
    expect(page.locator(".card").first).to_be_visible()
    for hidden in ("#feed", "#counts", "#reconnect", "#choose-cards"):
        expect(page.locator(hidden)).to_be_hidden()
