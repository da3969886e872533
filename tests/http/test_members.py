"""`/api/workspaces/<ws>/members`: list, add, change, remove, leave; the last owner stays."""

from uuid import uuid4

import gevent
import pytest
from posting import post_batch

from app.errors import Problem
from app.workspaces.personal_data import erase

MEMBERS = "/api/workspaces/acme/members"


def roles(client) -> dict[str, str]:
    return {one["name"]: one["role"] for one in client.get(MEMBERS).get_json()["data"]}


def problem_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_list_has_role_and_last_event(olivia, mika, cast):
    post_batch(mika, {"eventType": "user.active"})
    found = olivia.get(MEMBERS).get_json()["data"]
    assert [one["email"] for one in found] == ["mika@acme.test", "olivia@acme.test", "vera@acme.test"]
    since, seen = found[0].pop("since"), found[0].pop("lastSeen")
    assert since < seen
    assert found[0] == {
        "userId": str(cast["mika"]),
        "name": "Mika",
        "email": "mika@acme.test",
        "role": "member",
        "active": True,
    }
    assert found[1]["lastSeen"] is None


def test_list_marks_deactivated_users(olivia, sql):
    sql("UPDATE users SET is_active = false WHERE name = 'Vera'")
    assert [one["active"] for one in olivia.get(MEMBERS).get_json()["data"]] == [True, True, False]


def test_adding_only_invites(ada, oscar):
    answer = ada.post(MEMBERS, json={"email": " OSCAR@elsewhere.test", "role": "viewer"})
    assert answer.status_code == 202, answer.text
    assert "Oscar" not in roles(ada)
    assert oscar.get("/api/workspaces/acme/analytics/realtime").status_code == 404


def test_adding_reveals_no_account(ada, cast):
    answers = [
        ada.post(MEMBERS, json={"email": email})
        for email in ("oscar@elsewhere.test", "nobody@elsewhere.test")
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    one, other = [answer.get_json()["data"] for answer in answers]
    assert one.keys() == other.keys() == {"id", "email", "role", "url", "expiresAt"}


def test_default_role_is_member(olivia):
    assert olivia.post(MEMBERS, json={"email": "oscar@elsewhere.test"}).get_json()["data"]["role"] == "member"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"email": ["Missing data for required field."]}),
        ({"email": "no address"}, {"email": ["Not an e-mail address."]}),
        (
            {"email": "oscar@elsewhere.test", "role": "king"},
            {"role": ["Must be one of: owner, admin, member, viewer."]},
        ),
    ],
)
def test_errors_name_the_field(olivia, body, errors):
    answer = olivia.post(MEMBERS, json=body)
    assert problem_of(answer) == (422, "INVALID_INPUT")
    assert answer.get_json()["errors"] == errors
    assert "Oscar" not in roles(olivia)


def test_adding_a_member_again_conflicts(olivia):
    assert problem_of(olivia.post(MEMBERS, json={"email": "mika@acme.test", "role": "owner"})) == (
        409,
        "ALREADY_EXISTS",
    )
    assert roles(olivia)["Mika"] == "member"


def test_new_role_holds_at_once(olivia, vera, cast):
    answer = olivia.patch(f"{MEMBERS}/{cast['vera']}", json={"role": "member"})
    assert (answer.status_code, answer.get_json()["role"]) == (200, "member")
    post_batch(vera, {"eventType": "user.active"})


def test_unknown_role_changes_nothing(olivia, cast):
    answer = olivia.patch(f"{MEMBERS}/{cast['vera']}", json={"role": None})
    assert problem_of(answer) == (422, "INVALID_INPUT")
    assert roles(olivia)["Vera"] == "viewer"


