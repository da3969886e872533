"""Live connections by hand: open streams are listed, one is closed, all are closed."""

import functools

import pytest
from playwright.sync_api import Page, expect
from servers import until

from .conftest import PHONE, notice


@pytest.fixture
def visit_page(visit_as):
    return functools.partial(visit_as, "olivia", "/w/acme/connections")


@pytest.fixture
def streams(olivia, mika, vera) -> dict:
    """Those of Mika and Vera, and no others."""
    until(lambda: olivia.snapshot()["meta"]["connections"] == 0, "no stream is open")
    streams = {"Mika": mika.listen(), "Vera": vera.listen()}
    for stream in streams.values():
        stream.until("stats")
    return streams


def rows(page: Page, name: str):
    return page.locator(".connection-row").filter(has_text=name)


def close_of_mika(page: Page):
    return page.get_by_role("link", name="Close Mika’s stream from 127.0.0.1")


def test_page_works_without_javascript(streams, visit_page):
    page = visit_page(viewport=PHONE, java_script_enabled=False)
    expect(rows(page, "Mika")).to_contain_text("member")
    expect(rows(page, "Vera")).to_contain_text("127.0.0.1")
    expect(rows(page, "Vera")).to_contain_text("Up to date")
    close_of_mika(page).click()
    expect(page.get_by_role("heading", name="Close the stream of Mika?")).to_be_visible()
    page.get_by_role("link", name="Keep open").click()
    close_of_mika(page).click()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#done")).to_have_text("One stream is closed.")
    assert streams["Mika"].rest()[-1].json == {"reason": "closed-by-admin"}
    expect(rows(page, "Mika")).to_have_count(0)
    expect(rows(page, "Vera")).to_have_count(1)
    page.get_by_role("link", name="Close all").click()
    page.get_by_role("button", name="Close all").click()
    expect(page.get_by_role("heading", name="No open streams")).to_be_visible()


def test_list_is_refreshed(streams, visit_page, mika):
    page = visit_page()
    page.clock.install()
    page.reload()
    close_of_mika(page).focus()
    streams["Vera"].close()
    page.clock.fast_forward(5_000)
    expect(rows(page, "Vera")).to_have_count(0)
    expect(close_of_mika(page)).to_be_focused()
    page.context.set_offline(True)
    page.clock.fast_forward(5_000)
    expect(notice(page)).to_contain_text("The server cannot be reached.")
