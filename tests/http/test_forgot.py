"""A forgotten password: a link by mail, by an owner or by the command line, that works once within an hour."""

import re
from datetime import timedelta

import pytest
from conftest import PASSWORD, new_browser
from servers import until
from smtp_sink import SmtpSink, running

NEW = {"newPassword": "a longer horse battery"}
MIKA = {"email": "mika@acme.test"}
OVER = "This link is over"


@pytest.fixture
def sink():
    with running(SmtpSink()) as sink:
        yield sink


@pytest.fixture
def mailing(make_app, sink):
    """The app with mail; `mailing.send()` sends what is due."""
    url = f"smtp://127.0.0.1:{sink.port}"
    app = make_app(PULSE_PUBLIC_URL="http://pulse.test", PULSE_SMTP_URL=url)
    app.send = app.extensions["pulse"].mailer.send_due
    return app


@pytest.fixture
def visitor(mailing):
    return new_browser(mailing)


@pytest.fixture
def link(app, cast):
    """The path of a link for Mika, as the command prints it."""
    done = app.test_cli_runner().invoke(args=["user", "reset-link", "mika@acme.test"])
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def can_sign_in(client, password) -> bool:
    return client.post("/api/auth/login", json=MIKA | {"password": password}).status_code == 200


def test_mailed_link_sets_a_password(mailing, visitor, sink, cast):
    assert visitor.post("/forgot", data=MIKA).location == "/forgot?asked=1"
    mailing.send()
    [mail] = sink.mails
    assert mail.recipients == ["mika@acme.test"]
    [link] = re.findall(r"http://pulse\.test(/reset/\S+)", mail.message.get_content())
    assert "mika@acme.test" in visitor.get(link).text
    assert visitor.post(link, data=NEW).location == "/login?done=reset"
    assert "Your password is changed." in visitor.get("/login?done=reset").text
    assert can_sign_in(visitor, NEW["newPassword"])
    assert not can_sign_in(visitor, PASSWORD)


def test_running_worker_sends_what_is_queued(mailing, visitor, sink, cast):
    mailing.extensions["pulse"].start()
    visitor.post("/forgot", data=MIKA)
    until(lambda: sink.recipients() == ["mika@acme.test"], "the mail of a worker that runs")


def test_unknown_address_gets_no_mail(mailing, visitor, sink, cast, sql):
    sql("UPDATE users SET is_active = false WHERE name = 'Vera'")
    answers = []
    for email in ("mika@acme.test", "nobody@acme.test", "vera@acme.test"):
        answer = visitor.post("/forgot", data={"email": email})
        answers.append((answer.status_code, answer.location, answer.text))
    assert len(set(answers)) == 1
    assert len(sql("SELECT * FROM outbound_mails")) == 3  # the same work for all of them
    mailing.send()
    assert sink.recipients() == ["mika@acme.test"]


def test_queue_holds_no_link(mailing, visitor, sink, cast, sql):
    visitor.post("/forgot", data=MIKA)
    mailing.send()
    [token] = re.findall(r"/reset/(\S+)", sink.mails[0].message.get_content())
    stored = str(sql("SELECT * FROM outbound_mails")) + str(sql("SELECT * FROM password_resets"))
    assert token not in stored
    [(lives,)] = sql("SELECT expires_at - created_at FROM password_resets")
    assert lives == timedelta(hours=1)


def test_requests_are_rate_limited(make_app, sink, cast):
    url = f"smtp://127.0.0.1:{sink.port}"
    app = make_app(PULSE_PUBLIC_URL="http://pulse.test", PULSE_SMTP_URL=url, PULSE_RATE_LIMIT_MAIL="2/minute")
    for email in ("mika@acme.test", "nobody@acme.test"):
        asker = new_browser(app)
        statuses = [asker.post("/forgot", data={"email": email}).status_code for _ in range(3)]
        assert statuses == [303, 303, 429]


def test_page_without_mail_names_the_command(client, sql):
    page = client.get("/forgot")
    assert (page.status_code, "flask user reset-link" in page.text) == (200, True)
    assert client.post("/forgot", data=MIKA).status_code == 422
    assert sql("SELECT * FROM outbound_mails") == []


def test_link_works_once(client, link):
    assert client.post(link, data=NEW).status_code == 303
    again = client.post(link, data={"newPassword": "another long password"})
    assert (again.status_code, OVER in again.text) == (404, True)
    assert client.get(link).status_code == 404
    assert can_sign_in(client, NEW["newPassword"])


def test_link_is_over_after_an_hour(client, link, sql):
    sql("UPDATE password_resets SET expires_at = now()")
    assert client.get(link).status_code == 404
    assert client.post(link, data=NEW).status_code == 404
    assert can_sign_in(client, PASSWORD)


