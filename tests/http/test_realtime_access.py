"""Refusals of the realtime endpoint: problem documents, nothing stored, other methods."""

import pytest
from conftest import Browser
from posting import REALTIME

STREAM = {"Accept": "text/event-stream"}
EVENT = {"eventType": "user.active"}


@pytest.fixture
def person(app, client, cast):
    def get(name: str) -> Browser:
        if name != "visitor":
            client.sign_in(cast[name])
        return client

    return get


@pytest.mark.parametrize(("who", "status"), [("visitor", 401), ("oscar", 404)])
def test_refused_stream_is_a_problem(person, who, status):
    answer = person(who).get(REALTIME, headers=STREAM)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_refused_post_stores_nothing(person, sql):
    for who in ("visitor", "vera", "oscar"):
        person(who).post(REALTIME, json=EVENT)
    assert sql("SELECT count(*) FROM events") == [(0,)]
    assert sql("SELECT max(last_seq) FROM event_heads") == [(0,)]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_other_methods_are_405_with_allow(mika, method):
    answer = mika.open(REALTIME, method=method, json=EVENT)
    assert (answer.status_code, answer.get_json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert {"GET", "POST", "DELETE"} <= set(answer.headers["Allow"].replace(" ", "").split(","))
