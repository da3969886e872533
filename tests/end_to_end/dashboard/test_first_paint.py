"""The panels say without scripts what the scripts write: nothing changes when these begin to run."""

from playwright.sync_api import Page, expect

from .conftest import badge, feed, figure

TEXTS = (".here-words", "#feed .row", ".parts-total", "#breakdown .part-name", "#breakdown .part-count")
MAX_ROWS = 20  # that the server renders


def texts_of(page: Page) -> dict[str, list[str]]:
    """What is in the panels; of the feed, the rows that both render."""
    return {
        selector: [" ".join(text.split()) for text in page.locator(selector).all_text_contents()[:MAX_ROWS]]
        for selector in TEXTS
    }


def hues_of(page: Page) -> list[str | None]:
    return [chip.get_attribute("data-hue") for chip in feed(page).locator(".chip").all()[:MAX_ROWS]]


def test_panels_are_rendered_as_scripts_write_them(show, visit_as, olivia, mika):
    for type, channel in (("message.sent", "general"), ("task.created", ""), ("first.painted", "")):
        olivia.track(type, {"channelId": channel} if channel else {"taskId": "t-1"})
    last = mika.track("message.sent", {"channelId": "random"})
    assert last["eventId"]
    live = show("mika")
    expect(feed(live).first.locator(".row-who")).to_have_text("Mika")
    expect(live.locator("#breakdown .part", has_text="first.painted")).to_have_count(1)
    live.reload()
    expect(badge(live)).to_have_attribute("data-condition", "live")

    plain = visit_as("mika", "/w/acme", java_script_enabled=False)
    assert texts_of(plain) == texts_of(live)
    assert hues_of(plain) == hues_of(live)
    assert figure(plain, "messagesToday").text_content() == figure(live, "messagesToday").text_content()


def test_rows_of_other_events_are_left_to_the_script(visit_as, olivia):
    olivia.track("first.painted")
    filtered = visit_as("mika", "/w/acme?type=message.sent", java_script_enabled=False)
    assert feed(filtered).count() == 0


def test_controls_are_disabled_until_scripts_run(show, visit_as):
    plain, live = visit_as("olivia", "/w/acme", java_script_enabled=False), show("olivia")
    for name in (
        "Pause",
        "Track an event",
        "Choose cards",
        "Keyboard shortcuts",
        "What changed?",
        "Filter",
        "What it is",
    ):
        expect(plain.get_by_role("button", name=name, exact=True)).to_be_disabled()
        expect(live.get_by_role("button", name=name, exact=True)).to_be_enabled()
    expect(plain.locator(".card:visible").first).to_be_disabled()
    expect(live.locator("[data-needs-script]:disabled")).to_have_count(0)
    expect(plain.locator("noscript .notice-text")).to_be_visible()  # it says that the page is not live
    expect(plain.locator("#badge")).to_be_hidden()
