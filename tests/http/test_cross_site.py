"""Requests that other sites make a browser send: they cannot act, nor listen, with a visitor's cookie."""

import re

import pytest
from posting import REALTIME
from role_matrix import rows

OWN = "http://localhost"
REFUSAL = {
    "type": "/api/docs#CROSS_SITE",
    "title": "This request came from another site",
    "status": 403,
    "code": "CROSS_SITE",
}

# All forms: unit/test_request_origin.py.
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
    {"Origin": "https://localhost"},  # the scheme counts
    {"Origin": "http://localhost:8001"},  # and the port
]
OURS = [{}, {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy.test"}, {"Origin": OWN}]


@pytest.mark.parametrize("headers", OURS)
def test_our_own_pages_and_scripts_do(mika, headers):
    assert mika.post("/api/auth/logout", headers=headers).status_code == 204


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_route_acts_for_another_site(olivia, headers):
    for method, rule in (*rows(), ("POST", "/no/such/path")):
        if method != "GET":
            path = re.sub("<[^>]+>", "some", re.sub("<uuid:[^>]+>", "0" * 32, rule))
            answer = olivia.open(path, method=method, headers=headers)
            assert (path, answer.status_code, answer.get_json()) == (path, 403, REFUSAL)
    assert olivia.get("/api/auth/me").status_code == 200


@pytest.mark.parametrize(
    "accept",
    [
        "text/event-stream",
        "TEXT/Event-Stream",
        "text/html, text/event-stream;q=0.1",
        "text/event-stream;charset=utf-8",
    ],
)
def test_another_site_cannot_listen(mika, accept):
    answer = mika.get("/api/auth/me", headers={"Accept": accept, "Sec-Fetch-Site": "cross-site"})
    assert answer.get_json() == REFUSAL


@pytest.mark.parametrize("accept", ["text/event-stream;q=0", "text/event-stream;q=0.1, application/json"])
def test_check_and_response_agree_on_format(mika, accept):
    headers = {"Accept": accept, "Sec-Fetch-Site": "cross-site"}
    assert mika.get(REALTIME, headers=headers).get_json()["meta"]["mode"] == "snapshot"


def test_cross_site_link_is_accepted(client):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Accept": "text/html,*/*"}
    assert client.get("/login", headers=headers).status_code == 200


def test_own_origin_is_the_request_host(client):
    answer = client.post(
        "/api/auth/logout", headers={"Origin": "https://pulse.test"}, base_url="https://pulse.test"
    )
    assert answer.status_code == 204
