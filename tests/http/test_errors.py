"""Errors: HTML for browsers, problem+json for clients, with the title of the code and no internals."""

from collections import defaultdict

import pytest
from flask import Flask
from posting import REALTIME

from app import errors
from app.http.problem_responses import problem_types

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_browser_gets_html(client):
    page = client.get("/nowhere", headers=BROWSER)
    assert "Accept" in page.headers["Vary"]
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "Page not found" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_media_range_parameters_are_ignored(client):
    answer = client.get("/nowhere", headers={"Accept": "text/html;charset=utf-8"})
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json, text/html;q=0.9"])
def test_client_gets_problem_json(client, accept):
    answer = client.get("/nowhere", headers={"Accept": accept})
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["code"] == "NOT_FOUND"
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path", ["/api/auth/me", "/api/nowhere", "/assets/x/nothing.js", "/static/nothing.js"]
)
def test_api_paths_are_never_html(client, path):
    assert client.get(path, headers=BROWSER).mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/w//acme", "/api//health", "/api/workspaces/%2F%2Fevil.test%2F/dashboard"])
def test_double_slash_is_no_open_redirect(client, path):
    answer = client.get(path, headers={"Host": "evil.test"})
    assert (answer.status_code, answer.headers.get("Location")) == (404, None)


def test_405_names_allowed_methods(client):
    page = client.post("/w/acme", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (405, "text/html")
    assert "GET" in page.headers["Allow"]


@pytest.fixture
def broken(make_app) -> Flask:
    app = make_app()
    app.add_url_rule("/broken", view_func=lambda: 1 / 0)
    return app


def test_500_shows_no_internals(broken):
    page = broken.test_client().get("/broken", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (500, "text/html")
    assert "Something went wrong on the server" in page.text
    assert "ZeroDivision" not in page.text
    assert "Try again" in page.text


def test_503_reloads_by_itself(make_app, mika):
    app = make_app(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")
    visitor = app.test_client()
    with mika.session_transaction() as mine, visitor.session_transaction() as theirs:
        theirs.update(mine)
    page = visitor.get("/w/acme", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert page.headers["Retry-After"]
    assert "Its database does not answer." in page.text
    assert '<meta http-equiv="refresh" content="5">' in page.text


def kinds(kind=errors.Problem):
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def test_code_has_one_title():
    titles = defaultdict(set)
    for kind in kinds():
        titles[kind.code].add(kind.title)
    assert not {code: found for code, found in titles.items() if len(found) > 1}


def test_framework_errors_have_titles(client):
    nowhere, method = client.get("/no/such/path").get_json(), client.post("/healthz").get_json()
    assert nowhere["title"] == problem_types()["NOT_FOUND"].title == errors.NotFound.title
    assert (method["title"], method["type"]) == ("Method Not Allowed", "/api/docs#METHOD_NOT_ALLOWED")


def test_challenge_is_for_authentication_only(client, vera):
    wrong = client.post("/api/auth/login", json={"email": "mika@acme.test", "password": "wrong"})
    assert (wrong.status_code, wrong.headers["WWW-Authenticate"]) == (401, 'Bearer realm="pulse"')
    forbidden = vera.post(REALTIME, json={"eventType": "user.active"})
    assert (forbidden.status_code, "WWW-Authenticate" in forbidden.headers) == (403, False)
