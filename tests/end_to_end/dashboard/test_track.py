"""Tracking an event by hand: from the dialog to the feed, with errors at their fields."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import feed, notice


@pytest.fixture
def page(show) -> Page:
    page = show("mika")
    page.get_by_role("button", name="Track an event").click()
    return page


def fill(page: Page, event_type: str, data: str) -> None:
    page.get_by_label("Event type").fill(event_type)
    page.locator("#track-data").fill(data)
    page.get_by_role("dialog").get_by_role("button", name="Track", exact=True).click()


def test_tracked_event_is_in_the_feed(page):
    fill(page, "deploy.finished", '{"service": "api"}')
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(feed(page).first).to_contain_text("deploy.finished")
    expect(feed(page).first).to_contain_text("Mika")
    expect(notice(page)).to_contain_text("deploy.finished is recorded as event number")


def test_known_type_has_an_example(page):
    page.get_by_label("Event type").fill("task.created")
    expect(page.get_by_text("A task is to be done.")).to_be_visible()
    page.get_by_role("button", name="Use an example").click()
    page.get_by_role("dialog").get_by_role("button", name="Track", exact=True).click()
    expect(feed(page).first).to_contain_text("task.created")


def test_known_types_are_suggested(page):
    assert page.locator("#track-types option").count() == 30


@pytest.mark.parametrize(
    ("event_type", "data", "fault", "words"),
    [
        ("message.sent", "{channelId", "#track-data-faults", "This is not valid JSON"),
        ("message.sent", "[1]", "#track-data-faults", "The data must be a JSON object"),
        ("message.deleted", "{}", "#track-data-faults", "needs messageId"),
        ("Message Sent", "", "#track-type-faults", "lower"),
        ("", "", "#track-type-faults", ""),
    ],
)
def test_errors_are_at_their_fields(page, event_type, data, fault, words):
    fill(page, event_type, data)
    expect(page.locator(fault)).not_to_be_empty()
    expect(page.locator(fault)).to_contain_text(words)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("document.activeElement.ariaInvalid") == "true"


def test_tracking_by_keyboard(show):
    page = show("mika")
    track = page.get_by_role("button", name="Track an event")
    track.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Event type")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(track).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("keyboard.used")
    page.keyboard.press("Enter")
    expect(feed(page).first).to_contain_text("keyboard.used")
