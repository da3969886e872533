"""API tokens by hand: made, shown once, used, revoked."""

import functools
import re
import subprocess

import httpx
import pytest
from playwright.sync_api import Page, expect
from servers import PATIENCE, until

from .conftest import PASSWORD, feed, notice

PATH = "/w/acme/tokens"
API = "/api/workspaces/acme/tokens"
REALTIME = "/api/workspaces/acme/analytics/realtime"


@pytest.fixture(autouse=True)
def no_tokens(sql):
    """Every test begins with none."""
    sql("DELETE FROM tokens")


@pytest.fixture
def visit_page(visit_as):
    """`visit_page(java_script_enabled=False)`: the page as Olivia, who owns, sees it."""
    return functools.partial(visit_as, "olivia", PATH)


@pytest.fixture
def page(visit_page) -> Page:
    return visit_page()


def rows(page: Page):
    return page.locator(".token-row")


def empty(page: Page):
    return page.get_by_role("heading", name="No tokens yet")


def made(page: Page):
    return page.locator("#made")


def done(page: Page):
    return page.locator("#done")


def new_token(page: Page):
    return page.get_by_role("link", name="New token")


def make(page: Page, name: str = "Build server", *scopes: str, lifetime: str = "90 days") -> str:
    """Fill in the form; the token that is shown then. `scopes` are ticked beside `events:write`."""
    new_token(page).click()
    page.get_by_label("Name").fill(name)
    for scope in scopes:
        page.get_by_role("checkbox", name=scope, exact=True).check()
    page.get_by_text(lifetime, exact=True).click()
    page.get_by_role("button", name="Make token").click()
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


def test_pages_work_without_javascript(visit_page, server, forget_passwords):
    page = visit_page(java_script_enabled=False)
    expect(empty(page)).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    new_token(page).click()
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_role("checkbox", name="events:write", exact=True).uncheck()
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_accessible_description(re.compile("Must be 1 to 100"))
    expect(page.locator("#scopes-error")).to_have_text("Name at least one scope.")
    page.get_by_label("Name").fill("Build server")
    page.get_by_role("checkbox", name="events:write", exact=True).check()
    forget_passwords()
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_label("Your password")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("Build server")
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    token = page.locator("#made-token").inner_text()
    assert re.fullmatch("pulse_[0-9a-f]{64}", token)
    page.get_by_role("link", name="Done, I have it").click()
    expect(rows(page).first).to_contain_text(token[:14])
    page.get_by_role("link", name="Revoke Build server").click()
    expect(page.get_by_role("heading", name="Revoke “Build server”?")).to_be_visible()
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name="Revoke Build server").click()
    page.get_by_role("button", name="Revoke").click()
    expect(done(page)).to_have_text("The token is revoked.")
    expect(empty(page)).to_be_visible()
    until(lambda: post_with(token, server) == 401, "no worker to accept it any more")


def test_token_is_shown_once(page, server):
    expect(page.locator("#empty-command")).to_contain_text(f"curl {server.url}{REALTIME}")
    token = make(page)
    expect(made(page)).to_be_focused()
    expect(made(page)).to_contain_text("it will not be shown again")
    page.reload()
    expect(rows(page)).to_have_count(1)
    assert token not in page.content()


SEND_TWICE = """() => {
  const form = document.querySelector('form#new');
  form.addEventListener('submit', () => setTimeout(() => form.requestSubmit(), 100), { once: true });
  form.requestSubmit();
}"""


def test_form_is_sent_once(page):
    new_token(page).click()
    page.get_by_label("Name").fill("Twice")
    posts = []  # held meanwhile
    page.route("**/tokens/new", lambda route: posts.append(route))
    page.evaluate(SEND_TWICE)
    until(lambda: (page.wait_for_timeout(500), posts)[-1], "a request")
    posts[-1].continue_()
    expect(made(page)).to_be_visible()
    assert len(posts) == 1


def test_token_can_be_copied(visit_page):
    page = visit_page(permissions=["clipboard-read", "clipboard-write"])
    token = make(page)
    made(page).get_by_role("button", name="Copy").first.click()
    expect(made(page).get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == token


def test_the_command_sends_an_event(page):
    make(page)
    command = page.locator("#made-command").inner_text()
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} --noproxy '*' -sS"], capture_output=True, text=True, timeout=PATIENCE
    )
    assert '"eventType":"message.sent"' in done.stdout, done.stdout + done.stderr
    page.goto("/w/acme")
    expect(feed(page).first).to_contain_text("message.sent")
    expect(feed(page).first).to_contain_text("Olivia")


def test_revocation_is_confirmed_in_a_dialog(page):
    make(page)
    page.get_by_role("link", name="Done, I have it").click()
    revoke = page.get_by_role("link", name="Revoke Build server")
    revoke.press("Enter")
    question = page.get_by_role("alertdialog", name="Revoke “Build server”?")
    expect(question).to_contain_text("This cannot be undone.")
    expect(page.get_by_role("link", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(revoke).to_be_focused()
    revoke.click()
    page.get_by_role("link", name="Keep it").click()
    expect(question).to_have_count(0)
    revoke.click()
    question.get_by_role("button", name="Revoke").click()
    expect(done(page)).to_be_focused()
    expect(empty(page)).to_be_visible()


def test_token_revoked_by_others(page, sql):
    make(page)
    sql("DELETE FROM tokens")
    page.get_by_role("link", name="Revoke Build server").click()
    expect(done(page)).to_have_text("That token was revoked already.")
    expect(empty(page)).to_be_visible()


def test_list_is_refreshed(page, olivia):
    page.clock.install()
    make(page, "Focused")
    page.get_by_role("link", name="Revoke Focused").focus()
    olivia.post(API, json={"name": "Meanwhile", "scopes": ["stats:read"]}).raise_for_status()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_contain_text("Meanwhile")
    expect(page.get_by_role("link", name="Revoke Focused")).to_be_focused()
    olivia.delete(f"{API}/{olivia.get(API).json()['data'][0]['id']}").raise_for_status()
    page.clock.fast_forward(30_000)
    expect(rows(page)).to_have_count(1)


def test_stale_list_says_so(page):
    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(notice(page)).to_contain_text("The server cannot be reached.")
    expect(notice(page)).to_contain_text("This list is ")
    page.context.set_offline(False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(notice(page)).to_have_count(0)
    page.request.post("/api/auth/logout", data={})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(notice(page).get_by_role("link", name="Sign in")).to_have_attribute(
        "href", "/login?next=%2Fw%2Facme%2Ftokens"
    )
