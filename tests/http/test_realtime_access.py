"""Who may do what at the endpoint: a matrix of the cast, its methods and their answers."""

import pytest
from conftest import Browser
from posting import REALTIME

STREAM = {"Accept": "text/event-stream"}
EVENT = {"eventType": "user.active"}
WHO = ["nobody", "olivia", "mika", "vera", "oscar"]
#                     nobody olivia mika vera oscar
MAY = {
    "read":   ("GET",    401,   200,  200, 200, 404),
    "head":   ("HEAD",   401,   200,  200, 200, 404),
    "post":   ("POST",   401,   200,  200, 403, 404),
    "close":  ("DELETE", 401,   200,  403, 403, 404),
}  # fmt: skip
CODES = {401: "AUTH_REQUIRED", 403: "FORBIDDEN", 404: "NOT_FOUND"}


@pytest.fixture
def person(app, client, cast):
    def get(name: str) -> Browser:
        if name != "nobody":
            client.sign_in(cast[name])
        return client

    return get


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("what", MAY)
def test_the_matrix(person, who, what):
    method, *expected = MAY[what]
    answer = person(who).open(REALTIME, method=method, json=EVENT if method == "POST" else None)
    status = expected[WHO.index(who)]
    assert answer.status_code == status
    if status != 200 and method != "HEAD":
        assert (answer.mimetype, answer.get_json()["code"]) == ("application/problem+json", CODES[status])


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("oscar", 404)])
def test_refused_stream_is_a_problem(person, who, status):
    answer = person(who).get(REALTIME, headers=STREAM)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("headers", [{}, STREAM])
def test_foreign_stream_looks_unknown(oscar, method, headers):
    answers = [
        oscar.open(
            REALTIME.replace("acme", workspace),
            method=method,
            headers=headers,
            json=EVENT if method == "POST" else None,
        )
        for workspace in ("acme", "no-such", "00000000-0000-4000-8000-000000000000", "Not a slug", "%00")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1


def test_what_is_refused_leaves_nothing(person, sql):
    for who in ("nobody", "vera", "oscar"):
        person(who).post(REALTIME, json=EVENT)
    assert sql("SELECT count(*) FROM events") == [(0,)]
    assert sql("SELECT max(last_seq) FROM event_heads") == [(0,)]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_other_methods_are_405_with_allow(mika, method):
    answer = mika.open(REALTIME, method=method, json=EVENT)
    assert (answer.status_code, answer.get_json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert {"GET", "POST", "DELETE"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_cross_site_stream_is_refused(olivia, method):
    answer = olivia.open(
        REALTIME,
        method=method,
        headers={**STREAM, "Sec-Fetch-Site": "cross-site"},
        json=EVENT if method == "POST" else None,
    )
    assert (answer.status_code, answer.get_json()["code"]) == (403, "CROSS_SITE")
