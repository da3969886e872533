"""Settings by hand: what is changed is saved, what is wrong is said beside its field."""

import functools

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, is_wide

USUAL = {"name": "Acme", "timezone": "UTC", "strict": False, "addresses": "off"}
HUES = """async () => {
  const { typeColour } = await import('/static/js/ui/type-colour.js');
  const rows = [...document.querySelectorAll('.type-row')];
  return rows.map(({ dataset, textContent }) => [dataset.hue, String(typeColour(textContent.trim()))]);
}"""


@pytest.fixture
def visit_page(visit_as, olivia):
    yield functools.partial(visit_as, "olivia", "/w/acme/settings")
    olivia.request("PATCH", "/api/workspaces/acme/settings", json=USUAL).raise_for_status()


def test_page_works_without_javascript(visit_page, mika):
    mika.track("deploy.finished")
    page = visit_page(viewport=PHONE, java_script_enabled=False)
    page.get_by_label("Timezone").fill("Berlin")
    page.get_by_label("Strict").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#timezone-error")).to_have_text("Not an IANA time zone. Did you mean Europe/Berlin?")
    expect(page.get_by_label("Timezone")).to_be_focused()
    expect(page.get_by_label("Strict")).to_be_checked()
    page.get_by_label("Timezone").fill("Europe/Berlin")
    page.get_by_label("Addresses and user agents").select_option("truncated")
    page.get_by_label("Timezone").press("Enter")
    expect(page.locator("#done")).to_have_text("Saved.")
    expect(page.get_by_label("Timezone")).to_have_value("Europe/Berlin")
    expect(page.locator("#timezone-hint")).to_contain_text("There it is")
    expect(page.get_by_label("Strict")).to_be_checked()
    expect(page.get_by_label("Addresses and user agents")).to_have_value("truncated")


def test_strict_warns_while_it_is_not_saved(visit_page, mika):
    mika.track("deploy.finished")
    page = visit_page(viewport=PHONE)
    assert not is_wide(page)
    warning = page.get_by_text("refused from then on: ")
    expect(warning).to_be_hidden()
    page.get_by_label("Strict").check()
    expect(warning).to_be_visible()


def test_event_types_are_refreshed(visit_page, mika):
    mika.track("deploy.finished")
    page = visit_page()
    page.clock.install()
    page.reload()
    row = page.locator(".type-row").filter(has_text="deploy.finished")
    before = int(row.locator(".type-count").inner_text())
    mika.track("deploy.finished")
    page.clock.fast_forward(15_000)
    expect(row.locator(".type-count")).to_have_text(str(before + 1))
    hues = page.evaluate(HUES)
    assert hues
    assert all(shown == expected for shown, expected in hues)
