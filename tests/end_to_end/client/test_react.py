"""The React hooks in Strict Mode: what they return, and when they reconnect."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from servers import until
from visitor import Visitor


@pytest.fixture
def page(browser_of) -> Page:
    page = browser_of("mika").new_page()
    page.goto("/pages/react.html")
    page.wait_for_function("typeof window.show === 'function'")
    return page


def show(page: Page, options: str = "{}", workspace: str | None = "acme") -> None:
    named = "undefined" if workspace is None else f"'{workspace}'"
    page.evaluate(f"show({{workspace: {named}, options: {options}}})")


def root(page: Page):
    return page.locator("#root")


def one_stream(olivia: Visitor) -> str:
    """The id of the only stream, once the one before is closed."""
    until(lambda: len(connections(olivia)) == 1, "one stream and no other")
    return connections(olivia)[0]


def connections(olivia: Visitor) -> list[str]:
    answer = olivia.get("/api/workspaces/acme/analytics/connections").raise_for_status()
    return [connection["connectionId"] for connection in answer.json()["data"]]


def test_return_values_of_the_hooks(page):
    show(page)
    expect(root(page)).to_contain_text("live: ")
    names = ["stats", "isConnected", "error", "reconnect", "disconnect", "trackEvent"]
    assert page.evaluate("Object.keys(shown)") == names
    page.evaluate("poll({})")
    expect(root(page)).to_contain_text("polled: ")
    assert page.evaluate("Object.keys(shown)") == ["stats", "isConnected", "error", "trackEvent"]


def test_strict_mode_leaves_one_stream(page, olivia):
    show(page)
    expect(root(page)).to_contain_text("live: ")
    stream = one_stream(olivia)
    olivia.track("tab.news")
    assert connections(olivia) == [stream]


def test_stats_and_events_arrive(page, olivia):
    show(page, "hearing('first')")
    expect(root(page)).to_contain_text("live: ")
    page.wait_for_function("window.shown?.stats")
    before = page.evaluate("shown.stats.messagesToday")
    page.evaluate("shown.trackEvent('message.sent', {channelId: 'general'})")
    page.wait_for_function("heard.length === 1")
    expect(root(page)).to_have_text(f"live: {before + 1}")


def test_new_callback_keeps_the_stream(page, olivia):
    show(page, "hearing('first')")
    expect(root(page)).to_contain_text("live: ")
    stream = one_stream(olivia)
    show(page, "hearing('second')")
    olivia.track("tab.news")
    page.wait_for_function("heard.length === 1")
    assert page.evaluate("heard[0][0]") == "second"
    assert connections(olivia) == [stream]


def test_new_option_reconnects(page, olivia):
    show(page)
    expect(root(page)).to_contain_text("live: ")
    before = one_stream(olivia)
    show(page, "{reconnectDelay: 500}")
    until(lambda: len(connections(olivia)) == 1 and connections(olivia) != [before], "another stream")


def test_new_workspace_clears_the_view(page):
    show(page)
    expect(root(page)).to_contain_text("live: ")
    show(page, workspace="elsewhere")
    expect(root(page)).to_have_text("There is no such workspace, or you are not a member of it.")
    assert page.evaluate("shown.stats") is None


def test_each_setting_reconnects(page):
    show(page)
    page.wait_for_function("window.shown?.stats")
    assert page.evaluate("shown.stats.compare") is None
    show(page, "{compare: true}")
    page.wait_for_function("window.shown?.stats?.compare")
    show(page)
    page.wait_for_function("window.shown?.stats && !shown.stats.compare")


def test_idle_without_a_workspace(page, olivia):
    show(page, workspace=None)
    expect(root(page)).to_have_text("not live")
    assert page.evaluate("shown.trackEvent('tab.news').catch(({ code }) => code)") == "NOT_MOUNTED"
    assert not connections(olivia)
    show(page)
    expect(root(page)).to_contain_text("live: ")
    show(page, workspace=None)
    expect(root(page)).to_have_text("not live")
    until(lambda: not connections(olivia), "no stream")
    page.evaluate("poll({workspace: null})")
    expect(root(page)).to_have_text("not live")


def test_error_can_be_rendered(page):
    """`<div>Error: {error}</div>` once took the whole page down."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.evaluate("basic({workspaceId: 'elsewhere'})")
    words = "There is no such workspace, or you are not a member of it."
    expect(root(page)).to_have_text(f"AnalyticsError: {words}")
    show(page, workspace="elsewhere")
    page.wait_for_function("window.shown?.error")
    facts = page.evaluate(
        "[shown.error.message, shown.error.code, shown.error.status, shown.error instanceof Error]"
    )
    assert facts == [words, "NOT_FOUND", 404, True]
    assert not [complaint for complaint in complaints if "404" not in complaint]


def test_disconnect_and_reconnect(page, olivia):
    show(page)
    expect(root(page)).to_contain_text("live: ")
    page.evaluate("shown.disconnect()")
    expect(root(page)).to_have_text("not live")
    until(lambda: not connections(olivia), "no stream")
    page.evaluate("shown.reconnect()")
    expect(root(page)).to_contain_text("live: ")


def test_unmounting_closes_the_stream(page, olivia):
    show(page)
    expect(root(page)).to_contain_text("live: ")
    page.evaluate("show(null)")
    until(lambda: not connections(olivia), "no stream")
