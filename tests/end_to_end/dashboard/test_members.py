"""Members by hand: added, given another role, removed; what an admin may not do to an owner."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, PHONE, email_of, notice

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
def visit_page(open_page):
    def visit_page(name="olivia", **options) -> Page:
        page = open_page(**options)
        page.request.post("/api/auth/login", data={"email": email_of(name), "password": PASSWORD})
        page.goto(PATH)
        expect(row(page, "Olivia")).to_be_visible()
        return page

    return visit_page


def row(page: Page, name: str):
    return page.get_by_role("row").filter(has=page.locator(".member-name", has_text=name))


def choice(page: Page, name: str):
    return page.get_by_label(f"Role of {name}", exact=True)


def test_somebody_is_invited_accepts_is_promoted_and_removed(visit_page, open_page):
    page = visit_page()
    page.get_by_role("button", name="Invite somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address").fill("no address")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator("#add-email-faults")).to_contain_text("Not an e-mail address.")
    dialog.get_by_label("E-mail address").fill("oscar@elsewhere.test")
    dialog.get_by_label("Role").select_option("viewer")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator("#link h2")).to_have_text("oscar@elsewhere.test is invited as viewer")
    expect(page.locator(".invitation-email")).to_have_text("oscar@elsewhere.test")
    expect(row(page, "Oscar")).to_have_count(0)

    guest = open_page()
    guest.goto(page.locator("#handed-link").inner_text())
    guest.get_by_role("link", name="Sign in to accept").click()
    guest.get_by_label("E-mail address").fill("oscar@elsewhere.test")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Sign in").click()
    guest.get_by_role("button", name="Accept as Oscar").click()
    expect(guest).to_have_url(re.compile("/w/acme$"))

    page.get_by_role("button", name="Done, I have it").click()
    page.reload()
    expect(choice(page, "Oscar")).to_have_value("viewer")
    expect(page.locator(".invitation-row")).to_have_count(0)

    save = page.get_by_role("button", name="Save the role of Oscar")
    expect(save).to_be_hidden()
    choice(page, "Oscar").select_option("admin")
    save.click()
    expect(notice(page)).to_contain_text(["Oscar is admin now."])
    expect(save).to_be_hidden()
    expect(choice(page, "Oscar")).to_be_focused()
    page.reload()
    expect(choice(page, "Oscar")).to_have_value("admin")

    page.get_by_role("button", name="Remove Oscar").click()
    page.get_by_role("alertdialog", name="Remove Oscar?").get_by_role("button", name="Remove").click()
    expect(notice(page)).to_have_text("Oscar is removed.")
    expect(row(page, "Oscar")).to_have_count(0)


def test_password_is_asked_for_in_place_before_an_owner_is_made(visit_page, forget_passwords):
    page = visit_page()
    forget_passwords()
    choice(page, "Mika").select_option("owner")
    page.get_by_role("button", name="Save the role of Mika").click()
    dialog = page.get_by_role("dialog", name="Enter your password again")
    dialog.get_by_label("Password").fill("a guess")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog).to_contain_text("This is not your password.")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Go on").click()
    expect(notice(page)).to_contain_text(["Mika is owner now."])

    forget_passwords()
    page.get_by_role("button", name="Make Vera a link for a new password").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Make the link").click()
    page.get_by_role("dialog", name="Enter your password again").get_by_label("Close").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("Enter your password again first")


def test_invitation_is_revoked(visit_page):
    page = visit_page(viewport=PHONE)
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_role("dialog").get_by_label("E-mail address").fill("nina@acme.test")
    page.get_by_role("dialog").get_by_role("button", name="Invite", exact=True).click()
    page.get_by_role("button", name="Revoke the invitation of nina@acme.test").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(notice(page)).to_contain_text(["The invitation of nina@acme.test is revoked."])
    expect(page.locator(".invitation-row")).to_have_count(0)
    expect(page.locator("#link")).to_be_hidden()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_last_owner_stays_and_is_told_why(visit_page):
    page = visit_page()
    expect(row(page, "Olivia")).to_contain_text("You")
    choice(page, "Olivia").select_option("viewer")
    page.get_by_role("button", name="Save the role of Olivia").click()
    expect(notice(page)).to_contain_text("Make somebody else an owner first.")
    page.get_by_role("button", name="Remove Olivia").click()
    question = page.get_by_role("alertdialog", name="Leave this workspace?")
    question.get_by_role("button", name="Remove").click()
    expect(question).to_contain_text("Make somebody else an owner first.")


def test_an_admin_leaves_owners_alone(visit_page, sql):
    sql("UPDATE memberships SET role = 'admin' FROM users WHERE users.id = user_id AND name = 'Mika'")
    page = visit_page("mika")
    expect(choice(page, "Olivia")).to_be_disabled()
    expect(page.get_by_role("button", name="Remove Olivia")).to_be_hidden()
    expect(choice(page, "Vera").locator("option[value=owner]")).to_be_disabled()
    page.get_by_role("button", name="Invite somebody").click()
    assert page.get_by_role("dialog").get_by_label("Role").locator("option").count() == 3


def test_a_choice_that_is_not_saved_yet_outlives_a_renewal(visit_page, olivia):
    page = visit_page(viewport=PHONE)
    choice(page, "Vera").select_option("member")
    with page.expect_response("**/members"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("button", name="Save the role of Vera")).to_be_visible()
    expect(choice(page, "Vera")).to_have_value("member")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
