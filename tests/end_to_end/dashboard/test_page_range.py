"""One range, one filter, one chart: questions about the past, asked by mouse, keyboard and finger."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import badge, feed, figure

DIARY = "/w/diary"
REALTIME = "/api/workspaces/diary/analytics/realtime"
NEW_WORKSPACE = """
    WITH made AS (
        INSERT INTO workspaces (id, slug, name, timezone) VALUES (gen_random_uuid(), 'diary', 'Diary', %s)
        RETURNING id
    ), head AS (INSERT INTO event_heads (workspace_id, epoch) SELECT id, '00d1a5ff' FROM made)
    INSERT INTO memberships (workspace_id, user_id, role)
    SELECT made.id, users.id, CASE email WHEN 'noor@acme.test' THEN 'owner' ELSE 'member' END
    FROM made, users WHERE email IN ('noor@acme.test', 'sam@acme.test')
"""
# A recount of what is stored, by nothing that the page asks.
MESSAGES = """
    SELECT count(*) FROM events AS e JOIN workspaces AS w ON w.id = e.workspace_id
    WHERE slug = 'diary' AND event_type = 'message.sent' AND occurred_at >= %s AND occurred_at < %s
    AND NOT EXISTS (
        SELECT FROM events AS d WHERE d.workspace_id = e.workspace_id AND d.event_type = 'message.deleted'
        AND d.event_data ->> 'messageId' = e.event_data ->> 'messageId'
    )
"""
EVENTS = """
    SELECT event_type FROM events JOIN workspaces ON workspaces.id = workspace_id
    WHERE slug = 'diary' AND occurred_at >= %s AND occurred_at < %s ORDER BY occurred_at DESC, seq DESC
"""
OF_SAM = """
    SELECT count(*) FROM events AS e JOIN workspaces AS w ON w.id = e.workspace_id
    JOIN users AS u ON u.id = user_id
    WHERE slug = 'diary' AND u.name = 'Sam' AND event_type = 'message.sent' AND occurred_at >= %s
"""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(scope="module")
def nine() -> datetime:
    """Yesterday at nine in `ZONE`, where it is early now, so that events of then can still be posted."""
    return datetime.now(ZONE).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)


# Where it is between two and three at night: yesterday's nine is no more than 18 hours ago.
BEHIND = (datetime.now(UTC).hour - 2 + 12) % 24 - 12
ZONE = timezone(-BEHIND * HOUR)
ZONE_NAME = f"Etc/GMT{BEHIND:+d}"


@pytest.fixture
def noor(visit):
    return visit("noor")


@pytest.fixture
def sam(visit):
    return visit("sam")


@pytest.fixture
def diary(sql, noor, sam, nine) -> None:
    """A workspace with a yesterday: steady talk, some of it taken back, and failures from 9:20 to 9:25."""
    if sql("SELECT 1 FROM workspaces WHERE slug = 'diary'"):
        return
    sql(NEW_WORKSPACE, ZONE_NAME)
    sent = [nine - HOUR + n * MINUTE for n in range(0, 180, 2)] + [nine + HOUR - timedelta(milliseconds=1)]
    talk = [message(at, n) for n, at in enumerate(sent)]
    deleted = [
        event("message.deleted", nine + 2 * HOUR, messageId=f"m-{n}", channelId="general")
        for n in (31, 35, 70)
    ]
    failed = [
        event("task.failed", nine + 20 * MINUTE + n * timedelta(seconds=7), taskId="t-1") for n in range(40)
    ]
    for visitor, events in ((noor, [*talk[::2], *failed]), (sam, [*talk[1::2], *deleted])):
        visitor.post(f"{REALTIME}/batch", json={"events": events}).raise_for_status()


def event(event_type: str, at: datetime, **data: str) -> dict[str, object]:
    return {"eventType": event_type, "timestamp": at.isoformat(), "eventData": data}


def message(at: datetime, number: int) -> dict[str, object]:
    channel = "incidents" if number % 5 == 0 else "general"
    return event("message.sent", at, messageId=f"m-{number}", channelId=channel)


def readout(page: Page) -> Locator:
    return page.locator(".chart-readout")


def choose_range(page: Page, name: str) -> None:
    page.locator("#range-button").click()
    page.locator("#range-menu").get_by_role("button", name=name).click()


def place(page: Page, share: float) -> tuple[float, float]:
    """The middle of the chart's height, at this share of its width."""
    box = page.locator(".chart .u-over").bounding_box()
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def brush(page: Page, begin: float, end: float) -> None:
    page.mouse.move(*place(page, begin))
    page.mouse.down()
    page.mouse.move(*place(page, end), steps=5)
    page.mouse.up()


