"""Who is online: rendered with the page, then polled."""

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
    until(lambda: page.reload() and "Mika" in page.locator("#here").inner_text(), "the page names Mika")
    shown_is(page, json.loads(page.locator("#page-data").text_content())["presence"]["data"])

    with page.expect_response("**/analytics/presence") as asked:
        page.evaluate(TWO_MINUTES_LATER)
    shown_is(page, asked.value.json()["data"])

    page.route("**/analytics/presence", lambda route: route.abort())
    page.evaluate(TWO_MINUTES_LATER)
    expect(page.locator(".here-words")).to_have_text(re.compile(r"^As of \d\d:\d\d:\d\d: Online now: "))
    expect(page.locator("#here")).not_to_have_attribute("data-anybody", "")


def shown_is(page: Page, presence: dict) -> None:
    for one in presence["online"]:
        expect(page.locator(".here-words")).to_contain_text(one["name"])
