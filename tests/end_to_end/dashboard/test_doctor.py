"""The doctor without a proxy finds no fault."""

from playwright.sync_api import expect

from .conftest import badge


def test_no_findings_without_a_proxy(show, olivia):
    olivia.track("doctor.calls")
    page = show("vera")
    page.goto("/doctor")
    expect(page.locator("#summary")).to_have_text("Nothing on the way is wrong.")
    expect(page.locator('.finding[data-tone="good"]')).to_have_count(9)


def test_badge_links_to_the_doctor(show):
    page = show("mika")
    badge(page).click()
    link = page.get_by_role("link", name="Look for what is in the way")
    expect(link).to_be_hidden()
    page.route("**/analytics/realtime*", lambda route: route.abort())
    page.get_by_role("button", name="Reconnect now").click()
    expect(badge(page)).to_have_attribute("data-condition", "reconnecting")
    badge(page).click()
    link.click()
    expect(page.get_by_role("heading", name="Doctor")).to_be_visible()