def moments(page: Page) -> list[datetime]:
    """The range that the address names."""
    found = re.search(r"since=([^&]+)&until=([^&]+)", page.url)
    return [datetime.fromisoformat(text) for text in found.groups()]


QUARTER = 15 / (24 * 60)  # of a day


@pytest.mark.usefixtures("diary")
def test_messages_yesterday_from_9_to_10(show, sql, nine):
    page = show("sam", DIARY)
    choose_range(page, "Yesterday")
    expect(badge(page)).to_contain_text("Yesterday")
    expect(readout(page)).to_contain_text("Yesterday")
    brush(page, 36.5 * QUARTER, 39.5 * QUARTER)
    ((count,),) = sql(MESSAGES, nine, nine + HOUR)
    assert count == 29  # 31 were sent, 2 of them taken back
    expect(readout(page)).to_have_text(f"{count}, Yesterday 09:00–10:00")
    page.get_by_role("button", name="Show these events").click()
    assert moments(page) == [nine, nine + HOUR]
    expect(readout(page)).to_have_text(f"{count}, Yesterday 09:00–10:00")
    expect(badge(page)).to_contain_text("Yesterday 09:00–10:00")
    assert "of=messages" in page.locator(".chart-csv").get_attribute("href")
    page.get_by_text("As a table").click()
    rows = page.locator(".chart-table tbody tr")
    expect(rows).to_have_count(60)
    assert sum(map(int, rows.locator("td").all_inner_texts())) == count


@pytest.mark.usefixtures("diary")
def test_spike_leads_to_its_events(show, sql, nine):
    page = show("sam", f"{DIARY}?range=yesterday&metric=events")
    expect(readout(page)).to_contain_text("Yesterday")
    page.mouse.click(*place(page, 37.5 * QUARTER))
    expect(page).to_have_url(re.compile("since="))
    assert moments(page) == [nine + 15 * MINUTE, nine + 30 * MINUTE]
    types = [name for (name,) in sql(EVENTS, nine + 15 * MINUTE, nine + 30 * MINUTE)]
    assert types.count("task.failed") == 40
    expect(page.locator("#feed-title")).to_have_text(f"Events · Yesterday 09:15–09:30 · {len(types)}")
    expect(feed(page)).to_have_count(len(types))
    assert sorted(feed(page).locator(".chip").all_inner_texts()) == sorted(types)


@pytest.mark.usefixtures("diary")
def test_back_undoes_each_step(show, nine):
    page = show("sam", DIARY)
    choose_range(page, "Yesterday")
    expect(readout(page)).to_contain_text("Yesterday")
    page.mouse.click(*place(page, 36.5 * QUARTER))
    expect(badge(page)).to_contain_text("Yesterday 09:00–09:15")
    page.get_by_role("button", name="Tasks").click()
    expect(page.locator(".chart-metric")).to_have_value("tasksInProgress")
    feed(page).first.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page).to_have_url(re.compile("event="))
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.go_back()
    expect(page.locator(".chart-metric")).to_have_value("messages")
    page.go_back()
    expect(badge(page)).to_have_text("Yesterday")
    page.go_back()
    expect(badge(page)).to_contain_text("Live")
    expect(page).to_have_url(re.compile("/w/diary$"))
    page.go_forward()
    expect(badge(page)).to_have_text("Yesterday")
    page.get_by_role("button", name="Back to live").click()
    expect(badge(page)).to_contain_text("Live")


@pytest.mark.usefixtures("diary")
def test_person_filter_is_shared_by_link(show, sql, nine):
    page = show("sam", f"{DIARY}?since={nine - HOUR:%Y-%m-%dT%H:%M:%S%z}".replace("+", "%2B"))
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Person").select_option(label="Sam")
    page.keyboard.press("Escape")
    ((count,),) = sql(OF_SAM, nine - HOUR)
    taken_back = 2  # numbers 31 and 35
    expect(readout(page)).to_have_text(re.compile(f"^{count - taken_back}, "))
    other = show("noor", page.url)
    expect(readout(other)).to_have_text(re.compile(f"^{count - taken_back}, "))
    expect(feed(other).first.locator(".row-who")).to_have_text("Sam")
    assert set(feed(other).locator(".row-who").all_inner_texts()) == {"Sam"}
    expect(other.locator('[data-metric="onlineUsers"] .card-hint')).to_have_text("not filtered")
    other.get_by_role("button", name="Remove the filter Sam").click()
    expect(other).not_to_have_url(re.compile("user="))
    expect(other.locator('[data-metric="onlineUsers"] .card-hint')).to_have_text("in the last 5 minutes")


