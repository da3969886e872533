"""Names and event data are shown as text, never as markup."""

import json

import pytest
from playwright.sync_api import Error, expect
from sqlalchemy import create_engine, select, update

from app.models import User, Workspace
from app.settings.config import Settings

from .conftest import STREAM, badge, feed

MARKUP = "<img src=x onerror=\"document.title='pwned'\">"
END_OF_BLOCK = "</script><script>document.title='pwned'</script>"


@pytest.fixture
def rename(environ):
    """`rename(User, User.email == "mika@acme.test", name)`: under a hostile name until the test is over."""
    settings = Settings.from_environ(environ)
    engine = create_engine(settings.database_url)
    undo = []

    def rename(model, where, name: str) -> None:
        with engine.begin() as connection:
            undo.append((model, where, connection.scalar(select(model.name).where(where))))
            connection.execute(update(model).where(where).values(name=name))

    yield rename
    with engine.begin() as connection:
        for model, where, name in undo:
            connection.execute(update(model).where(where).values(name=name))
    engine.dispose()


def is_unharmed(page) -> bool:
    return "pwned" not in page.title() and page.locator("img").count() == 0


@pytest.mark.parametrize("name", [MARKUP, END_OF_BLOCK])
def test_person_name_is_text(show, rename, olivia, name):
    rename(User, User.email == "olivia@acme.test", name)
    page = show("olivia")
    olivia.track("message.sent")
    expect(feed(page).first.locator(".row-who")).to_have_text(name)
    expect(page.locator(".person-name")).to_have_text(name)
    assert is_unharmed(page)


@pytest.mark.parametrize("name", [MARKUP, END_OF_BLOCK])
def test_workspace_name_is_text(show, rename, name):
    rename(Workspace, Workspace.slug == "acme", name)
    page = show("olivia")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.locator(".person").click()
    expect(page.locator("#person-menu")).to_contain_text(f"Owner of {name}")
    assert page.locator("img").count() == 0
    own = "[...document.scripts].filter(({ src }) => !src.includes('/npm/')).length"  # without the charts
    assert page.evaluate(own) == 3  # theme, dashboard, data


def test_event_data_is_text(show, olivia):
    page = show("mika")
    olivia.track("message.sent", {"channelId": MARKUP, MARKUP: END_OF_BLOCK}, sessionId=MARKUP)
    olivia.track("search.performed", {"query": END_OF_BLOCK})
    expect(feed(page).first.locator(".chip")).to_have_text("search.performed")
    page.reload()
    expect(badge(page)).to_have_attribute("data-condition", "live")
    assert is_unharmed(page)


def test_event_type_is_text(show):
    """The server takes no such type; its answer may repeat it, and the page shows the answer."""
    page = show("mika")
    page.get_by_role("button", name="Track an event").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Event type").fill(MARKUP)
    dialog.get_by_role("button", name="Track", exact=True).click()
    expect(dialog.locator("#track-type-faults")).not_to_be_empty()
    assert is_unharmed(page)


def test_invalid_event_type_is_text(show):
    """Even then: the stream and the figures are played by a hostile server."""
    page = show("mika")
    event = {"eventType": MARKUP, "eventId": "e-1", "userId": MARKUP, "timestamp": MARKUP, "eventData": {}}
    known = json.loads(page.locator("#page-data").text_content())
    stats = known["stats"] | {"eventCounts": {MARKUP: 3}}
    next_id = known["lastEventId"].split("-")[0] + "-1000000"
    body = "".join(
        f"id: {next_id}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
        for kind, data in (("connected", {"heartbeatInterval": 30}), ("stats", stats), ("event", event))
    )
    parts = known["breakdown"] | {"data": known["breakdown"]["data"] | {"top": [{"key": MARKUP, "count": 3}]}}
    page.route("**/analytics/breakdown?*", lambda route: route.fulfill(json=parts))
    page.route(STREAM, lambda route: route.fulfill(content_type="text/event-stream", body=body))
    badge(page).click()
    page.get_by_role("button", name="Reconnect now").click()
    expect(feed(page).first.locator(".chip")).to_have_text(MARKUP)
    expect(page.locator(".part-name").first).to_have_text(MARKUP)
    assert is_unharmed(page)


@pytest.mark.parametrize("path", ["/w/acme", "/w/acme/members", "/account", "/doctor", "/api/docs", "/login"])
def test_trusted_types_block_markup(open_page, show, path):
    """Trusted Types: an injection point, should one ever be written, does nothing."""
    page = open_page() if path == "/login" else show("olivia")
    page.goto(path)
    with pytest.raises(Error, match="requires 'TrustedHTML' assignment"):
        page.evaluate("document.body.innerHTML = '<b>as markup</b>'")
    with pytest.raises(Error, match="requires 'TrustedScriptURL' assignment"):
        page.evaluate("document.createElement('script').src = '/static/js/realtime-analytics.js'")
