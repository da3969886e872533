"""The route of a path is remembered; what a request is answered depends on nothing that another one asked."""

from __future__ import annotations

import pytest
from scripts import REALTIME

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
