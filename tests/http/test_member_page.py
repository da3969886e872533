"""The pages at /w/<slug>/members: members and invitations by forms alone."""

import re

import pytest
from conftest import PASSWORD
from pages import errors_of, value_of

PAGE = "/w/acme/members"
API = "/api/workspaces/acme"
LAST_OWNER = "Make somebody else an owner first."


def roles(olivia) -> dict[str, str]:
    return {one["name"]: one["role"] for one in olivia.get(f"{API}/members").get_json()["data"]}


def invitations(olivia) -> list[dict]:
    return olivia.get(f"{API}/invitations").get_json()["data"]


def row(page, name: str) -> str:
    """The row of a member."""
    return next(row for row in re.findall(r"<tr .*?</tr>", page.text, re.DOTALL) if f">{name}</span>" in row)


def test_list_says_who_belongs_and_as_what(olivia, sql):
    sql("UPDATE users SET is_active = false WHERE name = 'Vera'")
    page = olivia.get(PAGE)
    assert page.headers["Cache-Control"] == "no-store"
    assert re.findall(r'class="quiet member-email">([^<]+)', page.text) == [
        "mika@acme.test",
        "olivia@acme.test",
        "vera@acme.test",
    ]
    assert '<option value="member" selected>' in row(page, "Mika")
    assert "You" in row(page, "Olivia")
    assert "Deactivated" in row(page, "Vera")
    assert "Make Mika a link for a new password" in row(page, "Mika")
    for name in ("Olivia", "Vera"):  # oneself, and who could not sign in with it
        assert "new password" not in row(page, name)


def test_admin_cannot_change_owners(ada, olivia, cast):
    page = ada.get(PAGE)
    assert re.search(r"<select[^>]* disabled", row(page, "Olivia"))
    assert "Remove" not in row(page, "Olivia")
    assert '<option value="owner" disabled>' in row(page, "Vera")
    assert "new password" not in page.text
    assert 'value="owner"' not in ada.get(f"{PAGE}/invite").text
    forms = {
        f"{PAGE}/invite": {"email": "nina@acme.test", "role": "owner"},
        f"{PAGE}/{cast['vera']}/role": {"role": "owner"},
        f"{PAGE}/{cast['olivia']}/role": {"role": "viewer"},
        f"{PAGE}/{cast['olivia']}/remove": {},
    }
    for path, form in forms.items():
        answer = ada.post(path, data=form)
        assert answer.status_code == 403
        assert errors_of(answer) == {"form": "Only owners can make or change owners; your role is admin."}
    assert roles(olivia) == {"Olivia": "owner", "Mika": "admin", "Vera": "viewer"}
    assert invitations(olivia) == []


def test_invitation_link_is_shown_once(olivia, client):
    answer = olivia.post(f"{PAGE}/invite", data={"email": " Nina@acme.test", "role": "viewer"})
    assert answer.status_code == 201
    assert "Set-Cookie" not in answer.headers
    assert "nina@acme.test is invited as viewer" in answer.text
    assert "Send this link to nina@acme.test. It works once, within seven days" in answer.text
    [link] = re.findall(r"http://localhost(/invite/[\w-]{43})", answer.text)
    assert "Join Acme" in client.get(link).text
    page = olivia.get(PAGE)
    assert "nina@acme.test" in page.text
    assert link not in page.text


@pytest.mark.parametrize(
    ("form", "status", "errors"),
    [
        ({"email": "no address", "role": "viewer"}, 422, {"email": "Not an e-mail address."}),
        (
            {"email": "x@y.test", "role": "king"},
            422,
            {"role": "Must be one of: owner, admin, member, viewer."},
        ),
        (
            {"email": "vera@acme.test", "role": "viewer"},
            409,
            {"form": "This address belongs to a member already."},
        ),
    ],
)
def test_errors_of_an_invitation(olivia, form, status, errors):
    answer = olivia.post(f"{PAGE}/invite", data=form)
    assert (answer.status_code, errors_of(answer)) == (status, errors)
    assert value_of(answer, "email") == form["email"]
    if form["role"] == "viewer":
        assert '<option value="viewer" selected>' in answer.text


