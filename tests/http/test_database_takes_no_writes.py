"""A database that takes no writes (read-only, or a role without rights): each route answers 503, none 500."""

from __future__ import annotations

import secrets

import pytest
from conftest import new_browser
from role_matrix import METRIC, REQUESTS, rows
from test_role_matrix import filled

REALTIME = "/api/workspaces/acme/analytics/realtime"
CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
WRITES = [
    ("POST", "/api/auth/login"),
    ("POST", "/api/workspaces/<workspace>/tokens"),
    ("POST", "/api/workspaces/<workspace>/analytics/custom-metrics"),
    ("POST", "/api/workspaces/<workspace>/analytics/realtime"),
    ("POST", "/api/workspaces/<workspace>/analytics/realtime/batch"),
]


@pytest.fixture
def read_only(environ):
    url = environ["DATABASE_URL"]
    return f"{url}{'&' if '?' in url else '?'}options=-c%20default_transaction_read_only%3Don"


@pytest.fixture
def limited_role(environ, sql):
    name = f"limited_{secrets.token_hex(4)}"
    sql(f"CREATE ROLE {name} LOGIN")
    sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
    url = environ["DATABASE_URL"]
    yield f"{url}{'&' if '?' in url else '?'}user={name}"
    sql(f"DROP OWNED BY {name}; DROP ROLE {name}")


@pytest.mark.parametrize("database", ["read_only", "limited_role"])
def test_no_route_answers_500(request, make_app, olivia, script, tim, database):
    places = {
        "workspace": "acme",
        "slug": "acme",
        "uuid:user_id": tim(True),
        "uuid:token_id": script("events:write").token_id,
        "uuid:invitation_id": "0" * 32,
        "session_id": olivia.get("/api/auth/sessions").get_json()["data"][0]["id"],
        "name": "it",
        "connection_id": "conn_1_abc",
        "path:event_id": "olivias",
        "path:filename": "js/client/errors.js",
        "path:path": "js/client/errors.js",
        "version": "0",
        "token": "x" * 43,
    }
    olivia.post(REALTIME, json={"eventType": "user.active", "eventId": "olivias"})
    assert olivia.post(CUSTOM, json=METRIC | {"name": "it"}).status_code == 201
    app = make_app(DATABASE_URL=request.getfixturevalue(database))
    app.extensions["pulse"].committer.retry_for = 0
    browser = new_browser(app)
    [cookie] = olivia._cookies.values()
    browser._cookies = dict.fromkeys(olivia._cookies, cookie)
    codes = {}
    for row in rows():
        method, rule = row
        with browser.open(filled(rule, places), method=method, **REQUESTS.get(row, {})) as answer:
            codes[row] = answer.status_code
    assert [row for row, code in codes.items() if code == 500] == []
    assert {row: codes[row] for row in WRITES} == dict.fromkeys(WRITES, 503)
