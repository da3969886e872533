"""`/api/workspaces/<ws>/members`: who there is, adding, changing and removing one, by owners and by admins."""

from uuid import uuid4

import pytest
from posting import post_batch

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
    words = "Who is an owner is for owners to say; your role is admin."
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