@pytest.mark.usefixtures("diary")
def test_range_by_keyboard_alone(show, sql, nine):
    page = show("sam", DIARY)
    page.locator("#range-button").focus()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(readout(page)).to_contain_text("Yesterday")
    chart = page.get_by_role("slider", name="per 15 min")
    chart.focus()
    page.keyboard.press("Home")
    for _ in range(39):
        page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    ((count,),) = sql(MESSAGES, nine, nine + HOUR)
    expect(chart).to_have_attribute("aria-valuetext", f"{count}, Yesterday 09:00–10:00")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("since="))
    assert moments(page) == [nine, nine + HOUR]


@pytest.mark.usefixtures("diary")
def test_brush_by_finger(show, sql, nine):
    page = show("sam", f"{DIARY}?range=yesterday", viewport={"width": 390, "height": 844}, has_touch=True)
    expect(readout(page)).to_contain_text("Yesterday")
    page.locator(".chart").scroll_into_view_if_needed()
    touch = page.context.new_cdp_session(page)
    begin, end = (place(page, share * QUARTER) for share in (36.5, 39.5))
    points = [begin, *((begin[0] + n * (end[0] - begin[0]) / 4, begin[1]) for n in range(1, 5))]
    for kind, at in zip(["touchStart", *["touchMove"] * 4], points, strict=True):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    ((count,),) = sql(MESSAGES, nine, nine + HOUR)
    expect(readout(page)).to_have_text(f"{count}, Yesterday 09:00–10:00")
    page.touchscreen.tap(*place(page, 38 * QUARTER))
    expect(page).to_have_url(re.compile("since="))
    assert moments(page) == [nine, nine + HOUR]


@pytest.mark.usefixtures("diary")
def test_stretch_of_ones_own(show, sql, nine):
    page = show("sam", DIARY)
    page.locator("#range-button").click()
    form = page.locator(".range-form")
    form.get_by_label("From").fill(f"{nine:%Y-%m-%dT10:00}")
    form.get_by_label("To").fill(f"{nine:%Y-%m-%dT09:00}")
    form.get_by_role("button", name="Show").click()
    expect(form.get_by_role("alert")).to_have_text("The end has to be after the beginning.")
    form.get_by_label("From").fill(f"{nine:%Y-%m-%dT08:30}")
    form.get_by_role("button", name="Show").click()
    ((count,),) = sql(MESSAGES, nine - HOUR / 2, nine)
    expect(readout(page)).to_have_text(f"{count}, Yesterday 08:30–09:00")
    page.get_by_label("Compare with").select_option("previous")
    ((before,),) = sql(MESSAGES, nine - HOUR, nine - HOUR / 2)
    expect(readout(page)).to_have_text(f"{count}, Yesterday 08:30–09:00 · {before} period before")


@pytest.mark.usefixtures("diary")
def test_cards_show_the_figures_of_then(show, sql, nine):
    midnight = nine - 9 * HOUR
    until = nine + 30 * MINUTE
    query = f"since={nine:%Y-%m-%dT%H:%M:%S%z}&until={until:%Y-%m-%dT%H:%M:%S%z}".replace("+", "%2B")
    page = show("sam", f"{DIARY}?{query}")
    ((today,),) = sql(MESSAGES, midnight, until)
    ((hour,),) = sql(MESSAGES, until - HOUR, until)
    expect(figure(page, "messagesToday")).to_have_text(str(today))
    expect(figure(page, "messagesLastHour")).to_have_text(str(hour))
    expect(page.locator('[data-metric="messagesToday"] .card-hint')).to_have_text("Yesterday 09:30")


@pytest.mark.usefixtures("diary")
def test_note_at_a_selection_leads_back_to_it(show, nine):
    page = show("sam", f"{DIARY}?range=yesterday")
    expect(readout(page)).to_contain_text("Yesterday")
    brush(page, 36.5 * QUARTER, 37.5 * QUARTER)
    page.get_by_role("button", name="Note", exact=True).click()
    page.get_by_label("What happened").fill("Release 7")
    page.get_by_role("button", name="Add the note").click()
    mark = page.get_by_role("list", name="Notes and marks").get_by_role("button")
    expect(mark).to_have_text(re.compile("09:00 Release 7"))
    mark.click()
    expect(page).to_have_url(re.compile("since="))
    assert moments(page) == [nine - 5 * MINUTE, nine + 5 * MINUTE]
    expect(mark).to_be_visible()


@pytest.mark.usefixtures("diary")
def test_last_bar_grows_live(show, sam):
    page = show("noor", f"{DIARY}?range=today")
    expect(readout(page)).to_have_text(re.compile(r"^\d"))
    before = int(readout(page).inner_text().split(",")[0])
    sam.post(REALTIME, json={"eventType": "task.created", "eventData": {"taskId": "t-2"}})
    answer = sam.post(REALTIME, json={"eventType": "message.sent", "eventData": {"channelId": "general"}})
    assert answer.status_code == 200, answer.text
    expect(readout(page)).to_have_text(re.compile(f"^{before + 1}, "))
