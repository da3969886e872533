"""Custom metrics by hand: made, read, changed, paused, removed."""

import functools
import re

import pytest
from playwright.sync_api import Page, expect

PATH = "/w/acme/metrics"
REALTIME = "/api/workspaces/acme/analytics/realtime"


@pytest.fixture(autouse=True)
def no_metrics(sql):
    """Every test begins with none."""
    sql("DELETE FROM custom_metrics")


@pytest.fixture
def visit_page(visit_as):
    """`visit_page(java_script_enabled=False)`: the page as Olivia, who owns, sees it."""
    return functools.partial(visit_as, "olivia", PATH)


@pytest.fixture
def page(visit_page) -> Page:
    return visit_page()


def rows(page: Page):
    return page.locator(".metric")


def empty(page: Page):
    return page.get_by_role("heading", name="No custom metrics yet")


def done(page: Page):
    return page.locator("#done")


def new_metric(page: Page):
    return page.get_by_role("link", name="New metric")


def add_condition(page: Page):
    return page.get_by_role("button", name="Condition", exact=True)


def save(page: Page):
    return page.get_by_role("button", name="Save metric")


def fill(page: Page, name: str = "bigOrders", title: str = "Big orders") -> None:
    """Orders over 100 of the last hour, in the form."""
    new_metric(page).click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Types of events").fill("order.placed")
    add_condition(page).click()
    expect(page.get_by_label("Field")).to_be_focused()
    page.get_by_label("Field").fill("total")
    page.get_by_label("Comparison").select_option("gte")
    page.get_by_label("Value").fill("100")
    page.get_by_text("1 hour", exact=True).click()
    page.get_by_label("Unit").fill("orders")


def preview(page: Page):
    """The preview, once it has been asked for."""
    page.get_by_role("button", name="Preview").click()
    return page.get_by_role("region", name="Preview")


def test_pages_work_without_javascript(visit_page, olivia):
    for total in (50, 150):
        olivia.post(REALTIME, json={"eventType": "order.placed", "eventData": {"total": total}})
    page = visit_page(java_script_enabled=False)
    expect(empty(page)).to_be_visible()
    new_metric(page).click()
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_label("Name").fill("Big Orders")
    add_condition(page).click()
    expect(page.get_by_label("Field")).to_be_focused()
    page.get_by_label("Value").press("Enter")  # saves, and does not remove the condition
    expect(page.locator("#name-error")).to_contain_text("a small letter first")
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.locator('[id="where.0.field-error"]')).to_contain_text("Write the field as eventData.total")
    page.get_by_role("button", name="Remove condition 1").click()
    expect(add_condition(page)).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("Big Orders")
    page.get_by_role("link", name="Cancel").click()
    fill(page)
    page.get_by_label("Types of events").fill("order.placd")
    save(page).click()
    asked = page.get_by_role("alert")
    expect(asked).to_contain_text("Nothing of this kind was seen yet: type order.placd.")
    expect(asked).to_be_focused()
    page.get_by_label("Types of events").fill("order.placed")
    shown = preview(page)
    expect(shown).to_be_focused()
    expect(shown.locator(".metric-value")).to_have_text("1")
    expect(shown.get_by_role("img")).to_have_accessible_name(re.compile("^The last 24 hours: .*now 1.$"))
    expect(page.get_by_label("Field")).to_have_value("eventData.total")
    save(page).click()
    expect(done(page)).to_contain_text("The metric is made.")
    row = rows(page).first
    for words in (
        "Big orders",
        "custom.bigOrders",
        "eventData.total is at least 100",
        "the last hour",
        "orders",
    ):
        expect(row).to_contain_text(words)
    expect(row.locator(".metric-value")).to_have_text("1")

    page.get_by_role("link", name="Change Big orders").click()
    expect(page.get_by_role("heading", name="Change Big orders")).to_be_visible()
    expect(page.get_by_label("Name")).not_to_be_editable()
    expect(page.get_by_label("Value")).to_have_value("100")
    expect(page.get_by_label("Of", exact=True)).to_be_hidden()
    page.get_by_label("What").select_option("sum")
    page.get_by_label("Of", exact=True).fill("eventData.total")
    page.get_by_label("Comparison").select_option("exists")
    expect(page.get_by_label("Value")).to_be_hidden()
    save(page).click()
    expect(rows(page).first).to_contain_text("The sum of eventData.total")

    page.get_by_role("button", name="Pause Big orders").click()
    expect(rows(page).first).to_contain_text("Paused. An admin paused it.")
    page.get_by_role("button", name="Resume Big orders").click()
    expect(rows(page).first).not_to_contain_text("Paused.")
    page.get_by_role("link", name="Remove Big orders").click()
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name="Remove Big orders").click()
    page.get_by_role("button", name="Remove").click()
    expect(done(page)).to_have_text("The metric is removed.")
    expect(empty(page)).to_be_visible()
