"""The panel of what events are made of: rendered with the page, live, filters by a click; and what changed."""

import re

from playwright.sync_api import Page, expect

SENT = """
    SELECT count(*) FROM events JOIN workspaces ON workspaces.id = workspace_id WHERE slug = 'acme'
    AND event_type = 'parts.counted' AND event_data ->> 'channelId' = 'parts-b'
"""


def row(page: Page, name: str):
    return page.locator("#breakdown .part-button").filter(has=page.get_by_text(name, exact=True))


def test_types_are_rendered_and_follow(show, open_page, olivia):
    olivia.track("parts.rendered", {})
    page = show("vera")
    html = page.request.get(page.url).text()
    assert re.search(r'data-key="parts\.rendered"[^>]*>.*?<span class="part-count">1</span>', html)
    expect(row(page, "parts.rendered").locator(".part-count")).to_have_text("1")

    olivia.track("parts.rendered", {})
    expect(row(page, "parts.rendered").locator(".part-count")).to_have_text("2")


def test_row_filters_and_back_undoes(show, olivia, sql):
    for channel in ("parts-a", "parts-b", "parts-b"):
        olivia.track("parts.counted", {"channelId": channel})
    page = show("vera")
    page.get_by_role("tab", name="Channels").click()
    row(page, "#parts-b").click()
    expect(page).to_have_url(re.compile(r"channel=parts-b"))
    expect(row(page, "#parts-b")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("tab", name="Types").click()
    expect(page.locator("#breakdown .part-button")).to_have_count(1)
    expect(row(page, "parts.counted").locator(".part-count")).to_have_text(str(sql(SENT)[0][0]))
    page.go_back()
    expect(page).not_to_have_url(re.compile(r"channel="))
    expect(row(page, "parts.counted").locator(".part-count")).to_have_text("3")


def test_tabs_by_keyboard(show, olivia):
    olivia.track("message.sent", {"channelId": "general"})
    page = show("vera")
    page.get_by_role("tab", name="Types").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="People")).to_have_attribute("aria-selected", "true")
    expect(row(page, "Olivia")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Hours")).to_be_focused()


def test_rows_by_keyboard(show, olivia):
    olivia.track("parts.keyed", {})
    page = show("vera")
    page.locator("#parts-panel").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#breakdown .part-button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#breakdown .part-button")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#parts-panel")).to_be_focused()


def test_what_changed_in_words_and_parts(show, olivia):
    for _ in range(9):
        olivia.track("parts.new", {"channelId": "parts-new"})
    page = show("vera")
    page.get_by_role("button", name="What changed?").click()
    dialog = page.locator("#changes-dialog")
    expect(dialog.locator(".changes-words li").first).to_have_text(
        re.compile(r"there were none just before\.$")
    )
    part = dialog.locator('[data-by="channel"] .change-row', has_text="#parts-new")
    expect(part).to_contain_text("new")
    expect(part.locator(".change-difference")).to_have_text("+9")
    part.click()
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(re.compile(r"channel=parts-new"))