def test_inviting_owner_needs_password(olivia, stale):
    stale()
    form = {"email": "nina@acme.test", "role": "owner"}
    answer = olivia.post(f"{PAGE}/invite", data=form)
    assert (answer.status_code, value_of(answer, "email")) == (403, "nina@acme.test")
    assert '<option value="owner" selected>' in answer.text
    assert olivia.post(f"{PAGE}/invite", data={**form, "password": PASSWORD}).status_code == 201


def test_invitation_is_revoked(olivia, sql):
    olivia.post(f"{PAGE}/invite", data={"email": "nina@acme.test"})
    [path] = re.findall(rf'href="({PAGE}/invitations/[^"]+/revoke)"', olivia.get(PAGE).text)
    assert "nina@acme.test" in olivia.get(path).text
    for _ in range(2):  # a second press of the button does no harm
        assert "The invitation is revoked." in olivia.post(path, follow_redirects=True).text
    assert invitations(olivia) == []
    assert olivia.get(path).location == f"{PAGE}?done=gone"


def test_role_is_changed_and_named(olivia, cast):
    path = f"{PAGE}/{cast['vera']}/role"
    assert "Role of Vera" in olivia.get(path).text
    answer = olivia.post(path, data={"role": "member"}, follow_redirects=True)
    assert "Vera is member now." in answer.text
    assert roles(olivia)["Vera"] == "member"
    assert errors_of(olivia.post(path, data={"role": "king"})) == {
        "role": "Must be one of: owner, admin, member, viewer."
    }


def test_making_owner_needs_password(olivia, cast, stale):
    stale()
    path = f"{PAGE}/{cast['mika']}/role"
    answer = olivia.post(path, data={"role": "owner"})
    assert answer.status_code == 403
    assert '<option value="owner" selected>' in answer.text
    answer = olivia.post(path, data={"role": "owner", "password": "a guess"})
    assert errors_of(answer) == {"password": "This is not your password."}
    olivia.post(path, data={"role": "owner", "password": PASSWORD})
    assert roles(olivia)["Mika"] == "owner"


def test_former_admin_gets_the_dashboard(olivia, cast, sql):
    sql("UPDATE memberships SET role = 'owner' FROM users WHERE users.id = user_id AND name = 'Mika'")
    answer = olivia.post(f"{PAGE}/{cast['olivia']}/role", data={"role": "viewer"})
    assert (answer.status_code, answer.location) == (303, "/w/acme")


def test_last_owner_stays(olivia, cast):
    for path, form in (("role", {"role": "viewer"}), ("remove", {})):
        answer = olivia.post(f"{PAGE}/{cast['olivia']}/{path}", data=form)
        assert (answer.status_code, errors_of(answer)) == (409, {"form": LAST_OWNER})
    assert roles(olivia)["Olivia"] == "owner"


def test_member_is_removed(olivia, cast):
    path = f"{PAGE}/{cast['vera']}/remove"
    assert "Remove Vera?" in olivia.get(path).text
    for _ in range(2):  # a second press of the button does no harm
        assert "The member is removed." in olivia.post(path, follow_redirects=True).text
    assert "Vera" not in roles(olivia)
    assert olivia.get(path).status_code == 404


def test_removing_oneself_is_leaving(ada, cast):
    path = f"{PAGE}/{cast['mika']}/remove"
    assert "Leave this workspace?" in ada.get(path).text
    assert (ada.post(path).location, ada.get(PAGE).status_code) == ("/", 404)


def test_reset_link_is_shown_once(olivia, client, cast, stale):
    path = f"{PAGE}/{cast['vera']}/reset-link"
    assert "Make Vera a link for a new password?" in olivia.get(path).text
    stale()
    assert 'name="password"' in olivia.get(path).text
    assert olivia.post(path).status_code == 403
    answer = olivia.post(path, data={"password": PASSWORD})
    assert answer.status_code == 201
    assert "Send this link to Vera (vera@acme.test) only" in answer.text
    [link] = re.findall(r"http://localhost(/reset/[\w-]{43})", answer.text)
    assert client.get(link).status_code == 200
    assert link not in olivia.get(PAGE).text


def test_non_member_has_no_page(olivia, cast):
    for path in ("role", "remove", "reset-link"):
        assert olivia.get(f"{PAGE}/{cast['oscar']}/{path}").status_code == 404
    assert olivia.post(f"{PAGE}/{cast['oscar']}/role", data={"role": "viewer"}).status_code == 404
