"""GET …/events?q=: a text in id, type, session, and in the data of events of which one may see it."""

from __future__ import annotations

import contextlib
import json
from urllib.parse import quote

import psycopg2
import pytest
from posting import EVENTS, post_batch

EXPORT = f"{EVENTS}/export"


@pytest.fixture
def log(mika, olivia):
    """Two events of Mika's and one of Olivia's; each has a word in its data."""
    post_batch(
        mika,
        {
            "eventType": "order.placed",
            "eventId": "Order-1",
            "sessionId": "Sess%1",
            "eventData": {"note": "Käse\\50%"},
        },
        {"eventType": "order.placed", "eventId": "order_2", "eventData": {"note": 'say "Hi"'}},
    )
    post_batch(olivia, {"eventType": "task.created", "eventData": {"taskId": "t", "note": "käse"}})


def found(client, text: str, route: str = EVENTS) -> list[int]:
    answer = client.get(f"{route}?q={quote(text)}", buffered=True)
    assert answer.status_code == 200, answer.text
    if route == EXPORT:
        return [json.loads(line)["seq"] for line in answer.text.splitlines()]
    return [event["seq"] for event in answer.get_json()["data"]][::-1]


TEXTS = [
    ("ORDER-", [1]),
    ("order_", [2]),
    ("PLACED", [1, 2]),
    ("sess%", [1]),
    ("%", [1]),
    ("_", [2]),
    ("\\", [1]),
    ("KÄSE", [1, 3]),
    ("käse\\50%", [1]),
    ('"hi"', [2]),
    (".", [1, 2, 3]),
    ("note", [1, 2, 3]),
    ("no such", []),
]


@pytest.mark.parametrize("route", [EVENTS, EXPORT])
def test_text_is_found_as_it_is(log, olivia, route):
    assert [(text, found(olivia, text, route)) for text, _ in TEXTS] == TEXTS


@pytest.mark.parametrize("route", [EVENTS, EXPORT])
def test_data_is_searched_for_its_readers(log, olivia, mika, vera, script, route):
    """An admin finds all, an author their own, a viewer none; a token only with the scope `admin`."""
    readers = [olivia, mika, vera, script("stats:read"), script("stats:read", "admin")]
    assert [found(reader, "käse", route) for reader in readers] == [[1, 3], [1], [], [3], [1, 3]]
    assert [found(reader, "order", route) for reader in readers] == [[1, 2]] * 5


def test_search_joins_other_filters(log, olivia):
    assert found(olivia, "käse", f"{EVENTS}") == [1, 3]
    answer = olivia.get(f"{EVENTS}?q=k%C3%A4se&type=task.created&around=3").get_json()
    assert [event["seq"] for event in answer["data"]] == [3]


@pytest.mark.parametrize("route", [EVENTS, EXPORT])
def test_wrong_text_is_named(mika, route):
    for text in ("", "x" * 201, "a%00b", "a%0Ab"):
        answer = mika.get(f"{route}?q={text}", buffered=True)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (400, ["q"]), text
    assert mika.get(f"{route}?q={'x' * 200}", buffered=True).status_code == 200


@pytest.mark.parametrize("route", [EVENTS, EXPORT])
def test_costly_search_is_refused(log, olivia, postgres, route):
    """It waits for a lock until its time is over, as it would for much data."""
    with contextlib.closing(psycopg2.connect(postgres.url)) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        answer = olivia.get(f"{route}?q=order", buffered=True)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "TOO_COSTLY")
    assert "type" in answer.get_json()["detail"]
    assert found(olivia, "order", route) == [1, 2]
