"""API tokens by hand: made, shown once, used, revoked."""

import re
import subprocess

import httpx
import pytest
from playwright.sync_api import Page, expect
from servers import PATIENCE, until

from .conftest import PASSWORD, PHONE, email_of, feed, notice

PATH = "/w/acme/tokens"
API = "/api/workspaces/acme/tokens"
REALTIME = "/api/workspaces/acme/analytics/realtime"
HOSTILE = '<img src=x onerror="document.title=1">'


@pytest.fixture(autouse=True)
def no_tokens(sql):
    """Every test begins with none."""
    sql("DELETE FROM tokens")


@pytest.fixture
def visit_page(open_page):
    """`visit_page(viewport=PHONE)`: the page as Olivia, who owns, sees it."""

    def visit_page(**options) -> Page:
        page = open_page(**options)
        page.request.post("/api/auth/login", data={"email": email_of("olivia"), "password": PASSWORD})
        page.goto(PATH)
        expect(rows(page).or_(empty(page)).first).to_be_visible()
        return page

    return visit_page


@pytest.fixture
def page(visit_page) -> Page:
    return visit_page()


def rows(page: Page):
    return page.locator(".token-row")


def empty(page: Page):
    return page.get_by_role("heading", name="No tokens yet")


def made(page: Page):
    return page.locator("#made")


def new_token_button(page: Page):
    return page.get_by_role("button", name="New token")


def make(page: Page, name: str = "Build server", *scopes: str, lifetime: str = "90 days") -> str:
    """Fill in the form; the token that is shown then. `scopes` are ticked beside `events:write`."""
    new_token_button(page).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    for scope in scopes:
        dialog.get_by_role("checkbox", name=scope, exact=True).check()
    dialog.get_by_text(lifetime, exact=True).click()
    dialog.get_by_role("button", name="Make token").click()
    expect(made(page).get_by_role("heading")).to_have_text(f"“{name}” is ready")
    return page.locator("#made-token").inner_text()


def post_with(token: str, server) -> int:
    answer = httpx.post(
        f"{server.url}{REALTIME}",
        json={"eventType": "deploy.finished"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
        trust_env=False,
    )
    return answer.status_code


def test_password_is_asked_for_in_place_and_the_token_is_made(page, forget_passwords):
    forget_passwords()
    new_token_button(page).click()
    dialog = page.get_by_role("dialog", name="New token")
    dialog.get_by_label("Name").fill("Build server")
    dialog.get_by_role("button", name="Make token").click()
    again = page.get_by_role("dialog", name="Enter your password again")
    again.get_by_label("Password").fill(PASSWORD)
    again.get_by_role("button", name="Go on").click()
    expect(made(page)).to_be_visible()
    expect(rows(page)).to_have_count(1)


def test_while_there_is_none_the_page_teaches_how_one_is_used(page, server):
    expect(empty(page)).to_be_visible()
    expect(page.locator("#empty-command")).to_contain_text(f"curl {server.url}{REALTIME}")
    expect(page.locator("#empty-command")).to_contain_text("Bearer $PULSE_TOKEN")


def test_a_new_token_is_shown_once(page):
    token = make(page)
    assert re.fullmatch("pulse_[0-9a-f]{64}", token)
    expect(made(page)).to_be_focused()
    expect(made(page)).to_contain_text("it will not be shown again")
    page.get_by_role("button", name="Done, I have it").click()
    expect(made(page)).to_be_hidden()
    expect(new_token_button(page)).to_be_focused()
    assert token not in page.content()
    page.reload()
    expect(rows(page)).to_have_count(1)
    assert token not in page.content()


def test_its_row_says_what_it_is(page):
    token = make(page, "Nightly import", "stats:read", lifetime="Never")
    row = rows(page).first
    for words in ("Nightly import", token[:14], "events:write", "stats:read", "by Olivia"):
        expect(row).to_contain_text(words)
    expect(row.locator(".token-used")).to_have_text("Never")
    expect(row.locator(".token-expires")).to_have_text("Never")


def test_the_expiry_that_is_chosen_is_the_one_it_gets(page):
    make(page, lifetime="30 days")
    expect(rows(page).first.locator(".token-left")).to_have_text("in 30 days")


def test_it_can_be_copied(visit_page):
    page = visit_page(permissions=["clipboard-read", "clipboard-write"])
    token = make(page)
    made(page).get_by_role("button", name="Copy").first.click()
    expect(made(page).get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == token


def test_the_command_beside_it_sends_an_event(page):
    make(page)
    command = page.locator("#made-command").inner_text()
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} --noproxy '*' -sS"], capture_output=True, text=True, timeout=PATIENCE
    )
    assert '"eventType":"message.sent"' in done.stdout, done.stdout + done.stderr
    page.goto("/w/acme")
    expect(feed(page).first).to_contain_text("message.sent")
    expect(feed(page).first).to_contain_text("Olivia")


