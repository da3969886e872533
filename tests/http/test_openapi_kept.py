"""The API answers as /api/openapi.json says, whatever it is asked: at `make test` always the same questions.

With FUZZ_SECONDS they are new ones, for so long: `make fuzz-api`.
"""

import os
import random
import re
import time

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from inquiry import Bearer, Cookie, Inquiry, description
from posting import REALTIME
from role_matrix import EVENT, METRIC, NOTE, REQUESTS, rows
from schemathesis.core.failures import FailureGroup

from app.openapi.document import PREFIXES

SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
INVITATIONS = "/api/workspaces/acme/invitations"
ANNOTATIONS = "/api/workspaces/acme/analytics/annotations"
GUESSES = 8  # for each route
HARD = settings(
    database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
CONDITIONED = METRIC | {"where": [{"field": "eventData.total", "op": "gte", "value": 100}]}
PLACES = {
    (method, re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)): REQUESTS.get((method, rule), {})
    for method, rule in rows()
    if rule.startswith(PREFIXES)
}
PLACES["POST", "/api/workspaces/{workspace}/analytics/custom-metrics"] = {"json": CONDITIONED}
every_route = pytest.mark.parametrize("place", PLACES, ids=" ".join)


@pytest.fixture
def real(olivia, script, tim):
    """Things that paths can name, in a workspace in which something has happened."""
    olivia.post(REALTIME, json=EVENT | {"eventId": "olivias"})
    olivia.post(REALTIME, json={"eventType": "message.sent", "eventData": {"channelId": "general"}})
    olivia.post("/api/workspaces/acme/analytics/custom-metrics", json=CONDITIONED)
    return {
        "workspace": "acme",
        "event_id": "olivias",
        "name": METRIC["name"],
        "user_id": str(tim(True)),
        "token_id": str(script("events:write").token_id),
        "session_id": olivia.get("/api/auth/sessions").get_json()["data"][0]["id"],
        "connection_id": "conn_1_abc",
        "annotation_id": olivia.post(ANNOTATIONS, json=NOTE).get_json()["data"]["id"],
        "invitation_id": olivia.post(INVITATIONS, json={"email": "nora@acme.test"}).get_json()["data"]["id"],
    }


@pytest.fixture(scope="session")
def document(migrated_app):
    return description(migrated_app)


@pytest.fixture
def askers(olivia, script):
    return [Cookie(olivia), Bearer(script("admin").token)]


@pytest.fixture
def inquiry(document, askers, real):
    return Inquiry(document, askers, real)


@every_route
def test_successes_match_the_description(place, inquiry, olivia, tim, sql):
    if place[0] == "POST" and place[1].endswith(("/members", "/invitations")):
        tim(False)
    if place[1].endswith("/members/me"):  # the last owner has to stay
        sql("UPDATE memberships SET role = 'owner' WHERE user_id = :tim", tim=tim(True))
    if place == ("POST", "/api/workspaces/{workspace}/analytics/custom-metrics"):
        olivia.delete(f"/api/workspaces/acme/analytics/custom-metrics/{METRIC['name']}")
    with olivia.get(REALTIME, headers={"Accept": "text/event-stream"}) as stream:
        next(stream.response)
        answer = inquiry.ask(inquiry.usual(place, PLACES[place]))
    assert 200 <= answer.status_code < 300
    assert not inquiry.unseen_fields(place, answer), "let `real` or the role matrix have one of these"


@every_route
def test_edge_cases_match_the_description(place, inquiry):
    for case in inquiry.edges(place):
        inquiry.ask(case)


@every_route
def test_random_cases_match_the_description(place, inquiry):
    enough = time.monotonic() + SECONDS / len(PLACES)
    guess(inquiry, place, number=1)
    while time.monotonic() < enough:
        guess(inquiry, place, number=random.getrandbits(32))


def guess(inquiry, place, number):
    """Send some random requests, the same for the same number."""

    @seed(number)
    @settings(HARD, max_examples=GUESSES)
    @given(inquiry.guesses(place))
    def ask(case):
        inquiry.ask(case)

    ask()


def test_check_finds_a_wrong_response(app, askers, real):
    inquiry = Inquiry(description(app), askers, real)
    inquiry.document.raw_schema["components"]["schemas"]["Profile"]["required"].append("neverSent")
    with pytest.raises(FailureGroup, match="neverSent"):
        inquiry.ask(inquiry.usual(("GET", "/api/auth/me"), {}))


def test_check_finds_a_route_without_auth(app, real, olivia):
    inquiry = Inquiry(description(app), [Cookie(olivia)], real)
    inquiry.document.raw_schema["paths"]["/healthz"]["get"]["security"] = [{"session": []}]
    with pytest.raises(FailureGroup, match="without authentication"):
        inquiry.ask(inquiry.usual(("GET", "/healthz"), {}))
