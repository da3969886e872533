"""A posted event is on the page at once, and in the stats with the next tick."""

from playwright.sync_api import expect
from visitor import PATH

from .conftest import STREAM, badge, feed, figure, hold

MESSAGES = """
    SELECT count(*) FROM events JOIN workspaces ON workspaces.id = workspace_id
    WHERE slug = 'acme' AND event_type = 'message.sent'
"""
FLOOD = [{"eventType": "flood.drop"}] * 520


def test_stats_and_counts_update(show, olivia, sql):
    page = show("mika")
    # Wait for what other tests have sent: the tick that counts it may not have come yet.
    before = sql(MESSAGES)[0][0]
    expect(figure(page, "messagesToday")).to_have_text(str(before))
    count = page.locator('#breakdown [data-key="message.sent"] .part-count')

    olivia.track("message.sent", {"channelId": "general"})

    expect(figure(page, "messagesToday")).to_have_text(str(before + 1))
    expect(count).to_have_text(str(before + 1))


def test_reload_keeps_the_order(show, olivia):
    for n in range(3):
        olivia.track(f"step.number{n}")
    page = show("vera")
    expect(feed(page).locator(".chip").first).to_have_text("step.number2")
    rows = feed(page).locator(".chip").all_inner_texts()
    page.reload()
    expect(badge(page)).to_have_attribute("data-condition", "live")
    assert feed(page).locator(".chip").all_inner_texts() == rows
    assert rows[:3] == ["step.number2", "step.number1", "step.number0"]


def test_event_before_the_stream_is_not_lost(show, olivia):
    # The stream is held back until the page is there and an event has happened since.
    page = show("mika")
    let_go = hold(page, STREAM)
    page.reload()
    olivia.track("meanwhile.happened")
    let_go()
    expect(feed(page).first.locator(".chip")).to_have_text("meanwhile.happened")


def test_feed_keeps_500_rows(show, olivia):
    page = show("mika")
    olivia.post(f"{PATH}/batch", json={"events": FLOOD}).raise_for_status()
    olivia.track("flood.ended")
    expect(feed(page).first.locator(".chip")).to_have_text("flood.ended")
    expect(feed(page)).to_have_count(500)


def test_scroll_position_is_kept(show, olivia):
    olivia.post(f"{PATH}/batch", json={"events": FLOOD}).raise_for_status()
    page = show("mika")
    page.locator(".feed-scroll").evaluate("element => { element.scrollTop = 200 }")
    row = feed(page).nth(8).element_handle()  # this very element, wherever it goes
    before = row.bounding_box()["y"]

    olivia.track("news.arrived")

    expect(feed(page).first.locator(".chip")).to_have_text("news.arrived")
    assert row.bounding_box()["y"] == before
