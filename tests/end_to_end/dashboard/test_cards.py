"""The cards: sparkline, change since yesterday, and the order that a member has chosen."""

import pytest
from playwright.sync_api import expect

from .conftest import badge, figure

ORDERS = {
    "name": "orders",
    "title": "Orders",
    "aggregate": "count",
    "types": ["order.placed"],
    "window": "today",
}
CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"


def labels(page) -> list[str]:
    return page.locator(".card-place:not([hidden]) .card-label").all_inner_texts()


@pytest.fixture
def as_usual(show):
    """Reset the choice of cards after the test."""
    page = show("vera")
    yield page
    page.request.put("/api/workspaces/acme/dashboard", data={"cards": None})


def test_card_shows_value_and_change(show, olivia):
    olivia.track("message.sent")
    page = show("mika")
    card = page.locator('[data-metric="messagesToday"]')
    page.wait_for_function("document.querySelector('.spark-line').getAttribute('d')?.startsWith('M')")
    expect(card.locator(".card-change [aria-hidden]")).not_to_be_empty()
    expect(card.locator(".card-change .for-screen-readers")).to_contain_text("yesterday at this time")


def test_custom_metric_has_a_live_card(show, olivia):
    olivia.post(CUSTOM, json=ORDERS).raise_for_status()
    page = show("mika")
    assert labels(page)[-1] == "Orders"
    olivia.track("order.placed")
    expect(figure(page, "custom.orders")).to_have_text("1")
    olivia.delete(f"{CUSTOM}/orders").raise_for_status()


def test_cards_are_chosen_by_keyboard(as_usual):
    page = as_usual
    page.get_by_role("button", name="Choose cards").press("Enter")
    page.get_by_role("button", name="Move Online now earlier").press("Enter")
    for name in ("Sessions", "Tasks"):
        page.get_by_label(name, exact=True).uncheck()
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator("#choose-dialog")).to_be_hidden()
    chosen = ["Online now", "Active users", "Messages today", "Last hour", "Channels", "Orchestrators"]
    assert labels(page) == chosen
    page.reload()
    expect(badge(page)).to_have_attribute("data-condition", "live")
    assert labels(page) == chosen


def test_last_card_cannot_be_removed(as_usual):
    page = as_usual
    page.get_by_role("button", name="Choose cards").click()
    for box in page.locator(".choice input").all():
        box.uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".choose-fault")).to_have_text("Keep one card at least.")
