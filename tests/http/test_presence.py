"""GET …/analytics/presence: the users online, and the most active channels and users of the last hour."""

import pytest
from posting import ago, post_batch

PRESENCE = "/api/workspaces/acme/analytics/presence"


def sent(channel: str, minutes_ago: int = 1) -> dict:
    return {
        "eventType": "message.sent",
        "eventData": {"channelId": channel},
        "timestamp": ago(minutes=minutes_ago),
    }


def presence(client) -> dict:
    answer = client.get(PRESENCE)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["data"]


def test_presence_of_an_empty_log(vera):
    assert presence(vera) == {"online": [], "onlineUsers": 0, "channels": [], "people": []}


def test_present_users_latest_first(vera, olivia, mika, cast):
    post_batch(olivia, sent("general", 3))
    post_batch(mika, sent("general", 2))
    found = presence(vera)
    assert [(one["userId"], one["name"]) for one in found["online"]] == [
        (str(cast["mika"]), "Mika"),
        (str(cast["olivia"]), "Olivia"),
    ]
    assert found["onlineUsers"] == 2


def test_presence_ends_after_five_minutes(vera, mika):
    post_batch(mika, sent("general", 6))
    assert (presence(vera)["online"], presence(vera)["onlineUsers"]) == ([], 0)


def test_top_channels_and_users_of_the_hour(vera, olivia, mika, cast):
    post_batch(mika, *[sent("general")] * 3, *[sent("launch", 70)] * 9, {"eventType": "deploy.finished"})
    post_batch(olivia, *[sent("design")] * 2)
    found = presence(vera)
    assert found["channels"] == [{"key": "general", "count": 3}, {"key": "design", "count": 2}]
    assert found["people"] == [
        {"key": str(cast["mika"]), "name": "Mika", "count": 4},
        {"key": str(cast["olivia"]), "name": "Olivia", "count": 2},
    ]


def test_rankings_have_five_entries(vera, mika):
    post_batch(mika, *[sent(f"channel-{n}") for n in range(7)])
    assert [channel["key"] for channel in presence(vera)["channels"]] == [f"channel-{n}" for n in range(5)]


def test_too_many_events_rank_no_user(vera, mika, sql):
    post_batch(mika, sent("general"))
    sql("UPDATE minute_counts SET count = 2000001")
    found = presence(vera)
    assert (found["channels"], found["people"], found["onlineUsers"]) == (None, None, 1)


@pytest.mark.parametrize("who", ["mika", "vera"])
def test_presence_is_cached_for_seconds(request, mika, who):
    first = mika.get(PRESENCE).get_json()
    post_batch(mika, sent("general"))
    assert request.getfixturevalue(who).get(PRESENCE).get_json() == first


def test_other_workspaces_do_not_count(vera, oscar):
    event = {"eventType": "message.sent", "eventData": {"channelId": "secret"}}
    assert oscar.post("/api/workspaces/elsewhere/analytics/realtime", json=event).status_code == 200
    assert presence(vera) == {"online": [], "onlineUsers": 0, "channels": [], "people": []}


def test_last_seen_is_never_in_the_future(vera, olivia, mika, cast, sql):
    post_batch(mika, {"eventType": "user.active", "timestamp": ago(minutes=-4)})
    answer = vera.get(PRESENCE).get_json()
    [here] = answer["data"]["online"]
    assert here["lastSeen"] <= answer["meta"]["timestamp"]
    sql("UPDATE user_presence SET last_seen = now() + interval '3 days'")
    members = olivia.get("/api/workspaces/acme/members").get_json()["data"]
    assert {member["userId"]: member["lastSeen"] for member in members}[str(cast["mika"])] is None
