"""On a phone, 390 px wide, no page scrolls sideways."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, as_if_empty, badge, feed, is_wide


def test_other_pages_fit_a_phone(visit_as):
    page = visit_as("mika", "/w/nowhere", viewport=PHONE)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert not is_wide(page)
    page.context.clear_cookies()
    page.goto("/login")
    assert not is_wide(page)


def test_empty_workspace_fits_a_phone(show):
    page = show("mika", viewport=PHONE)
    as_if_empty(page)
    assert not is_wide(page)
    for button in page.get_by_role("button", name="Copy").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= PHONE["width"]


@pytest.mark.parametrize("width", [360, 390])
def test_long_type_fits_a_phone(show, olivia, width):
    page = show("mika", viewport={"width": width, "height": 800})
    longest = "w" * 31 + "." + "w" * 32
    olivia.track(longest)
    expect(feed(page).first.locator(".chip")).to_have_text(longest)
    expect(page.locator(".part-name", has_text=longest)).to_be_attached()
    assert not is_wide(page)


def test_menus_and_dialogs_stay_inside(show):
    page = show("mika", viewport=PHONE)
    for opener, opened in (
        ("#badge", "#connection-panel"),
        (".theme-button", "#theme-menu"),
        (".person", "#person-menu"),
    ):
        page.locator(opener).click()
        box = page.locator(opened).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Track an event").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not is_wide(page)
    expect(badge(page)).to_have_attribute("data-condition", "live")


@pytest.fixture
def ordinary_names(sql):
    """Names as people and workspaces have them: 22 letters."""
    sql("UPDATE users SET name = 'Alexandra Papadopoulou' WHERE name = 'Mika'")
    sql("UPDATE workspaces SET name = 'Northwind Research Lab' WHERE slug = 'acme'")
    yield
    sql("UPDATE users SET name = 'Mika' WHERE name = 'Alexandra Papadopoulou'")
    sql("UPDATE workspaces SET name = 'Acme' WHERE slug = 'acme'")


@pytest.mark.parametrize("width", [360, 390])
def test_name_of_the_workspace_outlasts_the_person(show, ordinary_names, width):
    page = show("mika", viewport={"width": width, "height": 800})
    expect(page.get_by_role("button", name="Alexandra Papadopoulou", exact=True)).to_be_visible()
    assert page.locator(".workspace-name").bounding_box()["width"] >= 96  # pixels: a dozen letters
    assert page.locator(".badge-word").evaluate("word => word.scrollWidth <= word.clientWidth + 1")
    assert page.locator(".bar-inner").bounding_box()["height"] < 60
    assert not is_wide(page)


METRICS = "/api/workspaces/acme/analytics/custom-metrics"
TOKENS = "/api/workspaces/acme/tokens"
LONGEST_NAME = "Bundesausbildungsförderungsgesetz" * 3 + "x"  # 100 letters without a blank
IN_ACME = [
    "",
    "/members",
    "/members/invite",
    "/settings",
    "/metrics",
    "/metrics/new",
    "/tokens",
    "/tokens/new",
]
IN_ACME += ["?kiosk=1", "/connections", "/audit", "/leave"]
PAGES = [*(f"/w/acme{path}" for path in IN_ACME), "/account", "/doctor"]


@pytest.fixture
def long_names(olivia, sql):
    """The longest names of all there is; the pages of an invitation and of the end of a token."""
    people, workspaces = sql("SELECT id, name FROM users"), sql("SELECT id, name FROM workspaces")
    metric = {
        "name": "longest",
        "title": LONGEST_NAME,
        "aggregate": "count",
        "window": "1h",
        "types": ["a.b"],
    }
    assert (made := olivia.post(METRICS, json=metric)).status_code == 201, made.text
    token = olivia.post(TOKENS, json={"name": LONGEST_NAME, "scopes": ["events:write"]})
    assert token.status_code == 201, token.text
    sql("UPDATE users SET name = %s", LONGEST_NAME)
    sql("UPDATE workspaces SET name = %s", LONGEST_NAME)
    invitation = {"email": "new@acme.test", "role": "member"}
    invited = olivia.post("/api/workspaces/acme/invitations", json=invitation)
    assert invited.status_code == 201, invited.text
    yield urlsplit(invited.json()["data"]["url"]).path, f"/w/acme/tokens/{token.json()['id']}/revoke"
    assert (
        olivia.delete(f"/api/workspaces/acme/invitations/{invited.json()['data']['id']}").status_code == 204
    )
    for key, name in people:
        sql("UPDATE users SET name = %s WHERE id = %s", name, key)
    for key, name in workspaces:
        sql("UPDATE workspaces SET name = %s WHERE id = %s", name, key)
    assert olivia.delete(f"{METRICS}/longest").status_code == 204
    assert olivia.delete(f"{TOKENS}/{token.json()['id']}").status_code == 204


def test_long_names_widen_no_page(show, olivia, long_names):
    olivia.track("message.sent")
    page = show("olivia", viewport=PHONE)
    wide = []
    for path in [*PAGES, *long_names]:
        page.goto(path, wait_until="load")
        expect(page.get_by_text(LONGEST_NAME).first).to_be_attached()
        if is_wide(page):
            wide.append(path)
    assert not wide
