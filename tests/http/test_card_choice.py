"""PUT /api/workspaces/<ws>/dashboard: each member's own cards, in their own order."""

import re

import pytest

PATH = "/api/workspaces/acme/dashboard"
ORDERS = {
    "name": "orders",
    "title": "Orders",
    "aggregate": "count",
    "types": ["order.placed"],
    "window": "today",
}


def shown(page) -> list[str]:
    """The metrics of the cards that the page shows, in order."""
    return re.findall(r'<li class="card-place" data-metric="([\w.]+)">', page.text)


def test_default_is_all_cards(mika):
    answer = mika.get(PATH).json
    assert answer["data"]["cards"][:2] == ["activeUsers", "onlineUsers"]
    assert len(answer["data"]["cards"]) == 8
    assert answer["data"]["others"] == []
    assert answer["meta"] == {"isOwnChoice": False}


def test_page_shows_the_choice_in_order(mika):
    wanted = ["messagesToday", "activeUsers"]
    answer = mika.put(PATH, json={"cards": wanted})
    assert answer.status_code == 200
    assert answer.json["data"]["cards"] == wanted
    assert mika.get(PATH).json == answer.json
    assert shown(mika.get("/w/acme")) == wanted


def test_choice_is_per_member(mika, vera):
    mika.put(PATH, json={"cards": ["activeUsers"]})
    assert len(vera.get(PATH).json["data"]["cards"]) == 8
    vera.put(PATH, json={"cards": ["onlineUsers"]})
    assert mika.get(PATH).json["data"]["cards"] == ["activeUsers"]


def test_null_restores_the_default(mika):
    mika.put(PATH, json={"cards": ["activeUsers"]})
    answer = mika.put(PATH, json={"cards": None})
    assert len(answer.json["data"]["cards"]) == 8
    assert answer.json["meta"] == {"isOwnChoice": False}


def test_custom_metrics_are_cards(olivia, mika):
    olivia.post("/api/workspaces/acme/analytics/custom-metrics", json=ORDERS)
    assert shown(mika.get("/w/acme"))[-1] == "custom.orders"
    assert "since midnight" in mika.get("/w/acme").text

    assert mika.put(PATH, json={"cards": ["custom.orders", "activeUsers"]}).status_code == 200
    olivia.delete("/api/workspaces/acme/analytics/custom-metrics/orders")
    assert mika.get(PATH).json["data"]["cards"] == ["activeUsers"]


def test_choice_ends_with_the_membership(mika, cast, sql):
    mika.put(PATH, json={"cards": ["activeUsers"]})
    sql("DELETE FROM memberships WHERE user_id = :user", user=cast["mika"])
    assert sql("SELECT count(*) AS left FROM dashboards")[0].left == 0


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"cards": ["Missing data for required field."]}),
        ({"cards": []}, {"cards": ["Length must be between 1 and 28."]}),
        ({"cards": "activeUsers"}, {"cards": ["Not a valid list."]}),
        ({"cards": ["eventCounts"]}, {"cards.0": ["There is no such metric."]}),
        ({"cards": ["activeUsers", "activeUsers"]}, {"cards.1": ["Named twice."]}),
        ({"cards": ["activeUsers", 7]}, {"cards.1": ["Not a valid string."]}),
    ],
)
def test_errors_name_the_card(mika, body, errors):
    answer = mika.put(PATH, json=body)
    assert answer.status_code == 422
    assert answer.json["code"] == "INVALID_INPUT"
    assert answer.json["errors"] == errors
    assert mika.get(PATH).json["meta"] == {"isOwnChoice": False}
