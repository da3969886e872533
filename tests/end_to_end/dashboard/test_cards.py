"""The cards: the last hour as a line, beside yesterday, in the order that a member has chosen."""

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
    """Everybody sees everything again when the test is over."""
    page = show("vera")
    yield page
    page.request.put("/api/workspaces/acme/dashboard", data={"cards": None})


def test_a_card_draws_what_it_hears_and_says_what_was_yesterday(show, olivia):
    olivia.track("message.sent")
    page = show("mika")
    card = page.locator('[data-metric="messagesToday"]')
    page.wait_for_function("document.querySelector('.spark-line').getAttribute('d')?.startsWith('M')")
    expect(card.locator(".card-change [aria-hidden]")).not_to_be_empty()
    expect(card.locator(".card-change .for-screen-readers")).to_contain_text("yesterday at this time")


def test_a_custom_metric_is_a_card_and_counts_live(show, olivia):
    olivia.post(CUSTOM, json=ORDERS).raise_for_status()
    page = show("mika")
    assert labels(page)[-1] == "Orders"
    olivia.track("order.placed")
    expect(figure(page, "custom.orders")).to_have_text("1")
    olivia.delete(f"{CUSTOM}/orders").raise_for_status()


def test_cards_are_chosen_and_ordered_by_keyboard_and_stay_so(as_usual):
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


def test_the_last_card_cannot_be_put_away(as_usual):
    page = as_usual
    page.get_by_role("button", name="Choose cards").click()
    for box in page.locator(".choice input").all():
        box.uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".choose-fault")).to_have_text("Keep one card at least.")
