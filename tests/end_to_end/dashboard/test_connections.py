"""Live connections by hand: who listens is seen, one is closed, all are closed."""

import pytest
from playwright.sync_api import Page, expect
from servers import until

from .conftest import PASSWORD, PHONE, email_of, notice


@pytest.fixture
def visit_page(open_page):
    def visit_page(**options) -> Page:
        page = open_page(**options)
        page.request.post("/api/auth/login", data={"email": email_of("olivia"), "password": PASSWORD})
        page.goto("/w/acme/connections")
        return page

    return visit_page


@pytest.fixture
def nobody_listens(olivia):
    """Those of earlier tests have been seen to leave."""
    until(lambda: olivia.snapshot()["meta"]["connections"] == 0, "no stream is open")


def rows(page: Page, name: str):
    return page.locator(".connection-row").filter(has_text=name)


def test_one_is_closed_and_the_others_stay(nobody_listens, visit_page, mika, vera):
    streams = {"Mika": mika.listen(), "Vera": vera.listen()}
    for stream in streams.values():
        stream.until("stats")
    page = visit_page(viewport=PHONE)
    expect(rows(page, "Mika")).to_contain_text("member")
    expect(rows(page, "Vera")).to_contain_text("127.0.0.1")
    expect(rows(page, "Vera")).to_contain_text("Up to date")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")

    page.get_by_role("button", name="Close Mika’s stream from 127.0.0.1").click()
    question = page.get_by_role("alertdialog", name="Close this stream of Mika’s?")
    question.get_by_role("button", name="Close").click()
    expect(notice(page)).to_have_text("One stream is closed.")
    assert streams["Mika"].rest()[-1].json == {"reason": "closed-by-admin"}
    expect(rows(page, "Mika")).to_have_count(0)
    expect(rows(page, "Vera")).to_have_count(1)


def test_all_are_closed_and_then_it_says_so(nobody_listens, visit_page, mika, vera):
    streams = [mika.listen(), vera.listen()]
    for stream in streams:
        stream.until("stats")
    page = visit_page()
    expect(rows(page, "Vera")).to_be_visible()
    page.get_by_role("button", name="Close all").click()
    page.get_by_role("alertdialog", name="Close all 2 streams?").get_by_role(
        "button", name="Close all"
    ).click()
    expect(notice(page)).to_have_text("2 streams are closed.")
    for stream in streams:
        assert stream.rest()[-1].json == {"reason": "closed-by-admin"}
    expect(page.get_by_role("heading", name="Nobody listens now")).to_be_visible()
    expect(page.get_by_role("button", name="Close all")).to_be_disabled()


def test_a_list_that_cannot_be_renewed_says_so(visit_page):
    page = visit_page()
    expect(page.locator("#as-of")).to_contain_text(":")
    page.context.set_offline(True)
    expect(notice(page)).to_contain_text("The server cannot be reached.")
