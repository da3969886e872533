"""GET …/analytics/activity: amounts per bucket, their total, and those of an earlier stretch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from posting import ago, post_batch

ACTIVITY = "/api/workspaces/acme/analytics/activity"


def sent(at: str, channel: str = "general", message: str | None = None, kind: str = "message.sent") -> dict:
    data = {"channelId": channel} | ({"messageId": message} if message else {})
    return {"eventType": kind, "eventData": data, "timestamp": at}


def activity(client, query: str) -> dict:
    answer = client.get(f"{ACTIVITY}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def an_hour_ago() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)


def at(minutes: float) -> str:
    return (
        (an_hour_ago() + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def test_points_add_up_to_the_total(vera, mika):
    post_batch(mika, *[sent(at(1))] * 3, sent(at(7)), sent(at(58)), sent(at(3), kind="deploy.done"))
    body = activity(vera, f"of=events&since={at(0)}&until={at(60)}&step=5m")
    data = body["data"]
    assert [point["count"] for point in data["points"]] == [4, 1, *[0] * 9, 1]
    assert data["total"] == 6
    assert data["points"][0]["at"] == at(0).replace("Z", "+00:00")
    assert body["meta"] == {
        "step": "5m",
        "timezone": "UTC",
        "since": at(0).replace("Z", "+00:00"),
        "until": at(60).replace("Z", "+00:00"),
        "of": "events",
    }


def test_of_and_filters(vera, mika, olivia, cast):
    gone = {"eventType": "message.deleted", "eventData": {"messageId": "m-1"}, "timestamp": at(9)}
    post_batch(
        mika,
        sent(at(1), message="m-1"),
        sent(at(2), "launch", "m-2"),
        sent(at(3), kind="deploy.done"),
        gone,
    )
    post_batch(olivia, sent(at(4), "launch"))
    for query, total in {
        "of=events": 5,
        "of=events&type=deploy.done,message.deleted": 2,
        "of=events&type=never.seen": 0,
        "of=messages": 2,
        "of=message.sent": 3,
        "of=never.seen": 0,
        f"of=events&user={cast['mika']}": 4,
        f"of=messages&user={cast['mika']}": 1,
        "of=messages&channel=launch": 2,
        "of=message.sent&channel=general": 1,
        f"of=messages&channel=launch&user={cast['olivia']}": 1,
        "of=events&user=me": 0,
    }.items():
        assert activity(vera, f"{query}&since={at(0)}&until={at(60)}")["data"]["total"] == total, query
    assert activity(olivia, f"of=events&user=me&since={at(0)}&until={at(60)}")["data"]["total"] == 1


def test_ends_are_cut_off_and_say_so(vera, mika):
    post_batch(mika, sent(at(0.5)), sent(at(2)), sent(at(11.999)), sent(at(12)))
    points = activity(vera, f"of=events&since={at(1)}&until={at(12)}&step=5m")["data"]["points"]
    zulu = [(point["at"][14:16], point["count"], point.get("partial", False)) for point in points]
    assert zulu == [("01", 1, True), ("05", 0, False), ("10", 1, True)]


def test_future_and_before_the_log_are_partial(vera, mika):
    post_batch(mika, sent(at(30)))
    soon = (datetime.now(UTC) + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    points = activity(vera, f"of=events&step=1h&since={at(-60)}&until={soon:%Y-%m-%dT%H:%M}Z")["data"][
        "points"
    ]
    assert [point.get("partial", False) for point in points] == [True, True, False, True, True]


def test_compare_has_as_many_points(vera, mika):
    post_batch(mika, *[sent(at(-4))] * 2, sent(at(1)))
    data = activity(vera, f"of=events&step=1m&since={at(0)}&until={at(5)}&compare=previous")["data"]
    assert [point["count"] for point in data["points"]] == [0, 1, 0, 0, 0]
    assert [point["count"] for point in data["previous"]["points"]] == [0, 2, 0, 0, 0]
    assert (data["total"], data["previous"]["total"]) == (1, 2)
    assert "previous" not in activity(vera, f"of=events&since={at(0)}&until={at(5)}")["data"]


def test_csv_has_the_same(vera, mika):
    post_batch(mika, sent(at(1)), sent(at(-1)))
    query = f"{ACTIVITY}?of=events&step=5m&since={at(0)}&until={at(7)}&compare=previous&format=csv"
    answer = vera.get(query)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acme-activity.csv"'
    head, *rows = answer.text.splitlines()
    assert head == "at,count,partial,previous.at,previous.count,previous.partial"
    assert [row.split(",")[1::3] for row in rows] == [["1", "0"], ["0", "1"]]
    assert vera.get(f"{query}&csv=excel").text.splitlines()[1].startswith(f"{at(0)[:10]} {at(0)[11:19]};1;")


def test_too_many_points_say_which_step_would_do(vera):
    answer = vera.get(f"{ACTIVITY}?of=events&step=1m&since={ago(hours=26)}")
    assert (answer.status_code, answer.get_json()["errors"]) == (
        422,
        {
            "step": [
                "In steps of 1m that makes more than 1,500 points: ask for a shorter stretch of time or step=5m."
            ]
        },
    )


def test_too_many_events_are_422(vera, mika, sql):
    post_batch(mika, sent(at(1)))
    sql("UPDATE minute_counts SET count = 2000001")
    answer = vera.get(f"{ACTIVITY}?of=events&channel=general&since={at(0)}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "TOO_COSTLY")
    assert activity(vera, f"of=events&since={at(0)}&until={at(60)}")["data"]["total"] == 2_000_001


def test_filters_reach_as_far_as_stored_events(vera, mika, sql):
    post_batch(mika, sent(at(1)), sent(at(2)))
    old = f"of=events&channel=general&since={ago(hours=24 * 1_400)}"  # before any test's partition
    assert activity(vera, old)["data"]["total"] == 2
    sql("DELETE FROM events WHERE seq = 1")
    answer = vera.get(f"{ACTIVITY}?{old}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "INVALID_INPUT")
    assert list(answer.get_json()["errors"]) == ["since"]
    assert activity(vera, old.replace("channel=general&", ""))["data"]["total"] == 2


def test_other_workspaces_do_not_count(oscar, mika):
    post_batch(mika, sent(at(1)))
    answer = oscar.get(ACTIVITY.replace("acme", "elsewhere") + "?of=events")
    assert answer.get_json()["data"]["total"] == 0
