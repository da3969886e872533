"""GET …/events: what happened, by number or the newest first, without what the events hold."""

import itertools

import pytest
from posting import EVENTS, ago, post_batch


@pytest.fixture
def log(mika):
    """Ten events of Mika's; the page as a function of its query."""
    post_batch(mika, *[{"eventType": "tick.tock", "eventId": f"e{n}"} for n in range(1, 11)])

    def page(query: str = "") -> tuple[list[int], dict]:
        answer = mika.get(f"{EVENTS}?{query}")
        assert answer.status_code == 200, answer.text
        body = answer.get_json()
        return [event["seq"] for event in body["data"]], body["meta"]

    return page


def test_list_omits_data(mika, vera, cast):
    at = ago(hours=1)
    event = {"eventType": "message.sent", "eventId": "a", "eventData": {"messageId": "m"}, "timestamp": at}
    post_batch(mika, event | {"sessionId": "s-1"}, event | {"eventId": "b"})
    mine = {"eventType": "message.sent", "userId": str(cast["mika"]), "timestamp": at}
    assert vera.get(EVENTS).get_json()["data"] == [
        {"seq": 2, "eventId": "b", "sessionId": None, **mine},
        {"seq": 1, "eventId": "a", "sessionId": "s-1", **mine},
    ]


@pytest.mark.parametrize("query", ["", "since=2000-01-01", "type=file.uploaded,task.started"])
def test_list_says_what_events_are_about(mika, vera, query):
    about = {"channelId": "général", "orchestratorId": "o-1"}
    post_batch(
        mika,
        {"eventType": "file.uploaded", "eventData": about | {"name": "secret"}},
        {"eventType": "task.started", "eventData": {"taskId": "t-1"}},
    )
    told = vera.get(f"{EVENTS}?{query}").get_json()["data"]
    usual = {"seq", "eventId", "eventType", "userId", "sessionId", "timestamp"}
    assert [{name: one[name] for name in one.keys() - usual} for one in told] == [{"taskId": "t-1"}, about]


def test_newest_first_and_before(log):
    first, meta = log("limit=4")
    assert (first, meta["hasMore"], meta["nextBefore"]) == ([10, 9, 8, 7], True, 7)
    second, meta = log("limit=4&before=7")
    assert (second, meta["hasMore"], meta["nextBefore"]) == ([6, 5, 4, 3], True, 3)
    third, meta = log("limit=4&before=3")
    assert (third, meta["hasMore"], meta["nextBefore"]) == ([2, 1], False, None)
    assert log("before=1")[0] == []


def test_after_pages_in_order(log):
    first, meta = log("after=0&limit=6")
    assert (first, meta["hasMore"], meta["nextAfter"]) == ([1, 2, 3, 4, 5, 6], True, 6)
    second, meta = log("after=6&limit=6")
    assert (second, meta["hasMore"], meta["nextAfter"]) == ([7, 8, 9, 10], False, 10)
    assert "nextBefore" not in meta


def test_page_around_an_event(log):
    """With the event in its middle; forwards and backwards from there the pages hold everything once."""
    for limit, around in itertools.product((2, 3, 7, 30), range(1, 13)):
        numbers, meta = log(f"around={around}&limit={limit}")
        older = [seq for seq in range(around - 1, 0, -1) if seq <= 10][: limit // 2]
        newer = list(range(around, 11))[: limit - limit // 2]
        assert numbers == newer[::-1] + older
        assert (meta["hasNewer"], meta["hasMore"]) == (max(around, *numbers) < 10, 1 not in numbers)
        forwards, _ = log(f"after={meta['nextAfter']}&limit=1000")
        backwards, _ = log(f"before={meta['nextBefore']}&limit=1000") if meta["hasMore"] else ([], {})
        assert forwards[::-1] + numbers + backwards == list(range(10, 0, -1))
        assert meta["lastEventId"].endswith(f"-{meta['nextAfter']}")


def test_page_around_keeps_filters(log, mika):
    post_batch(mika, *[{"eventType": "message.sent", "eventId": f"m{n}"} for n in range(3)])
    numbers, meta = log("around=11&limit=4&type=message.sent")
    assert (numbers, meta["hasNewer"], meta["hasMore"]) == ([12, 11], True, False)
    assert log("around=11&limit=4&type=tick.tock")[0] == [10, 9], "the event itself does not match"


def test_wrong_around_is_named(mika):
    for query, field in (
        ("around=5&after=3", "around"),
        ("around=5&before=9", "around"),
        ("around=5&limit=1", "limit"),
        ("around=0", "around"),
    ):
        answer = mika.get(f"{EVENTS}?{query}")
        assert (answer.status_code, list(answer.get_json()["errors"])) == (400, [field]), query


def test_last_page_may_be_full(log):
    assert log("after=5&limit=5")[1]["hasMore"] is False
    assert log("before=6&limit=5")[1]["hasMore"] is False


def test_next_after_polls_each_event_once(log, mika):
    seen, after = [], 0
    for round_ in range(3):
        numbers, meta = log(f"after={after}&limit=1000")
        seen += numbers
        after = meta["nextAfter"]
        post_batch(mika, {"eventType": "tick.tock", "eventId": f"more-{round_}"})
    assert seen == list(range(1, 13))


def test_newest_page_has_next_after(log, mika):
    _, meta = log("limit=3")
    assert meta["nextAfter"] == 10
    post_batch(mika, {"eventType": "tick.tock"})
    assert log(f"after={meta['nextAfter']}")[0] == [11]


def test_after_beyond_the_log_is_empty(log):
    assert log("after=500") == ([], log("after=500")[1])
    assert log("after=500")[1]["nextAfter"] == 500


def test_stream_resumes_after_a_page(log, mika, sql):
    [head] = sql("SELECT epoch FROM event_heads WHERE last_seq > 0")
    assert log("limit=3")[1]["lastEventId"] == f"{head.epoch}-10"
    assert log("after=2&limit=3")[1]["lastEventId"] == f"{head.epoch}-5"


def test_page_size_defaults_to_100(mika):
    for _ in range(2):
        post_batch(mika, *[{"eventType": "tick.tock"}] * 1_000)
    assert len(mika.get(EVENTS).get_json()["data"]) == 100
    assert len(mika.get(f"{EVENTS}?limit=1000&after=0").get_json()["data"]) == 1_000


def test_empty_log_is_an_empty_page(vera, sql):
    body = vera.get(EVENTS).get_json()
    [head] = sql(
        "SELECT h.epoch FROM event_heads AS h JOIN workspaces ON id = workspace_id WHERE slug = 'acme'"
    )
    assert body == {
        "data": [],
        "meta": {"nextAfter": 0, "hasMore": False, "nextBefore": None, "lastEventId": f"{head.epoch}-0"},
    }


def test_other_workspaces_events_are_not_shown(log, oscar):
    elsewhere = EVENTS.replace("acme", "elsewhere")
    assert oscar.get(elsewhere).get_json()["data"] == []
