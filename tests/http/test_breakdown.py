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
