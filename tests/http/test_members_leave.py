"""Leaving a workspace: any member may, but its last owner."""

import pytest

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