def test_removed_member_has_no_access(ada, vera, cast):
    assert ada.delete(f"{MEMBERS}/{cast['vera']}").status_code == 204
    assert vera.get("/api/workspaces/acme/analytics/realtime").status_code == 404
    assert problem_of(ada.delete(f"{MEMBERS}/{cast['vera']}")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_non_member_is_not_found(olivia, cast, method):
    for stranger in (cast["oscar"], uuid4()):
        answer = getattr(olivia, method)(f"{MEMBERS}/{stranger}", json={"role": "viewer"})
        assert problem_of(answer) == (404, "NOT_FOUND")


def test_admin_makes_no_owner(ada, cast):
    words = "Only owners can make or change owners; your role is admin."
    for answer in (
        ada.post(MEMBERS, json={"email": "oscar@elsewhere.test", "role": "owner"}),
        ada.patch(f"{MEMBERS}/{cast['vera']}", json={"role": "owner"}),
        ada.patch(f"{MEMBERS}/{cast['mika']}", json={"role": "owner"}),
    ):
        assert (*problem_of(answer), answer.get_json()["detail"]) == (403, "FORBIDDEN", words)
    assert roles(ada) == {"Mika": "admin", "Olivia": "owner", "Vera": "viewer"}


def test_admin_changes_no_owner(ada, olivia, cast):
    assert olivia.patch(f"{MEMBERS}/{cast['vera']}", json={"role": "owner"}).status_code == 200
    assert problem_of(ada.patch(f"{MEMBERS}/{cast['vera']}", json={"role": "viewer"})) == (403, "FORBIDDEN")
    assert problem_of(ada.delete(f"{MEMBERS}/{cast['vera']}")) == (403, "FORBIDDEN")


def test_changes_are_in_the_audit_log(olivia, cast):
    olivia.patch(f"{MEMBERS}/{cast['mika']}", json={"role": "viewer"})
    olivia.patch(f"{MEMBERS}/{cast['mika']}", json={"role": "viewer"})
    olivia.delete(f"{MEMBERS}/{cast['mika']}")
    entries = olivia.get("/api/workspaces/acme/audit?limit=2").get_json()["data"]
    assert [(one["action"], one["details"], one["actor"]["name"]) for one in entries] == [
        ("member.removed", {"role": "viewer"}, "Olivia"),
        ("member.role-changed", {"before": "member", "role": "viewer"}, "Olivia"),
    ]


OWNERS = """
    SELECT users.name FROM memberships
    JOIN users ON users.id = user_id JOIN workspaces ON workspaces.id = workspace_id
    WHERE slug = 'acme' AND role = 'owner' ORDER BY 1
"""


@pytest.fixture
def owners(sql):
    return lambda: [name for (name,) in sql(OWNERS)]


@pytest.fixture
def two_owners(sql):
    sql("UPDATE memberships SET role = 'owner' FROM users WHERE users.id = user_id AND name = 'Mika'")


def refusal(answer) -> str:
    return answer.status_code == 409 and answer.get_json()["code"]


def test_last_owner_stays(olivia, cast, owners):
    own = f"{MEMBERS}/{cast['olivia']}"
    assert refusal(olivia.patch(own, json={"role": "admin"})) == "LAST_OWNER"
    assert refusal(olivia.delete(own)) == "LAST_OWNER"
    assert olivia.patch(own, json={"role": "owner"}).status_code == 200
    assert owners() == ["Olivia"]


def test_one_of_two_owners_may_leave(olivia, cast, owners, two_owners):
    assert olivia.delete(f"{MEMBERS}/{cast['olivia']}").status_code == 204
    assert owners() == ["Mika"]


@pytest.mark.parametrize("leave", ["demote", "remove"])
def test_concurrent_demotions_leave_one(olivia, mika, cast, owners, two_owners, leave):
    def unmake(client, name):
        path = f"{MEMBERS}/{cast[name]}"
        return client.patch(path, json={"role": "viewer"}) if leave == "demote" else client.delete(path)

    both = [gevent.spawn(unmake, olivia, "mika"), gevent.spawn(unmake, mika, "olivia")]
    gevent.joinall(both, raise_error=True)
    assert sorted(one.value.status_code < 400 for one in both) == [False, True]
    assert len(owners()) == 1


def test_concurrent_erasures_leave_one(app, cast, owners, two_owners):
    def vanish(name):
        with app.app_context():
            try:
                erase(cast[name])
            except Problem as problem:
                return str(problem)
        return "erased"

    both = [gevent.spawn(vanish, name) for name in ("olivia", "mika")]
    gevent.joinall(both, raise_error=True)
    assert sorted(one.value for one in both) == [
        "This is the only owner of acme: name another one first.",
        "erased",
    ]
    assert len(owners()) == 1


def test_admin_learns_nothing_of_other_owners(ada, cast):
    path = f"{MEMBERS}/{cast['olivia']}"
    answers = [ada.patch(path, json={"role": "viewer"}), ada.delete(path)]
    assert [(answer.status_code, answer.get_json()["code"]) for answer in answers] == [(403, "FORBIDDEN")] * 2


URL = "/api/workspaces/acme/members/me"
REALTIME = "/api/workspaces/acme/analytics/realtime"


@pytest.mark.parametrize("name", ["mika", "vera"])
def test_any_role_may_leave(request, olivia, name):
    browser = request.getfixturevalue(name)
    assert browser.delete(URL).status_code == 204
    assert browser.get(REALTIME).status_code == 404
    [entry] = olivia.get("/api/workspaces/acme/audit?limit=1").get_json()["data"]
    assert (entry["action"], entry["actor"]["name"]) == ("member.left", name.capitalize())


def test_tokens_end_with_the_membership(mika, script):
    token = script("events:write", of="mika")
    mika.delete(URL)
    assert token.post_event().status_code == 401


def test_last_owner_cannot_leave(olivia, cast):
    answer = olivia.delete(URL)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "LAST_OWNER")
    olivia.patch(f"/api/workspaces/acme/members/{cast['mika']}", json={"role": "owner"})
    assert olivia.delete(URL).status_code == 204


def test_page_confirms_first(mika):
    assert 'href="/w/acme/leave"' in mika.get("/account").text
    page = mika.get("/w/acme/leave")
    assert (page.status_code, "Leave Acme?" in page.text) == (200, True)
    assert mika.post("/w/acme/leave").location == "/account?done=left"
    assert "You have left the workspace." in mika.get("/account?done=left").text
    assert mika.get(REALTIME).status_code == 404


def test_page_refuses_the_last_owner(olivia):
    page = olivia.post("/w/acme/leave")
    assert (page.status_code, "Make somebody else an owner first." in page.text) == (409, True)
