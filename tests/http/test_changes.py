"""GET …/analytics/changes: parts that add up to the difference, by type, channel, user and hour, and words."""

from posting import ago, post_batch

CHANGES = "/api/workspaces/acme/analytics/changes"
BREAKDOWN = "/api/workspaces/acme/analytics/breakdown"
START, MIDDLE, END = (f"{ago(hours=3)[:14]}{minute}:00.000Z" for minute in ("10", "20", "30"))
RANGE = f"since={MIDDLE}&until={END}"


def sent(minute: int, channel: str, count: int = 1) -> list[dict]:
    at = f"{MIDDLE[:14]}{minute}:00.000Z"
    return [{"eventType": "message.sent", "eventData": {"channelId": channel}, "timestamp": at}] * count


def planted(mika, olivia) -> None:
    """#support falls from 30 to 3 and #launch begins with 12; the rest stays, of which Olivia sends some."""
    post_batch(mika, *sent(11, "support", 30), *sent(12, "general", 40), *sent(21, "support", 3))
    post_batch(mika, *sent(22, "general", 40), *sent(25, "launch", 12))
    post_batch(olivia, *sent(13, "general", 9), *sent(23, "general", 9))


def changes(client, query: str) -> dict:
    answer = client.get(f"{CHANGES}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_changes_in_full(vera, mika, olivia, cast):
    planted(mika, olivia)
    body = changes(vera, f"{RANGE}&metric=messages")
    data = body["data"]
    assert (data["value"], data["base"], data["difference"]) == (64, 79, -15)
    first, second, third = data["by"]["channel"]
    assert first == {
        "part": "key",
        "key": "support",
        "value": 3,
        "base": 30,
        "difference": -27,
        "share": 1.8,
        "surprise": -4.32,
        "mark": None,
    }
    assert (second["key"], second["mark"], second["surprise"]) == ("launch", "new", None)
    assert (third["key"], third["difference"]) == ("general", 0)
    assert [part["name"] for part in data["by"]["user"]] == ["Mika", "Olivia"]
    assert data["words"] == [
        "64 messages, 15 fewer than just before (79; −19.0 %).",
        f"−27 of −15 goes along with #support: 3 after 30, none since {MIDDLE[11:14]}21.",
    ]
    assert body["meta"].pop("timestamp")
    assert body["meta"] == {
        "metric": "messages",
        "types": [],
        "compare": "previous",
        "compared": {"since": START, "until": MIDDLE},
        "since": MIDDLE,
        "until": END,
        "timezone": "UTC",
    }


def test_changes_equal_two_breakdowns(vera, mika, olivia, cast):
    planted(mika, olivia)
    post_batch(mika, {"eventType": "deploy.done", "timestamp": f"{MIDDLE[:14]}24:30.000Z"})
    for query in ("", "&channel=general", f"&user={cast['mika']}", "&type=message.sent", "&metric=messages"):
        data = changes(vera, f"{RANGE}&limit=2{query}")["data"]
        for by in ("type", "channel", "user", "hour"):
            now, before = (
                vera.get(f"{BREAKDOWN}?by={by}&{one}{query}").get_json()["data"]
                for one in (RANGE, f"since={START}&until={MIDDLE}")
            )
            counts = {part["key"]: part["count"] for part in now["top"]}
            earlier = {part["key"]: part["count"] for part in before["top"]}
            parts = data["by"][by]
            assert (
                sum(part["difference"] for part in parts)
                == data["difference"]
                == now["total"] - before["total"]
            )
            for part in parts:
                assert part["difference"] == part["value"] - part["base"]
                if part["part"] == "key":
                    assert part["value"] == counts.get(part["key"], 0)
                    assert part["base"] == earlier.get(part["key"], 0)
            others = [part["keys"] for part in parts if part["part"] == "other"]
            assert sum(others) == max(0, len({*counts, *earlier}) - 2)


def test_only_some_dimensions(vera, mika, sql):
    post_batch(mika, *sent(22, "general"))
    assert list(changes(vera, f"{RANGE}&by=hour,type")["data"]["by"]) == ["type", "hour"]
    sql("UPDATE minute_counts SET count = 2000001")
    answer = vera.get(f"{CHANGES}?{RANGE}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "TOO_COSTLY")
    assert changes(vera, f"{RANGE}&by=type,hour")["data"]["value"] == 2_000_001


def test_dropped_events_are_a_part(vera, mika, sql):
    post_batch(mika, *sent(22, "general", 2))
    sql("DELETE FROM events WHERE seq = 1")
    data = changes(vera, f"{RANGE}&by=type,channel")["data"]
    assert [(part["part"], part["difference"]) for part in data["by"]["channel"]] == [
        ("key", 1),
        ("forgotten", 1),
    ]
    assert [(part["part"], part["difference"]) for part in data["by"]["type"]] == [("key", 2)]
    assert "stored as sums only" in data["words"][-1]


def test_changes_of_today(vera, mika):
    post_batch(mika, {"eventType": "user.active"})
    for compare in ("previous", "yesterday", "lastWeek"):
        data = changes(vera, f"compare={compare}")["data"]
        assert (data["value"], data["base"]) == (1, 0)
        assert data["words"][0].startswith("1 event; there were none ")