def test_using_one_link_ends_all_of_ones_links(app, client, link):
    other = app.test_cli_runner().invoke(args=["user", "reset-link", "mika@acme.test"]).stdout.strip()
    client.post(link, data=NEW)
    assert client.get(other).status_code == 404


@pytest.mark.parametrize("deed", ["change", "deactivate"])
def test_link_is_single_use(app, mika, client, link, deed):
    if deed == "change":
        change = {"currentPassword": PASSWORD, "newPassword": "another long password"}
        assert mika.post("/api/auth/password", json=change).status_code == 200
    else:
        for command in ("deactivate", "activate"):
            app.test_cli_runner().invoke(args=["user", command, "mika@acme.test"])
    assert client.post(link, data=NEW).status_code == 404


def test_reset_ends_sessions_and_tokens(client, mika, script, link, sql):
    token = script("events:write", of="mika")
    client.post(link, data=NEW | {"revokeTokensAsked": "1"})
    assert mika.get("/api/auth/me").status_code == 401
    assert token.post_event().status_code == 200
    assert len(sql("SELECT * FROM tokens")) == 1


def test_reset_is_in_the_audit_log(client, olivia, script, link, sql):
    script("events:write", of="mika")
    client.post(link, data=NEW)
    assert sql("SELECT * FROM tokens") == []
    [entry] = olivia.get("/api/workspaces/acme/audit?limit=1").get_json()["data"]
    assert (entry["action"], entry["via"], entry["actor"]["name"]) == ("token.revoked", "link", "Mika")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "Must be 8 to 1024 characters."),
        (PASSWORD, "This is your password already"),
        ("", "Must be"),
    ],
)
def test_refused_password_keeps_the_link(client, link, password, words):
    page = client.post(link, data={"newPassword": password})
    assert (page.status_code, words in page.text) == (422, True)
    assert client.post(link, data=NEW).status_code == 303


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é" * 43, "x" * 5_000])
def test_malformed_link_is_over(client, token):
    assert client.get(f"/reset/{token}").status_code == 404
    assert client.post(f"/reset/{token}", data=NEW).status_code == 404


def reset_link(asker, user_id):
    return asker.post(f"/api/workspaces/acme/members/{user_id}/reset-link")


def test_owner_hands_a_link_over(olivia, client, cast):
    answer = reset_link(olivia, cast["mika"])
    assert answer.status_code == 201
    url = answer.get_json()["data"]["url"]
    assert client.post(url, data=NEW).status_code == 303
    assert can_sign_in(client, NEW["newPassword"])
    [entry] = olivia.get("/api/workspaces/acme/audit?limit=1").get_json()["data"]
    assert (entry["action"], entry["subject"]["name"]) == ("member.reset-link-made", "Mika")


def test_no_reset_link_beyond_own_workspaces(olivia, cast, sql):
    sql("INSERT INTO memberships SELECT id, :mika, 'viewer' FROM workspaces WHERE slug = 'elsewhere'",
        mika=cast["mika"])  # fmt: skip
    answer = reset_link(olivia, cast["mika"])
    assert (answer.status_code, "do not own" in answer.get_json()["detail"]) == (403, True)
    assert reset_link(olivia, cast["oscar"]).status_code == 404
    assert sql("SELECT * FROM password_resets") == []


def test_with_mail_nobody_hands_links_over(mailing, visitor, cast):
    visitor.sign_in(cast["olivia"])
    assert reset_link(visitor, cast["mika"]).status_code == 403


def test_invitation_mail_has_own_link(mailing, visitor, sink, cast, sql):
    visitor.sign_in(cast["olivia"])
    invitation = {"email": "nina@acme.test", "role": "admin"}
    made = visitor.post("/api/workspaces/acme/invitations", json=invitation).get_json()["data"]
    mailing.send()
    [mail] = sink.mails
    assert mail.recipients == ["nina@acme.test"]
    assert mail.message["Subject"] == "You are invited to Acme at Pulse"
    [link] = re.findall(r"http://pulse\.test/invite/\S+", mail.message.get_content())
    assert link != made["url"]
    newcomer = new_browser(mailing)
    path = link.removeprefix("http://pulse.test")
    assert newcomer.post(f"{path}/create", data={"name": "Nina", "password": PASSWORD}).status_code == 303
    assert newcomer.get(made["url"]).status_code == 404  # one invitation, whichever link was used


def test_revoked_invitation_is_not_mailed(mailing, visitor, sink, cast):
    visitor.sign_in(cast["olivia"])
    url = "/api/workspaces/acme/invitations"
    made = visitor.post(url, json={"email": "nina@acme.test"}).get_json()["data"]
    visitor.delete(f"{url}/{made['id']}")
    mailing.send()
    assert sink.mails == []
