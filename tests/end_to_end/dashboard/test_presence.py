"""Who is here, and where and by whom most has happened: there with the page, and asked for again."""

import re

from playwright.sync_api import expect
from servers import until
from visitor import PATH

TWO_MINUTES_LATER = """() => {
    const now = Date.now;
    Date.now = () => now() + 120_000;
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}"""


def test_the_page_comes_with_it_and_asks_for_it_again(show, mika):
    mika.track("message.sent", {"channelId": "general"})
    until(
        lambda: presence(mika)["channels"] and presence(mika)["online"][0]["name"] == "Mika", "Mika is here"
    )
    known = presence(mika)
    page = show("vera")
    expect(page.locator("#here")).to_contain_text("Online now: Mika")
    channels, people = (page.locator(f'[data-of="{of}"] .lively-row') for of in ("channels", "people"))
    expect(channels).to_have_text([f"#{one['key']}{one['count']:,}" for one in known["channels"]])
    expect(people).to_have_text([f"{one['name']}{one['count']:,}" for one in known["people"]])

    with page.expect_response("**/analytics/presence") as asked:
        page.evaluate(TWO_MINUTES_LATER)
    assert asked.value.ok

    page.route("**/analytics/presence", lambda route: route.abort())
    page.evaluate(TWO_MINUTES_LATER)
    expect(page.locator(".lively-as-of")).to_have_text(re.compile(r"^as of \d\d:\d\d:\d\d$"))
    expect(people).to_have_text([f"{one['name']}{one['count']:,}" for one in known["people"]])


def presence(visitor) -> dict:
    return visitor.get(PATH.replace("realtime", "presence")).json()["data"]
