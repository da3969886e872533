"""The page of custom metrics: for admins, and nobody else."""

import pytest

PAGE = "/w/acme/metrics"


def test_admins_get_it_with_what_there_is(olivia):
    metric = {"name": "orders", "aggregate": "count", "types": ["order.placed"], "window": "1h"}
    olivia.post("/api/workspaces/acme/analytics/custom-metrics", json=metric)
    answer = olivia.get(PAGE)
    assert answer.status_code == 200
    assert "<title>Custom metrics · Acme · Pulse</title>" in answer.text
    assert "The number of events of type order.placed, the last hour." in answer.text


@pytest.mark.parametrize("member", ["mika", "vera"])
def test_members_are_told_that_they_may_not(request, member):
    assert request.getfixturevalue(member).get(PAGE).status_code == 403


def test_outsiders_learn_nothing(oscar):
    assert oscar.get(PAGE).status_code == 404


def test_visitors_sign_in_first(client):
    answer = client.get(PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=%2Fw%2Facme%2Fmetrics")
