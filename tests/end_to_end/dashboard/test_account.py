"""The account page: sessions, signing out, another password."""

import functools
import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, PHONE, is_wide

NEW = "a longer horse battery"


@pytest.fixture
def visit_page(visit_as, sql):
    """`visit_page(viewport=PHONE)`: the page of Noor, whom no other test signs in."""
    sql("DELETE FROM sessions USING users WHERE users.id = user_id AND users.name = 'Noor'")
    return functools.partial(visit_as, "noor", "/account")


def sessions(page: Page):
    return page.locator(".session")


def test_other_session_can_be_signed_out(visit_page):
    other, page = visit_page(), visit_page()
    expect(sessions(page)).to_have_count(2)
    expect(sessions(page).first).to_contain_text("Chrome on Linux")
    expect(sessions(page).first).to_contain_text("This browser")
    page.get_by_role("button", name="Sign out Chrome on Linux").click()
    expect(page.get_by_role("status")).to_have_text("That browser is signed out.")
    expect(sessions(page)).to_have_count(1)
    other.reload()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


def test_times_have_a_zone_and_24_hours(visit_page):
    page = visit_page(timezone_id="Asia/Kolkata", locale="en-US")
    expect(page.locator("#session-zone")).to_have_text(re.compile("^Times are in Asia/(Kolkata|Calcutta)$"))
    expect(sessions(page).first.locator("time")).to_have_text(re.compile(r"^\w+ \d+, \d\d:\d\d$"))


def test_password_change_checks_the_old_one(visit_page, sql):
    before = sql("SELECT password_hash FROM users WHERE name = 'Noor'")[0][0]
    page = visit_page()
    for current, words in (("a guess", "This is not your password."), (PASSWORD, "")):
        page.get_by_label("Current password").fill(current)
        page.get_by_label("New password").fill(NEW)
        page.get_by_role("button", name="Change password").click()
        if words:
            expect(page.get_by_role("alert")).to_have_text(words)
            expect(page.get_by_label("Current password")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("Your password is changed")
    sql("UPDATE users SET password_hash = %s WHERE name = 'Noor'", before)


def test_sign_out_everywhere_on_a_phone(visit_page):
    page = visit_page(viewport=PHONE)
    assert not is_wide(page)
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