def test_a_revoked_token_is_worth_nothing(page, server):
    token = make(page)
    assert post_with(token, server) == 200
    page.get_by_role("button", name="Revoke Build server").click()
    question = page.get_by_role("alertdialog", name="Revoke “Build server”?")
    expect(question).to_contain_text("This cannot be undone.")
    question.get_by_role("button", name="Revoke").click()
    expect(notice(page)).to_have_text("“Build server” is revoked.")
    expect(empty(page)).to_be_visible()
    expect(made(page)).to_be_hidden()
    expect(new_token_button(page)).to_be_focused()
    until(lambda: post_with(token, server) == 401, "no worker to take it any more")


def test_whoever_thinks_better_of_it_keeps_the_token(page):
    make(page)
    revoke = page.get_by_role("button", name="Revoke Build server")
    revoke.click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    expect(revoke).to_be_focused()
    expect(rows(page)).to_have_count(1)


def test_after_a_revocation_the_keyboard_goes_on_with_the_next(page):
    for name in ("Old", "Middle", "New"):
        make(page, name)
    page.get_by_role("button", name="Revoke Middle").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_role("button", name="Revoke Old")).to_be_focused()


def test_one_that_somebody_else_has_revoked_is_revoked(page, sql):
    make(page)
    sql("DELETE FROM tokens")
    page.get_by_role("button", name="Revoke Build server").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(empty(page)).to_be_visible()


def test_what_is_wrong_is_said_at_its_field(page):
    new_token_button(page).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="events:write", exact=True).uncheck()
    dialog.get_by_role("button", name="Make token").click()
    expect(page.locator("#make-name-faults")).to_have_text("Must be 1 to 100 visible characters.")
    expect(page.locator("#make-scopes-faults")).to_have_text("Name at least one scope.")
    expect(dialog.get_by_label("Name")).to_be_focused()
    assert page.evaluate("document.activeElement.ariaInvalid") == "true"


def test_a_demotion_meanwhile_is_told_in_words(page, sql):
    role = (
        "UPDATE memberships SET role = %s FROM users WHERE users.id = user_id AND email = 'olivia@acme.test'"
    )
    new_token_button(page).click()
    page.get_by_role("dialog").get_by_label("Name").fill("Too late")
    sql(role, "member")
    try:
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("This takes the role admin; yours is member.")
    finally:
        sql(role, "owner")


def test_it_works_with_the_keyboard_alone(page):
    new_token_button(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Keyboard")
    for key in ("Tab", "Space", "Tab", "Tab", "Space"):  # events:write off, stats:read on
        page.keyboard.press(key)
    for key in ("Tab", "Tab", "ArrowRight"):  # from 90 days to a year
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(rows(page).first.locator(".token-scopes")).to_have_text("stats:read")
    expect(rows(page).first.locator(".token-left")).to_have_text("in 365 days")


def test_what_others_do_shows_when_one_comes_back(page, olivia):
    olivia.post(API, json={"name": "Meanwhile", "scopes": ["stats:read"]}).raise_for_status()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(rows(page)).to_contain_text("Meanwhile")


def test_a_list_that_cannot_be_renewed_says_so(page):
    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(notice(page)).to_contain_text("The server cannot be reached.")
    expect(notice(page)).to_contain_text("This list is of")
    page.context.set_offline(False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(notice(page)).to_have_count(0)


def test_whoever_is_signed_out_elsewhere_is_shown_the_way_back(page):
    page.request.post("/api/auth/logout", data={})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(notice(page).get_by_role("link", name="Sign in")).to_have_attribute(
        "href", "/login?next=%2Fw%2Facme%2Ftokens"
    )


def test_a_name_is_text_and_never_markup(page):
    make(page, HOSTILE)
    expect(rows(page).first.locator(".token-name")).to_have_text(HOSTILE)
    page.get_by_role("button", name="Revoke <img").click()
    expect(page.locator("#revoke-dialog-title")).to_have_text(f"Revoke “{HOSTILE}”?")
    assert page.locator("main img, dialog img").count() == 0


def test_on_a_phone_nothing_scrolls_sideways(visit_page):
    page = visit_page(viewport=PHONE)
    sideways = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(sideways)
    make(page, "w" * 100, "events:write-as", "stats:read", "admin")
    assert not page.evaluate(sideways)
    page.get_by_role("button", name="Revoke www").click()
    assert not page.evaluate(sideways)
    box = page.get_by_role("alertdialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_the_person_menu_leads_there(page):
    page.goto("/w/acme")
    page.get_by_role("button", name="Olivia", exact=True).click()
    page.get_by_role("link", name="API tokens").click()
    expect(page.get_by_role("heading", name="API tokens")).to_be_visible()
