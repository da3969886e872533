"""Invitations: made, listed and revoked by admins; only accepting one makes a member."""

from datetime import datetime, timedelta

import pytest
from conftest import PASSWORD, Browser, new_browser

URL = "/api/workspaces/acme/invitations"
MEMBERS = "/api/workspaces/acme/members"
REALTIME = "/api/workspaces/acme/analytics/realtime"
NINA = {"email": "nina@acme.test", "role": "member"}
FORM = {"name": "Nina", "password": "a long enough password"}


@pytest.fixture
def invite(olivia):
    """`invite(email="…")`: an invitation of Olivia's, and its path."""

    def make(**wanted):
        answer = olivia.post(URL, json=NINA | wanted)
        assert answer.status_code == 201, answer.text
        made = answer.get_json()["data"]
        return made | {"path": made["url"].removeprefix("http://localhost")}

    return make


@pytest.fixture
def other(app):
    """One more visitor."""
    return new_browser(app)


def names(olivia) -> set[str]:
    return {one["name"] for one in olivia.get(MEMBERS).get_json()["data"]}


def test_link_is_answered_once(olivia, invite, sql):
    made = invite(email=" Nina@acme.test ")
    assert (made["email"], made["role"]) == ("nina@acme.test", "member")
    [listed] = olivia.get(URL).get_json()["data"]
    assert listed == {name: made[name] for name in ("id", "email", "role", "expiresAt")}
    token = made["path"].removeprefix("/invite/")
    assert len(token) == 43
    assert token not in str(sql("SELECT * FROM invitations"))
    [(lives,)] = sql("SELECT expires_at - created_at FROM invitations")
    assert lives == timedelta(days=7)
    assert datetime.fromisoformat(made["expiresAt"])


def test_newcomer_makes_an_account(client, other, olivia, invite):
    path = invite()["path"]
    page = client.get(path)
    assert page.status_code == 200
    assert "Join Acme" in page.text
    assert "Nina" not in names(olivia)
    answer = client.post(f"{path}/create", data=FORM)
    assert (answer.status_code, answer.location) == (303, "/w/acme")
    assert client.get(REALTIME).status_code == 200
    assert "Nina" in names(olivia)
    assert other.post("/login", data={"email": "nina@acme.test", **FORM}).location == "/"


def test_signed_in_user_accepts(oscar, olivia, invite):
    path = invite(email="oscar@elsewhere.test", role="viewer")["path"]
    assert "Accept as Oscar" in oscar.get(path).text
    assert oscar.get(REALTIME).status_code == 404
    assert oscar.post(f"{path}/accept").location == "/w/acme"
    assert oscar.get(REALTIME).status_code == 200
    [entry] = olivia.get("/api/workspaces/acme/audit?limit=1").get_json()["data"]
    assert (entry["action"], entry["via"], entry["actor"]["name"]) == ("member.added", "link", "Oscar")


def test_link_works_once(client, other, invite):
    path = invite()["path"]
    client.post(f"{path}/create", data=FORM)
    again = other.post(f"{path}/create", data=FORM | {"name": "Eve"})
    assert (again.status_code, other.get(path).status_code) == (404, 404)
    assert "This invitation is over" in again.text


@pytest.mark.parametrize("end", ["revoke", "expire", "invite again"])
def test_ended_link_adds_no_member(client, oscar, olivia, invite, sql, end):
    made = invite()
    if end == "revoke":
        assert olivia.delete(f"{URL}/{made['id']}").status_code == 204
    elif end == "expire":
        sql("UPDATE invitations SET expires_at = now()")
    else:
        invite(role="viewer")
    assert client.post(f"{made['path']}/create", data=FORM).status_code == 404
    assert oscar.post(f"{made['path']}/accept").status_code == 404
    assert sql("SELECT * FROM users WHERE email = 'nina@acme.test'") == []


def test_page_reveals_no_account(client, invite, cast):
    pages = []
    for email in ("oscar@elsewhere.test", "nobody@elsewhere.test"):
        made = invite(email=email)
        page = client.get(made["path"]).text
        pages.append(page.replace(email, "…").replace(made["path"].removeprefix("/invite/"), "…"))
    assert pages[0] == pages[1]


