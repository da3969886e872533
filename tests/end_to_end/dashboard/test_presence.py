"""Who is online, and the most active channels and people: rendered with the page, then polled."""

import json
import re

from playwright.sync_api import Page, expect
from servers import until

TWO_MINUTES_LATER = """() => {
    const now = Date.now;
    Date.now = () => now() + 120_000;
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}"""


def test_presence_is_rendered_and_polled(show, mika):
    mika.track("message.sent", {"channelId": "general"})
    page = show("vera")
    # Each worker knows it for ten seconds, and the page may come from either.
    until(lambda: page.reload() and {"Mika", "#"} <= words(page), "the page names Mika, and a channel")
    shown_is(page, json.loads(page.locator("#page-data").text_content())["presence"]["data"])

    with page.expect_response("**/analytics/presence") as asked:
        page.evaluate(TWO_MINUTES_LATER)
    shown_is(page, asked.value.json()["data"])

    page.route("**/analytics/presence", lambda route: route.abort())
    page.evaluate(TWO_MINUTES_LATER)
    expect(page.locator(".lively-as-of")).to_have_text(re.compile(r"^as of \d\d:\d\d:\d\d$"))
    shown_is(page, asked.value.json()["data"])


def words(page: Page) -> set[str]:
    text = page.locator("#here").inner_text() + page.locator('[data-of="channels"]').inner_text()
    return {word for word in ("Mika", "#") if word in text}


def shown_is(page: Page, presence: dict) -> None:
    channels, people = (page.locator(f'[data-of="{of}"] .lively-row') for of in ("channels", "people"))
    expect(channels).to_have_text([f"#{one['key']}{one['count']:,}" for one in presence["channels"]])
    expect(people).to_have_text([f"{one['name']}{one['count']:,}" for one in presence["people"]])
