"""/setup: the first owner and workspace, made once with the code from the log."""

import logging

import gevent
import pytest
from conftest import PASSWORD, new_browser

from app.workspaces.first_run import log_setup_code, setup_code

FORM = {
    "name": "Ada",
    "email": "ada@acme.test",
    "password": PASSWORD,
    "workspace": "Acme",
    "slug": "acme",
    "timezone": "Europe/Berlin",
}


@pytest.fixture
def code(app):
    return setup_code(app.config["PULSE"])


def test_makes_owner_and_workspace(client, code):
    assert client.get("/setup").status_code == 200
    assert client.post("/setup", data=FORM | {"code": code}).location == "/"
    [workspace] = client.get("/api/auth/me").get_json()["workspaces"]
    assert (workspace["slug"], workspace["role"], workspace["timezone"]) == ("acme", "owner", "Europe/Berlin")
    [entry] = client.get("/api/workspaces/acme/audit").get_json()["data"]
    assert (entry["action"], entry["actor"]["name"]) == ("workspace.created", "Ada")


def test_works_once(app, client, code):
    client.post("/setup", data=FORM | {"code": code})
    other = new_browser(app)
    again = FORM | {"code": code, "email": "eve@acme.test", "slug": "other"}
    assert (other.get("/setup").status_code, other.post("/setup", data=again).status_code) == (404, 404)


def test_concurrent_setups_make_one(app, code, sql):
    def post(number):
        browser = new_browser(app)
        form = FORM | {"code": code, "email": f"ada{number}@acme.test", "slug": f"acme{number}"}
        return browser.post("/setup", data=form).status_code

    jobs = [gevent.spawn(post, number) for number in range(4)]
    gevent.joinall(jobs, raise_error=True)
    assert sorted(job.value for job in jobs) == [303, 404, 404, 404]
    assert (len(sql("SELECT * FROM users")), len(sql("SELECT * FROM workspaces"))) == (1, 1)


@pytest.mark.parametrize("wrong", ["", "AAAA-AAAA-AAAA-AAAA", "é", "x" * 1000])
def test_wrong_code_makes_nothing(client, sql, wrong):
    page = client.post("/setup", data=FORM | {"code": wrong})
    assert (page.status_code, "This is not the code" in page.text) == (422, True)
    assert sql("SELECT * FROM users") == []


def test_code_ignores_case_and_dashes(client, code):
    assert client.post("/setup", data=FORM | {"code": f" {code.replace('-', ' ').lower()} "}).location == "/"


def test_errors_name_every_field(client, code, sql):
    form = {
        "code": code,
        "name": " ",
        "email": "ada",
        "password": "12345678",
        "slug": "A b",
        "timezone": "Berlin",
    }
    page = client.post("/setup", data=form)
    assert page.status_code == 422
    for words in ("Not an e-mail address.", "guessed first", "1 to 35 small letters", "1 to 100 visible"):
        assert words in page.text
    assert sql("SELECT * FROM users") == []


def test_guesses_are_rate_limited(make_app):
    app = make_app(PULSE_RATE_LIMIT_LOGIN="2/minute")
    browser = new_browser(app)
    statuses = [browser.post("/setup", data=FORM | {"code": "guess"}).status_code for _ in range(3)]
    assert statuses == [422, 422, 429]


def test_code_is_logged_while_valid(app, client, code, caplog):
    def lines():
        caplog.clear()
        with app.app_context(), caplog.at_level(logging.WARNING):
            from app.extensions import db

            log_setup_code(db.engine, app.config["PULSE"])
        return caplog.text

    assert code in lines()
    client.post("/setup", data=FORM | {"code": code})
    assert lines() == ""


def test_code_derives_from_the_secret_key(make_app, code):
    assert len(code.replace("-", "")) == 16
    assert setup_code(make_app(PULSE_SECRET_KEY="k" * 32).config["PULSE"]) != code
