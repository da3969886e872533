"""Cached routes depend on nothing that another request asked; OPTIONS lists methods."""

from __future__ import annotations

import pytest
from posting import EVENTS, REALTIME

LONG = "x" * 300


def test_route_arguments_are_per_request(mika, oscar):
    for _ in range(2):
        assert mika.get(REALTIME).get_json()["meta"]["workspaceId"]
        assert mika.get("/api/workspaces/elsewhere/analytics/realtime").status_code == 404
        assert oscar.get("/api/workspaces/elsewhere/analytics/realtime").status_code == 200
        assert oscar.get(REALTIME).status_code == 404


def test_methods_of_one_path_are_kept_apart(mika):
    for _ in range(2):
        assert mika.get(REALTIME).status_code == 200
        assert mika.post(REALTIME, json={"eventType": "user.active"}).status_code == 200
        assert mika.delete(REALTIME).status_code == 403
        refused = mika.put(REALTIME)
        assert refused.status_code == 405
        assert set(refused.headers["Allow"].split(", ")) == {"DELETE", "GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("path", ["/nowhere", f"/{LONG}", f"/api/workspaces/{LONG}/analytics/realtime"])
def test_unknown_path_is_404_every_time(mika, path):
    assert [mika.get(path).status_code for _ in range(2)] == [404, 404]


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (REALTIME, {"GET", "HEAD", "POST", "DELETE", "OPTIONS"}),
        (f"{EVENTS}?nonsense=1", {"GET", "HEAD", "OPTIONS"}),
        ("/api/auth/login", {"POST", "OPTIONS"}),
        ("/login", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("/static/js/client/errors.js", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_options_lists_methods(client, path, methods):
    answer = client.options(path)
    assert (answer.status_code, answer.data, set(answer.allow)) == (204, b"", methods)
    assert not {"Content-Type", "Content-Length"} & set(answer.headers.keys())


def test_answer_without_a_body_has_no_type(olivia):
    answer = olivia.post("/api/auth/logout", json={})
    assert (answer.status_code, "Content-Type" in answer.headers) == (204, False)


def test_options_of_nothing_is_404(client):
    assert client.options("/no/such/path").status_code == 404
