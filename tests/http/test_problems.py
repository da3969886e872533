"""Problem documents and challenges are as RFC 9457 and RFC 6750 have them."""

from collections import defaultdict

from posting import REALTIME

from app import errors
from app.http.problem_responses import problem_types


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
