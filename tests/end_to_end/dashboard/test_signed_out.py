"""Signed out in another tab, or removed from the workspace: the page says so, and resumes after signing in."""

import re

from playwright.sync_api import expect
from servers import until
from visitor import PASSWORD

from .conftest import badge, feed, figure, hold, notice

LATENCY = re.compile(r"Live\s*(< )?[\d.]+ m?s\b")  # the word and its detail
SNAPSHOT = re.compile(r"/analytics/realtime$")  # by which the page compares the clocks


def test_signing_in_again_resumes(show, olivia):
    page = show("mika")
    other = page.context.new_page()
    other.goto("/w/acme")
    other.request.post("/api/auth/logout")
    expect(badge(page)).to_have_attribute("data-condition", "signed-out")
    olivia.track("while.away")
    notice(page).get_by_role("button", name="Sign in").click()
    dialog = page.get_by_role("dialog", name="Sign in to go on")
    expect(dialog.get_by_label("E-mail address")).to_have_value("mika@acme.test")
    dialog.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("E-mail address and password do not belong together.")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(badge(page)).to_have_attribute("data-condition", "live")
    expect(feed(page).first).to_contain_text("while.away")


def test_badge_shows_the_latency(show, olivia):
    page = show("mika")
    olivia.track("latency.measured")
    expect(feed(page).first).to_contain_text("latency.measured")
    expect(badge(page)).to_have_text(LATENCY)


def test_latency_after_a_late_clock_sample(show, olivia):
    page = show("mika")
    let_go = hold(page, SNAPSHOT)
    page.reload()
    expect(badge(page)).to_have_attribute("data-condition", "live")
    olivia.track("latency.unknown")
    expect(feed(page).first).to_contain_text("latency.unknown")
    let_go()
    expect(badge(page)).to_have_text(LATENCY)


MEMBERS = "/api/workspaces/acme/members"
ADD = """
    INSERT INTO memberships (workspace_id, user_id, role)
    SELECT workspaces.id, users.id, 'member' FROM workspaces, users
    WHERE slug = 'acme' AND email = 'mika@acme.test' ON CONFLICT DO NOTHING
"""


def test_removed_member_loses_the_page(show, olivia, sql):
    page = show("mika")
    [mika] = [one for one in olivia.get(MEMBERS).json()["data"] if one["name"] == "Mika"]
    try:
        olivia.delete(f"{MEMBERS}/{mika['userId']}").raise_for_status()
        expect(badge(page)).to_have_attribute("data-condition", "failed")
        expect(notice(page)).to_contain_text("you are not a member of it")
        before = (feed(page).count(), figure(page, "messagesToday").inner_text())
        olivia.track("message.sent", {"channelId": "secret"})
        until(lambda: olivia.snapshot()["meta"]["connections"] == 0, "no stream is open")
        assert (feed(page).count(), figure(page, "messagesToday").inner_text()) == before
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    finally:
        sql(ADD)
