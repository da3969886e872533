"""Custom metrics by hand: made, read, changed, paused, removed."""

import os

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, PHONE, email_of, notice

PATH = "/w/acme/metrics"
REALTIME = "/api/workspaces/acme/analytics/realtime"
HOSTILE = '<img src=x onerror="document.title=1">'


@pytest.fixture(autouse=True)
def no_metrics(sql):
    """Every test begins with none."""
    sql("DELETE FROM custom_metrics")


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
    return page.locator(".metric")


def empty(page: Page):
    return page.get_by_role("heading", name="No custom metrics yet")


def new_button(page: Page):
    return page.get_by_role("button", name="New metric")


def make(page: Page, name: str = "bigOrders", title: str = "Big orders") -> None:
    """Orders over 100 of the last hour, by the form."""
    new_button(page).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Title").fill(title)
    dialog.get_by_label("Types of events").fill("order.placed")
    dialog.get_by_role("button", name="Condition", exact=True).click()
    dialog.get_by_label("Field").fill("eventData.total")
    dialog.get_by_label("Comparison").select_option("gte")
    dialog.get_by_label("Value").fill("100")
    dialog.get_by_text("1 hour", exact=True).click()
    dialog.get_by_label("Unit").fill("orders")
    dialog.get_by_role("button", name="Save metric").click()
    expect(dialog).to_be_hidden()


def look(page: Page, name: str) -> None:
    """A picture for whoever wants to see it: PULSE_SHOTS names a directory."""
    if directory := os.environ.get("PULSE_SHOTS"):
        page.screenshot(path=f"{directory}/{name}.png", full_page=True)


def test_while_there_is_none_the_page_says_what_one_is(page):
    expect(empty(page)).to_be_visible()
    look(page, "metrics-empty")


def test_a_new_metric_is_there_with_its_meaning_and_its_value(page, olivia):
    for total in (50, 150):
        olivia.post(REALTIME, json={"eventType": "order.placed", "eventData": {"total": total}})
    make(page)
    row = rows(page).first
    expect(row.get_by_role("heading", name="Big orders")).to_be_visible()
    for words in ("custom.bigOrders", "eventData.total is at least 100", "the last hour", "orders"):
        expect(row).to_contain_text(words)
    expect(row.locator(".metric-value")).to_have_text("1")
    look(page, "metrics-list")


def test_it_can_be_changed_and_keeps_its_name(page):
    make(page)
    page.get_by_role("button", name="Change Big orders").click()
    dialog = page.get_by_role("dialog", name="Change Big orders")
    expect(dialog.get_by_label("Name")).not_to_be_editable()
    expect(dialog.get_by_label("Value")).to_have_value("100")
    dialog.get_by_label("What").select_option("sum")
    dialog.get_by_label("Of", exact=True).fill("eventData.total")
    look(page, "metrics-change")
    dialog.get_by_role("button", name="Save metric").click()
    expect(rows(page).first).to_contain_text("The sum of eventData.total")


def test_it_can_be_paused_and_resumed(page):
    make(page)
    page.get_by_role("button", name="Pause Big orders").click()
    expect(rows(page).first).to_contain_text("Paused. An admin paused it.")
    expect(rows(page).first.locator(".metric-value")).to_have_text("–")
    look(page, "metrics-paused")
    page.get_by_role("button", name="Resume Big orders").click()
    expect(rows(page).first).not_to_contain_text("Paused.")


def test_one_that_was_too_dear_says_why_it_is_paused(page, sql):
    make(page)
    sql(
        "UPDATE custom_metrics SET paused_at = now(), paused_because = 'Its query took longer than 2 seconds.'"
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(rows(page).first).to_contain_text("Paused. Its query took longer than 2 seconds.")


def test_it_can_be_removed(page):
    make(page)
    page.get_by_role("button", name="Remove Big orders").click()
    question = page.get_by_role("alertdialog", name="Remove “Big orders”?")
    question.get_by_role("button", name="Remove").click()
    expect(notice(page)).to_have_text("“Big orders” is removed.")
    expect(empty(page)).to_be_visible()
    expect(new_button(page)).to_be_focused()


def test_what_is_wrong_is_said_at_its_field(page):
    new_button(page).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Big Orders")
    dialog.get_by_role("button", name="Condition", exact=True).click()
    dialog.get_by_role("button", name="Save metric").click()
    expect(page.locator("#define-name-faults")).to_contain_text("a small letter first")
    expect(page.locator("#define-where-faults")).to_contain_text(
        "Condition 1, field: Must be a field of eventData"
    )
    expect(dialog.get_by_label("Name")).to_be_focused()
    look(page, "metrics-faults")


def test_a_title_is_text_and_never_markup(page):
    make(page, title=HOSTILE)
    expect(rows(page).first.locator(".metric-title")).to_have_text(HOSTILE)
    assert page.locator("main img, dialog img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_scrolls_sideways(visit_page, scheme):
    page = visit_page(viewport=PHONE, color_scheme=scheme)
    sideways = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(sideways)
    make(page, "w" * 40, "w" * 100)
    assert not page.evaluate(sideways)
    look(page, f"metrics-phone-{scheme}")
    page.get_by_role("button", name="Change www").click()
    assert not page.evaluate(sideways)
    assert not page.evaluate(
        "(form => form.scrollWidth > form.clientWidth)(document.querySelector('#define-dialog'))"
    )
    box = page.get_by_role("dialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    look(page, f"metrics-phone-change-{scheme}")


def test_in_the_dark(visit_page):
    page = visit_page(color_scheme="dark")
    make(page)
    expect(rows(page)).to_have_count(1)
    look(page, "metrics-dark")


def test_the_person_menu_leads_there(page):
    page.goto("/w/acme")
    page.get_by_role("button", name="Olivia", exact=True).click()
    page.get_by_role("link", name="Custom metrics").click()
    expect(page.get_by_role("heading", name="Custom metrics", exact=True)).to_be_visible()
