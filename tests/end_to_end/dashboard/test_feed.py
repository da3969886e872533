"""The live feed: pause, filters, event dialog, keyboard."""

import re

from playwright.sync_api import expect
from visitor import PATH

from .conftest import feed


def types(page):
    return feed(page).locator(".chip")


def filters(page):
    """The menu of the filters, opened."""
    page.get_by_role("button", name="Filter", exact=True).click()
    return page.locator("#filter-menu")


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
    page.goto("/w/acme?channel=no-such-channel&range=yesterday")  # where nothing appears any more
    expect(page.locator(".feed-nothing")).to_have_text("Nothing that fits has happened in this time.")


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


def track_days_ago(olivia, sql, days: int) -> None:
    """Post an event which then has happened days ago."""
    seq = olivia.track("day.divided")["seq"]
    sql("UPDATE events SET occurred_at = occurred_at - make_interval(days => %s) WHERE seq = %s", days, seq)


def test_rows_say_where(show, olivia):
    olivia.track("message.sent", {"channelId": "harbour"})
    olivia.track("task.created", {"taskId": "t-77"})
    page = show("vera")
    expect(feed(page).locator(".row-where").first).to_have_text("t-77")
    expect(feed(page).locator(".row-where").nth(1)).to_have_text("#harbour")


def test_days_are_divided(show, olivia, sql):
    for days in (9, 1, 1, 0):
        track_days_ago(olivia, sql, days)
    page = show("mika", "/w/acme?type=day.divided")
    expect(feed(page)).to_have_count(4)
    names = page.locator(".rows > *").evaluate_all("all => all.map(one => one.classList[0])")
    assert names == ["row", "row-day", "row", "row", "row-day", "row"]
    expect(page.locator(".row-day")).to_have_text([re.compile("^Yesterday, "), re.compile("^[A-Z][a-z]+day")])
    track_days_ago(olivia, sql, 1)  # one that came late
    page.reload()
    expect(page.locator(".row-day").nth(1)).to_have_text("Today")
    expect(page.locator(".row-day")).to_have_count(4)


def test_older_events_without_end(show, olivia):
    tasks = [f"t-{number}" for number in range(250)]
    batch = [{"eventType": "task.created", "eventData": {"taskId": task}} for task in tasks]
    assert olivia.post(f"{PATH}/batch", json={"events": batch}).status_code == 200
    page = show("mika")
    expect(feed(page)).to_have_count(50)
    for _ in range(4):
        page.locator(".feed-scroll").evaluate("list => list.scrollTo(0, list.scrollHeight)")
        page.wait_for_timeout(300)
    where = feed(page).locator(".row-where")
    expect(where.nth(249)).to_have_text("t-0")
    assert where.all_inner_texts()[:250] == tasks[::-1]


def test_row_under_the_pointer_stays(show, olivia):
    for number in range(40):
        olivia.track("pointer.before", sessionId=f"s-{number}")
    page = show("olivia")
    row = feed(page).nth(2)
    row.hover()
    olivia.track("newer.one")
    expect(types(page).first).to_have_text("newer.one")
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_contain_text("s-37")
    page.keyboard.press("Escape")
    page.locator(".feed-scroll").blur()
    page.mouse.move(5, 5)
    expect(types(page).first).to_be_in_viewport()


def test_search_finds_data_for_who_may_see_it(show, olivia):
    olivia.track("order.placed", {"note": "A needle in it"})
    olivia.track("order.placed", {"note": "hay"})
    page = show("olivia")
    box = page.get_by_role("searchbox")
    box.fill("NEEDLE")
    box.press("Enter")
    expect(feed(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=NEEDLE$"))
    olivia.track("needle.found")
    expect(types(page)).to_have_text(["needle.found", "order.placed"])
    assert "q=NEEDLE" in page.locator(".feed-csv").get_attribute("href")
    page.go_back()
    expect(types(page).nth(2)).to_have_text("order.placed")
    expect(box).to_have_value("")
    member = show("mika", "/w/acme?q=needle")
    expect(types(member)).to_have_text(["needle.found"])


SHIFTS = """() => {
  window.shifts = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shifts += entry.value)))
    .observe({ type: 'layout-shift', buffered: false });
}"""


def test_new_rows_shift_nothing(show, olivia):
    for _ in range(40):
        olivia.track("shift.before")
    page = show("mika")
    page.evaluate(SHIFTS)
    for number in range(30):
        olivia.track("task.created", {"taskId": f"after-{number}"})
    expect(feed(page).first.locator(".row-where")).to_have_text("after-29")
    assert page.evaluate("window.shifts") < 0.002  # a row shifted by 0.0058
