"""The chart of the chosen metric, as bars, line and table; its explanation; and kiosk mode."""

import re

from playwright.sync_api import expect

from .conftest import badge


def test_card_shows_chart_and_explanation(show, olivia):
    olivia.track("message.sent")
    page = show("mika")
    card = page.get_by_role("button", name="Online now")
    card.press("Enter")
    chart = page.locator("#figure")
    expect(card).to_have_attribute("aria-pressed", "true")
    expect(chart.locator(".chart canvas")).to_be_visible()
    expect(chart.get_by_role("slider")).to_have_attribute("aria-label", "Online now per minute")
    expect(chart.locator(".chart-readout")).to_have_text(re.compile("highest .+, last "))
    page.get_by_label("What the chart shows").select_option("Messages")
    expect(chart.get_by_role("slider")).to_have_attribute("aria-label", "Messages per minute")
    chart.get_by_text("As a table").click()
    expect(chart.locator("tbody tr")).to_have_count(60)
    explain = chart.get_by_role("button", name="What it is")
    explain.click()
    panel = page.get_by_role("dialog")
    expect(panel.locator(".explanation-meaning")).to_contain_text("Messages sent since local midnight")
    expect(panel.locator(".explanation-events .chip").first).to_have_text("message.sent")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(explain).to_be_focused()


def test_addresses_of_the_version_before(show):
    page = show("mika", "/w/acme?metric=onlineUsers&range=7d&before=1")
    expect(page.get_by_label("What the chart shows")).to_have_value("onlineUsers")
    expect(page.locator("#range-button")).to_contain_text("Last 7 days")
    expect(page.get_by_label("Compare with")).to_have_value("previous")
    expect(page.locator(".chart-csv")).to_have_attribute("href", re.compile("metric=onlineUsers.*step=1h"))


def test_table_replaces_missing_charts(show):
    page = show("mika")
    page.evaluate("delete document.querySelector('.figure-chart').dataset.library")
    page.get_by_role("button", name="Online now").click()
    expect(page.locator(".chart-note")).to_contain_text("charts are not installed")
    expect(page.locator("#figure tbody tr").first).to_be_visible()


def test_kiosk_shows_cards_and_badge(show):
    page = show("mika", "/w/acme?kiosk=1")
    expect(badge(page)).to_be_visible()
    expect(page.locator(".card").first).to_be_visible()
    for hidden in ("#feed", "#figure", "#asks", "#breakdown", "#reconnect", "#choose-cards"):
        expect(page.locator(hidden)).to_be_hidden()
