"""The live feed: pause, filters, event dialog, keyboard."""

import re

from playwright.sync_api import expect

from .conftest import feed


def types(page):
    return feed(page).locator(".chip")


def filters(page):
    """The menu of the filters, opened."""
    page.get_by_role("button", name="Filter", exact=True).click()
    return page.get_by_role("search")


def test_pause_counts_waiting_events(show, olivia):
    page = show("mika")
    olivia.track("quiet.before")
    expect(types(page).first).to_have_text("quiet.before")
    page.locator(".feed-pause").click()
    olivia.track("first.waiting")
    olivia.track("second.waiting")
    play = page.locator(".feed-pause")
    expect(play).to_contain_text("2 new")
    expect(types(page).first).to_have_text("quiet.before")
    play.click()
    expect(types(page).first).to_have_text("second.waiting")
    expect(play).to_have_attribute("data-paused", "false")


def test_type_filter_is_in_the_address(show, olivia):
    olivia.track("deploy.finished")
    page = show("mika")
    filters(page).get_by_label("Type").select_option("deploy.finished")
    expect(page.locator("#feed[data-filtered]")).to_be_visible()
    expect(types(page).first).to_have_text("deploy.finished")
    olivia.track("message.sent", {"channelId": "general"})
    olivia.track("deploy.finished")
    assert set(types(page).all_inner_texts()) == {"deploy.finished"}
    expect(page).to_have_url(re.compile(r"\?type=deploy\.finished$"))
    page.reload()
    expect(page.locator("#filter-menu select[name=type]")).to_have_value("deploy.finished")
    expect(types(page).first).to_have_text("deploy.finished")
    page.get_by_role("button", name="Remove the filter deploy.finished").click()
    expect(page).not_to_have_url(re.compile("type="))
    expect(types(page).filter(has_text="message.sent").first).to_be_visible()


def test_person_filter(show, olivia, mika):
    olivia.track("message.sent")
    mika.track("message.sent")
    page = show("mika")
    filters(page).get_by_label("Person").select_option(label="Mika")
    expect(page.locator("#feed[data-filtered]")).to_be_visible()
    expect(feed(page).first.locator(".row-who")).to_have_text("Mika")
    assert set(feed(page).locator(".row-who").all_inner_texts()) == {"Mika"}


def test_channel_filter_is_live(show, olivia):
    olivia.track("message.sent", {"channelId": "harbour"})
    page = show("vera", "/w/acme?channel=harbour")
    expect(feed(page)).to_have_count(1)
    olivia.track("message.edited", {"channelId": "elsewhere", "messageId": "m-1"})
    olivia.track("reaction.added", {"channelId": "harbour", "messageId": "m-1"})
    expect(types(page)).to_have_text(["reaction.added", "message.sent"])


def test_channel_is_found_as_it_is_written(show, olivia):
    olivia.track("message.sent", {"channelId": "quay"})
    page = show("mika")
    filters(page).get_by_label("Channel").fill("#quay")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?channel=quay$"))
    expect(types(page)).to_have_text(["message.sent"])
    expect(page.get_by_role("button", name="Remove the filter #quay")).to_be_visible()


def test_event_has_an_address(show, olivia):
    olivia.track("deploy.finished", {"note": "by link"})
    page = show("olivia")
    feed(page).first.get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"\?event="))
    page.reload()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text('"note": "by link"')
    expect(dialog.locator(".chip")).to_have_text("deploy.finished")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/w/acme$"))


def test_filter_without_matches(show):
    page = show("mika", "/w/acme?channel=no-such-channel")
    expect(page.get_by_text("Nothing that fits has happened lately")).to_be_visible()


def test_event_details_by_role(show, olivia):
    olivia.track("deploy.finished", {"note": "<b>bold</b>"})
    page = show("olivia")
    feed(page).first.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text('"note": "<b>bold</b>"')
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_hidden_data_has_a_reason(show, olivia):
    olivia.track("deploy.finished", {"note": "secret"})
    page = show("vera")
    feed(page).first.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("An event's data is for its author and for admins.")
    expect(page.get_by_role("dialog")).not_to_contain_text("secret")


def test_arrow_keys_move_between_rows(show, olivia):
    olivia.track("second.row")
    olivia.track("first.row")
    page = show("mika")
    page.locator(".feed-scroll").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").locator(".chip")).to_have_text("second.row")
    page.keyboard.press("Escape")
    expect(feed(page).nth(1).get_by_role("button")).to_be_focused()