def test_known_address_needs_its_password(client, olivia, invite):
    path = invite(email="oscar@elsewhere.test")["path"]
    wrong = client.post(f"{path}/create", data=FORM | {"name": "Mallory"})
    assert (wrong.status_code, "Creating the account failed." in wrong.text) == (422, True)
    assert "Oscar" not in names(olivia)
    right = client.post(f"{path}/create", data={"name": "Oscar", "password": PASSWORD})
    assert right.location == "/w/acme"
    assert {"Oscar"} < names(olivia)
    assert "Mallory" not in names(olivia)


def test_password_rules_reveal_no_account(client, invite, cast):
    pages = []
    for email in ("oscar@elsewhere.test", "nobody@elsewhere.test"):
        path = invite(email=email)["path"]
        pages.append(client.post(f"{path}/create", data={"name": "X", "password": "short"}))
    assert [page.status_code for page in pages] == [422, 422]
    assert all("Must be 8 to 1024 characters." in page.text for page in pages)


def test_only_owners_invite_owners(olivia, ada, invite):
    assert ada.post(URL, json=NINA | {"role": "owner"}).status_code == 403
    owner = invite(role="owner")
    assert ada.delete(f"{URL}/{owner['id']}").status_code == 403
    assert ada.post(URL, json=NINA | {"email": "admin@acme.test", "role": "admin"}).status_code == 201


@pytest.mark.parametrize("end", ["remove", "demote", "deactivate"])
def test_ends_with_the_inviters_right(app, olivia, ada, client, cast, end):
    url = ada.post(URL, json=NINA | {"role": "admin"}).get_json()["data"]["url"]
    if end == "remove":
        olivia.delete(f"{MEMBERS}/{cast['mika']}")
    elif end == "demote":
        olivia.patch(f"{MEMBERS}/{cast['mika']}", json={"role": "member"})
    else:
        app.test_cli_runner().invoke(args=["user", "deactivate", "mika@acme.test"])
    assert client.post(f"{url}/create", data=FORM).status_code == 404
    assert olivia.get(URL).get_json()["data"] == []


def test_audit_log_has_no_addresses(olivia, invite):
    made = invite()
    olivia.delete(f"{URL}/{made['id']}")
    entries = olivia.get("/api/workspaces/acme/audit?limit=2").get_json()["data"]
    details = {"invitation": made["id"], "role": "member"}
    assert [(one["action"], one["details"], one["subject"]) for one in entries] == [
        ("invitation.revoked", details, None),
        ("invitation.created", details, None),
    ]


def test_erasure_deletes_invitations(app, olivia, oscar, invite, cast, sql):
    sql("INSERT INTO memberships SELECT workspace_id, :user, 'owner' FROM memberships WHERE user_id = :oscar",
        user=cast["vera"], oscar=cast["oscar"])  # fmt: skip
    invite(email="oscar@elsewhere.test")
    done = app.test_cli_runner().invoke(args=["user", "erase", "oscar@elsewhere.test", "--yes"])
    assert done.exit_code == 0, done.output
    assert sql("SELECT * FROM invitations") == []


def test_links_ignore_the_host_header(make_app, cast):
    app = make_app(PULSE_PUBLIC_URL="http://pulse.test")
    browser = new_browser(app, cast["olivia"])
    cookie = f"pulse_session={browser.get_cookie('pulse_session').value}"
    elsewhere = Browser(app, app.response_class, use_cookies=False)
    answer = elsewhere.post(URL, json=NINA, headers={"Host": "evil.test", "Cookie": cookie})
    assert answer.get_json()["data"]["url"].startswith("http://pulse.test/invite/")


def test_log_has_no_link(client, invite, capfd, app):
    path = invite()["path"]
    client.get(f"{path}/nothing")
    client.post(f"{path}/create", data={})
    assert path.removeprefix("/invite/") not in capfd.readouterr().err


def test_home_stays_the_oldest_workspace(oscar, olivia):
    url = olivia.post(URL, json={"email": "oscar@elsewhere.test"}).get_json()["data"]["url"]
    oscar.post(f"{url}/accept")
    assert oscar.get("/").location == "/w/elsewhere"


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é" * 43, "x" * 5_000])
def test_malformed_link_is_over(client, cast, token):
    assert client.get(f"/invite/{token}").status_code == 404
    assert client.post(f"/invite/{token}/create", data=FORM).status_code == 404
