"""The role matrix: every route answers every kind of caller as role_matrix.py says."""

import re
from uuid import uuid4

import pytest
from conftest import new_browser
from role_matrix import ASKERS, EVENT, METRIC, NOTE, REQUESTS, rows

REALTIME = "/api/workspaces/acme/analytics/realtime"
CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
SCOPES = {
    "write": "events:write",
    "write-as": "events:write-as",
    "read": "stats:read",
    "admin-token": "admin",
}
CODES = {"401": "AUTH_REQUIRED", "403": "FORBIDDEN", "404": "NOT_FOUND"}
NAMES = {"owner": "olivia", "admin": "ada", "member": "mika", "viewer": "vera", "outsider": "oscar"}


@pytest.fixture
def people(app, cast, sql, password_hash):
    """The cast, and Ada, who is an admin."""
    statement = """
        WITH ada AS (
            INSERT INTO users (id, email, name, password_hash)
            VALUES (gen_random_uuid(), 'ada@acme.test', 'Ada', :password_hash) RETURNING id
        )
        INSERT INTO memberships (workspace_id, user_id, role)
        SELECT workspaces.id, ada.id, 'admin' FROM workspaces, ada WHERE slug = 'acme' RETURNING user_id
    """
    return cast | {"ada": sql(statement, password_hash=password_hash)[0].user_id}


@pytest.fixture
def ask(app, people, script):
    """`ask("viewer")`: a client who is that, for one request."""

    def client(asker):
        if asker in SCOPES:
            return script(SCOPES[asker])
        browser = new_browser(app)
        if asker in NAMES:
            browser.sign_in(people[NAMES[asker]])
        return browser

    return client


@pytest.fixture
def places(olivia, script, tim, sql):
    """What a rule has to be filled in with, so that a permitted request finds its object: a fresh one each time,
    for the last request may have removed it. Only what the rule names is made.
    """
    olivia.post(REALTIME, json=EVENT | {"eventId": "olivias"})

    def metric(_client):
        assert olivia.post(CUSTOM, json=METRIC).status_code == 201
        return METRIC["name"]

    make = {
        "workspace": lambda _client: "acme",
        "slug": lambda _client: "acme",
        "uuid:user_id": lambda _client: tim(True),
        "uuid:token_id": lambda _client: script("events:write").token_id,
        "session_id": lambda client: next(iter(own_sessions(client)), {"id": "0" * 24})["id"],
        "name": metric,
        "connection_id": lambda _client: "conn_1_abc",
        "path:event_id": lambda _client: "olivias",
        "uuid:annotation_id": lambda _client: annotation(olivia),
        "path:filename": lambda _client: "js/client/errors.js",
        "path:path": lambda _client: "js/client/errors.js",
        "version": lambda _client: "0",
    }

    def of(client, row):
        sql("DELETE FROM custom_metrics")
        tim(False)
        named = re.findall("<(.+?)>", row[1])
        made = invitation(olivia, row[1])
        assert not (unknown := {*named} - make.keys() - made.keys()), f"say in `places` how to make {unknown}"
        return {name: make[name](client) for name in named if name in make} | made

    return of


def annotation(olivia):
    """The id of a fresh note of Olivia's."""
    return olivia.post("/api/workspaces/acme/analytics/annotations", json=NOTE).get_json()["data"]["id"]


def invitation(olivia, rule):
    """A fresh one for the rules about one; no link opens the account of a caller in the matrix."""
    if "/invit" not in rule or rule.endswith("/invitations"):
        return {"token": "x" * 43, "uuid:invitation_id": "0" * 32}
    made = olivia.post("/api/workspaces/acme/invitations", json={"email": f"{uuid4()}@acme.test"})
    entry = made.get_json()["data"]
    return {"token": entry["url"].rpartition("/")[2], "uuid:invitation_id": entry["id"]}


def own_sessions(client):
    return (client.get("/api/auth/sessions").get_json() or {}).get("data", ())


def filled(rule, places):
    for name, value in places.items():
        rule = rule.replace(f"<{name}>", str(value))
    return rule


def word_for(answer):
    """The word of the matrix for an answer."""
    if answer.status_code == 303 and answer.location.startswith("/login"):
        return "in"
    return "ok" if 200 <= answer.status_code < 400 else str(answer.status_code)


@pytest.mark.parametrize("row", rows(), ids=" ".join)
def test_routes_answer_as_the_matrix_says(row, ask, places):
    method, rule = row
    found = {}
    for asker in ASKERS:
        client = ask(asker)
        path = filled(rule, places(client, row))
        with client.open(path, method=method, **REQUESTS.get(row, {})) as answer:
            found[asker] = word_for(answer)
            if rule.startswith("/api/") and found[asker] in CODES:
                assert answer.mimetype == "application/problem+json", asker
                assert answer.get_json()["code"] == CODES[found[asker]], asker
    assert found == rows()[row]


def test_matrix_has_exactly_the_routes(app):
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    missing = [f"{method} {rule}" for method, rule in sorted(routes - rows().keys())]
    assert not missing, (
        f"tests/http/role_matrix.py has no row (its first lines say how to add one) for {missing}"
    )
    assert not rows().keys() - routes, "rows of routes that are gone"


@pytest.mark.parametrize(
    "row", [row for row in rows() if "<workspace>" in row[1] or "<slug>" in row[1]], ids=" ".join
)
def test_foreign_workspace_looks_unknown(row, ask, places):
    method, rule = row
    for asker in ASKERS:
        if asker != "visitor":
            client = ask(asker)
            filling = places(client, row)
            theirs, nowhere = (
                client.open(
                    filled(rule, filling | {"workspace": slug, "slug": slug}),
                    method=method,
                    **REQUESTS.get(row, {}),
                )
                for slug in ("elsewhere" if asker != "outsider" else "acme", "no-such-workspace")
            )
            assert (theirs.status_code, theirs.text) == (nowhere.status_code, nowhere.text), asker
            assert theirs.status_code == 404, asker
