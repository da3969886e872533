"""Settings by hand: what is changed is saved, what is wrong is said beside its field."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, PHONE, email_of, notice

USUAL = {"name": "Acme", "timezone": "UTC", "strict": False, "addresses": "off"}


@pytest.fixture
def visit_page(open_page, olivia):
    def visit_page(**options) -> Page:
        page = open_page(**options)
        page.request.post("/api/auth/login", data={"email": email_of("olivia"), "password": PASSWORD})
        page.goto("/w/acme/settings")
        return page

    yield visit_page
    olivia.request("PATCH", "/api/workspaces/acme/settings", json=USUAL).raise_for_status()


def test_they_are_saved_together(visit_page, mika):
    mika.track("deploy.finished")
    page = visit_page()
    expect(page.locator(".type-row").filter(has_text="deploy.finished")).to_contain_text(
        "The workspace’s own"
    )
    page.get_by_label("Timezone").fill("Berlin")
    expect(page.locator("#settings-timezone-hint")).to_contain_text("A name such as Europe/Berlin.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#settings-timezone-faults")).to_have_text(
        "Not an IANA time zone. Did you mean Europe/Berlin?"
    )
    expect(page.get_by_label("Timezone")).to_be_focused()
    page.get_by_label("Timezone").fill("Europe/Berlin")
    expect(page.locator("#settings-timezone-hint")).to_contain_text("There it is")
    page.get_by_label("Addresses and user agents").select_option("truncated")
    page.get_by_label("Strict").check()
    expect(page.locator("#strict-loss")).to_contain_text("refused from then on: ")
    page.keyboard.press("Enter")
    expect(notice(page)).to_have_text("Saved.")
    expect(page.locator("#strict-loss")).to_be_empty()
    page.reload()
    expect(page.get_by_label("Timezone")).to_have_value("Europe/Berlin")
    expect(page.get_by_label("Strict")).to_be_checked()
    expect(page.get_by_label("Addresses and user agents")).to_have_value("truncated")


def test_on_a_phone_nothing_scrolls_sideways(visit_page):
    page = visit_page(viewport=PHONE)
    expect(page.locator(".type-row").first).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
