"""GET …/events with filters: by type, by user, by when it happened; each page says whether there may be more."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from posting import EVENTS, post_batch

from app.domain.instants import iso, to_millisecond

NOW = to_millisecond(datetime.now(UTC))
INDIA = timezone(timedelta(hours=5, minutes=30))


def at(hours_ago: float) -> str:
    return iso(NOW - timedelta(hours=hours_ago))


@pytest.fixture
def numbers(mika, olivia):
    """Eight events, not posted in the order in which they happened; their numbers as a function of a query."""
    timeline = [
        (mika, "message.sent", 20),
        (olivia, "message.sent", 3),
        (mika, "deploy.finished", 5),
        (olivia, "deploy.finished", 1),
        (mika, "message.edited", 2),
        (mika, "message.sent", 23),
        (olivia, "task.created", 4),
        (mika, "message.sent", 0.5),
    ]
    for person, event_type, hours_ago in timeline:
        data = {"taskId": "t"} if event_type == "task.created" else {}
        post_batch(person, {"eventType": event_type, "eventData": data, "timestamp": at(hours_ago)})

    def found(query: str, by=mika) -> list[int]:
        answer = by.get(f"{EVENTS}?{query}")
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["meta"]["hasMore"] is False
        return [event["seq"] for event in answer.get_json()["data"]]

    return found


@pytest.mark.parametrize("order", ["", "&after=0"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type=message.sent", [1, 2, 6, 8]),
        ("type=message.sent,task.created", [1, 2, 6, 7, 8]),
        ("type=message.sent&type=task.created", [1, 2, 6, 7, 8]),
        ("type=nothing.such", []),
        (f"since={at(4)}", [2, 4, 5, 7, 8]),
        (f"until={at(4)}", [1, 3, 6]),
        (f"since={at(5)}&until={at(3)}", [3, 7]),
        (f"since={at(5)}&until={at(3)}&type=task.created", [7]),
        (f"until={at(2)}&type=message.sent,message.edited", [1, 2, 6]),
        (f"since={at(30)}", [1, 2, 3, 4, 5, 6, 7, 8]),
        (f"until={at(30)}", []),
        ("since=2031-01-01", []),
    ],
)
def test_filters_hold_together_in_either_order(numbers, query, expected, order):
    assert numbers(query + order) == (expected if order else expected[::-1])


def test_user_filter_by_id_or_me(numbers, cast, olivia):
    assert numbers(f"user={cast['olivia']}&after=0") == [2, 4, 7]
    assert numbers(f"user={str(cast['olivia']).upper()}&after=0") == [2, 4, 7]
    assert numbers("user=me&after=0") == [1, 3, 5, 6, 8]
    assert numbers("user=me&after=0", by=olivia) == [2, 4, 7]


def test_forms_of_times(numbers):
    east = (NOW - timedelta(hours=4)).astimezone(INDIA).isoformat().replace("+", "%2B")
    assert numbers(f"since={east}&after=0") == [2, 4, 5, 7, 8]
    assert numbers(f"since={at(4).removesuffix('Z')}&after=0") == [2, 4, 5, 7, 8]
    assert numbers(f"since={(NOW - timedelta(days=2)).date()}&after=0") == [1, 2, 3, 4, 5, 6, 7, 8]


def test_time_bounds_are_exact(numbers, mika):
    moment = NOW - timedelta(hours=3)
    later = iso(moment + timedelta(milliseconds=1))
    assert 2 in numbers(f"since={at(3)}")
    assert 2 not in numbers(f"since={later}")
    assert 2 not in numbers(f"until={at(3)}")
    assert 2 in numbers(f"until={later}")


def test_filtered_pages_follow_one_another(numbers, mika):
    forwards = mika.get(f"{EVENTS}?type=message.sent&after=0&limit=2").get_json()
    assert [event["seq"] for event in forwards["data"]] == [1, 2]
    assert forwards["meta"]["hasMore"] is True
    assert numbers(f"type=message.sent&limit=2&after={forwards['meta']['nextAfter']}") == [6, 8]
    backwards = mika.get(f"{EVENTS}?since={at(30)}&limit=5").get_json()
    assert [event["seq"] for event in backwards["data"]] == [8, 7, 6, 5, 4]
    assert numbers(f"since={at(30)}&limit=5&before={backwards['meta']['nextBefore']}") == [3, 2, 1]


def test_filtered_poll_resumes_after_scan(numbers, mika):
    meta = mika.get(f"{EVENTS}?type=deploy.finished&after=0").get_json()["meta"]
    assert meta["nextAfter"] == 8  # of all events, not of those it was shown


@pytest.fixture
def channels(mika, olivia):
    """Four messages in two channels, and an event that has none."""
    for person, channel in [(mika, "general"), (olivia, "random"), (mika, "random"), (olivia, "general")]:
        post_batch(person, {"eventType": "message.sent", "eventData": {"channelId": channel}})
    post_batch(mika, {"eventType": "deploy.finished", "eventData": {"channelId": 7}})


@pytest.mark.parametrize("order", ["", "&after=0"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [("channel=general", [1, 4]), ("channel=random&user=me", [3]), ("channel=none", []), ("channel=gen", [])],
)
def test_by_channel(channels, vera, mika, query, expected, order):
    found = [event["seq"] for event in mika.get(f"{EVENTS}?{query}{order}").get_json()["data"]]
    assert sorted(found) == expected


@pytest.mark.parametrize("channel", ["", "x" * 201, "a%00b", "a%0Ab"])
def test_impossible_channel_is_refused(mika, channel):
    answer = mika.get(f"{EVENTS}?channel={channel}")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "INVALID_PARAMETER")


def test_channel_called_me_is_a_channel(mika):
    sent = {"eventType": "message.sent", "eventData": {"channelId": "me"}}
    post_batch(mika, sent, {"eventType": "user.active"})
    assert [event["seq"] for event in mika.get(f"{EVENTS}?channel=me").get_json()["data"]] == [1]
