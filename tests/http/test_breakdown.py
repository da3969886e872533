"""GET …/analytics/breakdown: top parts, the rest, the total."""

from posting import ago, post_batch

BREAKDOWN = "/api/workspaces/acme/analytics/breakdown"


def sent(channel: str | None = None, message: str | None = None) -> dict:
    data = {"channelId": channel, "messageId": message}
    return {
        "eventType": "message.sent",
        "eventData": {name: value for name, value in data.items() if value},
        "timestamp": ago(minutes=2),
    }


def breakdown(client, query: str) -> dict:
    answer = client.get(f"{BREAKDOWN}?since={ago(hours=3)}&{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()["data"]


def test_breakdown_by_channel(vera, mika):
    post_batch(mika, *[sent("general")] * 3, *[sent("launch")] * 2, sent("design"), sent("crew"), sent())
    data = breakdown(vera, "by=channel&limit=2")
    assert data == {
        "top": [{"key": "general", "count": 3}, {"key": "launch", "count": 2}],
        "other": {"keys": 2, "count": 2},
        "none": 1,
        "forgotten": 0,
        "total": 8,
    }


def test_breakdown_by_user_has_names(vera, mika, olivia, cast):
    post_batch(mika, *[sent()] * 3)
    post_batch(olivia, sent())
    assert breakdown(vera, "by=user")["top"] == [
        {"key": str(cast["mika"]), "count": 3, "name": "Mika"},
        {"key": str(cast["olivia"]), "count": 1, "name": "Olivia"},
    ]


def test_breakdown_by_local_hour(vera, mika, sql):
    sql("UPDATE workspaces SET timezone = 'Asia/Kathmandu' WHERE slug = 'acme'")
    events = [
        {"eventType": "user.active", "timestamp": f"{day}T{clock}Z"}
        for day, clock in [(ago(hours=5)[:10], ago(hours=5)[11:19])] * 2
    ]
    post_batch(mika, *events)
    [hour] = vera.get(f"{BREAKDOWN}?since={ago(hours=6)}&by=hour").get_json()["data"]["top"]
    assert hour["count"] == 2
    assert hour["key"].endswith(":00:00+05:45")


def test_messages_exclude_deleted_ones(vera, mika):
    deleted = {"eventType": "message.deleted", "eventData": {"messageId": "m-1"}}
    post_batch(mika, sent("general", "m-1"), sent("general", "m-2"), sent("launch"), deleted)
    for by in ("type", "channel", "user", "hour"):
        assert breakdown(vera, f"by={by}&metric=messages")["total"] == 2, by
        assert breakdown(vera, f"by={by}&type=message.sent")["total"] == 3, by
    assert breakdown(vera, "by=channel&metric=messages")["top"] == [
        {"key": "general", "count": 1},
        {"key": "launch", "count": 1},
    ]


def test_filter_by_types(vera, mika):
    post_batch(mika, sent("general"), {"eventType": "deploy.done"}, {"eventType": "backup.made"})
    for by in ("type", "channel", "user", "hour"):
        assert breakdown(vera, f"by={by}&type=deploy.done,backup.made")["total"] == 2, by
        assert breakdown(vera, f"by={by}&type=deploy.done&type=backup.made")["total"] == 2, by


def test_range_is_exact_to_the_millisecond(vera, mika):
    at = ago(minutes=10)[:17]
    post_batch(
        mika, *[{"eventType": "user.active", "timestamp": f"{at}{clock}Z"} for clock in ("10.000", "20.000")]
    )
    for by in ("type", "user", "hour"):
        for since, until, count in [
            ("10.000", "20.000", 1),
            ("10.001", "20.001", 1),
            ("10.000", "20.001", 2),
        ]:
            query = f"{BREAKDOWN}?by={by}&since={at}{since}Z&until={at}{until}Z"
            assert vera.get(query).get_json()["data"]["total"] == count, query


def test_range_defaults_to_today(vera, mika):
    post_batch(mika, sent())
    body = vera.get(f"{BREAKDOWN}?by=type").get_json()
    meta = body["meta"]
    assert meta.pop("timestamp")[:10] + "T00:00:00.000Z" == meta.pop("since")
    assert meta == {"by": "type", "metric": "events", "types": [], "until": None, "timezone": "UTC"}


def test_dropped_events_are_reported(vera, mika, sql):
    post_batch(mika, sent("general"), sent("launch"))
    sql("DELETE FROM events WHERE seq = 1")
    data = breakdown(vera, "by=channel")
    assert (data["top"], data["forgotten"], data["total"]) == ([{"key": "launch", "count": 1}], 1, 2)


def test_too_many_events_are_422(vera, mika, sql):
    post_batch(mika, sent("general"))
    sql("UPDATE minute_counts SET count = 2000001")
    for by in ("user", "channel"):
        answer = vera.get(f"{BREAKDOWN}?by={by}&since={ago(hours=3)}")
        assert (answer.status_code, answer.get_json()["code"]) == (422, "TOO_COSTLY")
        assert answer.get_json()["detail"] == (
            "There are 2,000,001 events in this stretch of time; by user or channel at most 2,000,000 are "
            "looked at. Move since and until closer together."
        )
    assert breakdown(vera, "by=type")["total"] == 2_000_001


def test_other_workspaces_do_not_count(oscar, mika):
    post_batch(mika, sent("general"))
    elsewhere = BREAKDOWN.replace("acme", "elsewhere")
    assert oscar.get(f"{elsewhere}?by=type").get_json()["data"]["total"] == 0


def test_filter_by_user_and_channel(vera, mika, olivia, cast):
    post_batch(mika, sent("general"), sent("general"), sent("launch"), {"eventType": "user.active"})
    post_batch(olivia, sent("general"))
    for query, by, total in [
        (f"user={cast['mika']}", "type", 4),
        (f"user={cast['mika']}", "hour", 4),
        (f"user={cast['mika']}&channel=general", "type", 2),
        ("channel=general", "user", 3),
        ("channel=general&metric=messages", "hour", 3),
        ("channel=nowhere", "type", 0),
        (f"user={cast['mika']}&type=user.active", "channel", 1),
    ]:
        assert breakdown(vera, f"by={by}&{query}")["total"] == total, query
    assert breakdown(mika, "by=channel&user=me")["top"] == [
        {"key": "general", "count": 2},
        {"key": "launch", "count": 1},
    ]
    meta = vera.get(f"{BREAKDOWN}?by=type&user={cast['mika']}&channel=general").get_json()["meta"]
    assert (meta["user"], meta["channel"]) == (str(cast["mika"]), "general")


def at_hour(hour: str, channel: str | None = None, count: int = 1) -> list[dict]:
    return [sent(channel) | {"timestamp": f"{ago(hours=3)[:14]}{hour}:00.000Z"}] * count


def test_compared_parts_add_up(vera, mika):
    start, middle, end = (f"{ago(hours=3)[:14]}{minute}:00.000Z" for minute in ("10", "20", "30"))
    before = [
        *at_hour("12", "gone", 3),
        *at_hour("13", "general", 2),
        *at_hour("14", "small"),
        *at_hour("15"),
    ]
    present = [*at_hour("21", "general", 5), *at_hour("22", "new", 2), *at_hour("23", count=2)]
    post_batch(mika, *before, *present)
    query = f"{BREAKDOWN}?by=channel&since={middle}&until={end}&compare=previous"
    body = vera.get(query).get_json()
    assert body["data"] == {
        "top": [
            {"key": "general", "count": 5, "previous": 2, "change": 3},
            {"key": "new", "count": 2, "previous": 0, "change": 2},
            {"key": "gone", "count": 0, "previous": 3, "change": -3},
            {"key": "small", "count": 0, "previous": 1, "change": -1},
        ],
        "other": {"keys": 0, "count": 0, "previous": 0, "change": 0},
        "none": 2,
        "forgotten": 0,
        "total": 9,
        "previous": {"none": 1, "forgotten": 0, "total": 7},
        "change": 2,
    }
    assert body["meta"]["compare"] == "previous"
    assert body["meta"]["compared"] == {"since": start, "until": middle}
    rest = vera.get(f"{query}&limit=1").get_json()["data"]
    assert (rest["other"], rest["total"]) == ({"keys": 3, "count": 2, "previous": 4, "change": -2}, 9)


def test_compared_with_yesterday(vera, mika):
    yesterday = {"eventType": "user.active", "timestamp": ago(hours=23.9)}
    post_batch(mika, yesterday, yesterday, {"eventType": "user.active", "timestamp": ago(minutes=1)})
    for by in ("type", "user", "hour"):
        data = vera.get(f"{BREAKDOWN}?by={by}&since={ago(hours=1)}&compare=yesterday").get_json()["data"]
        assert (data["total"], data["previous"]["total"]) == (1, 0), by
        data = vera.get(
            f"{BREAKDOWN}?by={by}&since={ago(hours=1)}&until={ago(hours=-1)}&compare=yesterday"
        ).get_json()["data"]
        assert (data["total"], data["previous"]["total"], data["change"]) == (1, 2, -1), by
        data = vera.get(f"{BREAKDOWN}?by={by}&since={ago(hours=1)}&compare=lastWeek").get_json()["data"]
        assert (data["previous"]["total"], data["change"]) == (0, 1), by


def test_too_many_events_to_compare(vera, mika, sql):
    post_batch(mika, sent("general"), sent("general") | {"timestamp": ago(hours=1.5)})
    sql("UPDATE minute_counts SET count = 1500000")
    query = f"{BREAKDOWN}?since={ago(hours=1)}&by=channel"
    assert vera.get(query).status_code == 200
    answer = vera.get(f"{query}&compare=previous")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "TOO_COSTLY")
    assert answer.get_json()["detail"] == (
        "There are 3,000,000 events in this stretch of time and the one that it is compared with; by user or "
        "channel at most 2,000,000 are looked at. Move since and until closer together, or leave out compare."
    )
    assert vera.get(f"{BREAKDOWN}?since={ago(hours=1)}&by=hour&compare=previous").status_code == 200


def test_filter_beyond_retention_is_422(vera, mika, sql):
    post_batch(mika, sent("general"), sent("launch"))
    sql("DELETE FROM events WHERE seq = 1")
    for query, name in [("since=2025-01-01&until=2025-02-01", "since"), (f"since={ago(days=300)}", "since")]:
        answer = vera.get(f"{BREAKDOWN}?by=type&channel=launch&{query}")
        assert (answer.status_code, answer.get_json()["code"]) == (422, "INVALID_INPUT")
        [message] = answer.get_json()["errors"][name]
        assert message.startswith("By user or channel, events are counted as long as they are stored: since ")
    kept = message.split("since ")[1][:24]
    query = f"{BREAKDOWN}?by=type&channel=launch&since={kept}"
    assert vera.get(query).get_json()["data"]["total"] == 1
    assert "compare" in vera.get(f"{query}&compare=lastWeek").get_json()["errors"]
