"""What visitor, viewer, member and outsider see."""

import re

from playwright.sync_api import expect

from .conftest import sign_in


def test_signing_in_returns_to_the_page(open_page, server):
    page = open_page()
    page.goto("/w/acme")
    expect(page).to_have_url(f"{server.url}/login?next=%2Fw%2Facme")
    sign_in(page, "mika")
    expect(page).to_have_url(f"{server.url}/w/acme")


def test_wrong_password_is_an_error(open_page):
    page = open_page()
    page.goto("/login")
    page.get_by_label("E-mail address").fill("mika@acme.test")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
    expect(page.get_by_label("E-mail address")).to_have_value("mika@acme.test")
    expect(page.get_by_label("Password")).to_be_focused()


def test_viewer_cannot_track(show):
    page = show("vera")
    track = page.get_by_role("button", name="Track an event")
    expect(track).to_be_disabled()
    expect(track).to_have_accessible_description("Viewers can only look")


def test_outsider_gets_404(show):
    page = show("oscar@elsewhere.test", "/w/elsewhere")
    answers = []
    for path in ("/w/acme", "/w/nowhere"):
        answers.append((page.goto(path).status, page.locator("main").inner_text()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    page.get_by_role("link", name="Go to your workspace").click()
    expect(page).to_have_url(re.compile("/w/elsewhere$"))


def test_signing_out_ends_the_session(show):
    page = show("mika")
    page.get_by_role("button", name="Mika", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login$"))
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()
