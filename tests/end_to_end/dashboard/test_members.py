"""Members by hand: added, given another role, removed; what an admin may not do to an owner."""

import functools
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import PASSWORD, PHONE, is_wide, sign_in

PATH = "/w/acme/members"
USUAL = {"olivia@acme.test": "owner", "mika@acme.test": "member", "vera@acme.test": "viewer"}


@pytest.fixture(autouse=True)
def usual_members(sql):
    """Whatever a test does, the next one finds the cast as it was."""
    yield
    sql("DELETE FROM memberships USING users WHERE users.id = user_id AND email = 'oscar@elsewhere.test' AND"
        " workspace_id = (SELECT id FROM workspaces WHERE slug = 'acme')")  # fmt: skip
    sql("DELETE FROM invitations")
    for email, role in USUAL.items():
        sql(
            "INSERT INTO memberships (workspace_id, user_id, role)"
            " SELECT workspaces.id, users.id, %s FROM workspaces, users WHERE slug = 'acme' AND email = %s"
            " ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role",
            role,
            email,
        )


@pytest.fixture
def visit_page(visit_as):
    """`visit_page(viewport=PHONE)`: the page as Olivia, who owns, sees it."""
    return functools.partial(visit_as, "olivia", PATH)


def row(page: Page, name: str):
    return page.get_by_role("row").filter(has=page.locator(".member-name", has_text=name))


def choice(page: Page, name: str):
    return page.get_by_label(f"Role of {name}", exact=True)


def save(page: Page, name: str):
    return page.get_by_role("button", name=f"Save the role of {name}")


def done(page: Page):
    return page.locator("#done")


def test_columns_stay_where_they_are(visit_page, sql):
    page = visit_page()
    columns = [box["x"] for box in map(Locator.bounding_box, page.get_by_role("columnheader").all())]
    sql("UPDATE users SET name = %s WHERE email = 'mika@acme.test'", "Alexandra Papadopoulou " * 4)
    try:
        page.reload()
        assert columns == [
            box["x"] for box in map(Locator.bounding_box, page.get_by_role("columnheader").all())
        ]
    finally:
        sql("UPDATE users SET name = 'Mika' WHERE email = 'mika@acme.test'")


def invite(page: Page, email: str, role: str = "member") -> None:
    page.get_by_role("link", name="Invite a member").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Role").select_option(role)
    page.get_by_role("button", name="Invite", exact=True).click()


def test_pages_work_without_javascript(visit_page, open_page, forget_passwords):
    page = visit_page(java_script_enabled=False)
    invite(page, "no address", "viewer")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value("no address")
    expect(page.get_by_label("E-mail address")).to_have_accessible_description(re.compile("^Not an e-mail"))
    expect(page.get_by_label("Role")).to_have_value("viewer")
    page.get_by_label("E-mail address").fill("oscar@elsewhere.test")
    page.keyboard.press("Enter")
    expect(page.locator("#link h2")).to_have_text("oscar@elsewhere.test is invited as viewer")
    expect(row(page, "Oscar")).to_have_count(0)

    guest = open_page(java_script_enabled=False)
    guest.goto(page.locator("#handed-link").inner_text())
    guest.get_by_role("link", name="Sign in to accept").click()
    sign_in(guest, "oscar@elsewhere.test")
    guest.get_by_role("button", name="Accept as Oscar").click()
    expect(guest).to_have_url(re.compile("/w/acme$"))

    page.get_by_role("link", name="Done, I have it").click()
    expect(save(page, "Oscar")).to_be_hidden()
    choice(page, "Oscar").select_option("owner")
    forget_passwords()
    save(page, "Oscar").click()
    expect(page.get_by_label("Your password")).to_be_focused()
    expect(choice(page, "Oscar").or_(page.get_by_label("Role"))).to_have_value("owner")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Save").click()
    expect(done(page)).to_have_text("Oscar is owner now.")
    page.get_by_role("link", name="Remove Oscar").click()
    page.get_by_role("button", name="Remove").click()
    expect(done(page)).to_have_text("The member is removed.")
    expect(row(page, "Oscar")).to_have_count(0)

    invite(page, "nina@acme.test")
    page.get_by_role("link", name="Revoke the invitation of nina@acme.test").click()
    page.get_by_role("button", name="Revoke").click()
    expect(done(page)).to_have_text("The invitation is revoked.")
    expect(page.locator(".invitation-row")).to_have_count(0)


def reload(page: Page) -> None:
    """Once the script has replaced the form's address: until then the browser would send the form again."""
    expect(page).to_have_url(re.compile(f"{PATH}$"))
    page.reload()


def test_links_are_shown_once(visit_page):
    page = visit_page()
    page.get_by_role("link", name="Make Vera a link for a new password").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Make the link").click()
    expect(page.locator("#link")).to_be_focused()
    expect(page.locator("#handed-link")).to_contain_text("/reset/")
    reload(page)
    expect(page.locator("#link")).to_have_count(0)
    invite(page, "nina@acme.test")
    expect(page.locator("#handed-link")).to_contain_text("/invite/")
    reload(page)
    expect(page.locator(".invitation-row")).to_have_count(1)
    expect(page.locator("#link")).to_have_count(0)


def test_password_is_asked_for_in_the_dialog(visit_page, forget_passwords):
    page = visit_page()
    forget_passwords()
    page.get_by_role("link", name="Make Vera a link for a new password").click()
    dialog = page.get_by_role("alertdialog", name="Make Vera a link for a new password?")
    dialog.get_by_label("Your password").fill("a guess")
    dialog.get_by_role("button", name="Make the link").click()
    expect(page.get_by_label("Your password")).to_be_focused()
    expect(page.get_by_label("Your password")).to_have_accessible_description(re.compile("^This is not"))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator("#handed-link")).to_contain_text("/reset/")


def test_last_owner_is_refused_in_words(visit_page):
    page = visit_page(viewport=PHONE)
    page.get_by_role("link", name="Remove Olivia").click()
    dialog = page.get_by_role("alertdialog", name="Leave this workspace?")
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("alert")).to_have_text("Make somebody else an owner first.")
    expect(page.get_by_role("alert")).to_be_focused()
    assert not is_wide(page)


def test_unsaved_choice_survives_a_refresh(visit_page, olivia):
    page = visit_page(viewport=PHONE)
    expect(save(page, "Vera")).to_be_hidden()
    choice(page, "Vera").select_option("member")
    olivia.post("/api/workspaces/acme/invitations", json={"email": "nina@acme.test"}).raise_for_status()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".invitation-row")).to_have_count(1)
    expect(save(page, "Vera")).to_be_visible()
    expect(choice(page, "Vera")).to_have_value("member")
    assert not is_wide(page)
