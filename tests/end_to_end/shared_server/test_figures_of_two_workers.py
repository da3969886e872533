"""Figures of two workers are the same, and a client can recount them from the stream."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import gevent
import pytest
import recount
from posting import EVENTS, ago
from servers import until

DATA = {
    "message.sent": ("messageId", "channelId"),
    "message.deleted": ("messageId",),
    "channel.created": ("channelId",),
    "channel.archived": ("channelId",),
    "orchestrator.online": ("orchestratorId",),
    "orchestrator.busy": ("orchestratorId",),
    "orchestrator.offline": ("orchestratorId",),
    "task.created": ("taskId",),
    "task.started": ("taskId",),
    "task.completed": ("taskId",),
    "user.active": (),
    "deploy.finished": (),
}
AGES = [0, 0, 0, 2, 20, 50, 100, 300, 1000]  # minutes: within each window, and before it
EARLIER, LATER = 25, 50  # events before the snapshot at least, and in all


@pytest.fixture
def noon(sql) -> str:
    """Acme's timezone, where it is about noon: no day ends while these tests run."""
    zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
    sql("UPDATE workspaces SET timezone = %s WHERE slug = 'acme'", zone)
    return zone


def happenings(luck: random.Random) -> Iterator[dict[str, Any]]:
    """Events about few things, so that they meet, some of them late."""
    while True:
        event_type = luck.choice(list(DATA))
        yield {
            "event_type": event_type,
            "data": {name: f"{name}-{luck.randrange(4)}" for name in DATA[event_type]},
            "timestamp": ago(minutes=luck.choice(AGES), seconds=1),
            **luck.choice([{}, {"sessionId": "s-1"}, {"sessionId": "s-2"}]),
        }


def whole(client, event_id: str) -> SimpleNamespace:
    """An event as a recount wants it; a frame does not hold its data."""
    data = client.get(f"{EVENTS}/{event_id}").raise_for_status().json()["data"]
    return SimpleNamespace(
        seq=data["seq"],
        event_type=data["eventType"],
        event_data=data["eventData"],
        user_id=data["userId"],
        session_id=data["sessionId"],
        occurred_at=datetime.fromisoformat(data["timestamp"]),
    )


def recounted(events: list[SimpleNamespace], data: dict[str, Any], zone: str) -> dict[str, Any]:
    """The figures of a snapshot as they must be, from the events up to it."""
    now = datetime.fromisoformat(data["timestamp"])
    return {**recount.figures(events, now, zone), "timestamp": data["timestamp"]}


def test_snapshot_and_events_give_the_next(server, visit, olivia, noon):
    luck = random.Random(7)
    posters = [visit(name, worker=pid) for name in ("mika", "olivia") for pid in server.worker_pids()]
    posted: list[dict] = []

    def post() -> None:
        for _, happening in zip(range(LATER), happenings(luck), strict=False):
            posted.append(luck.choice(posters).track(**happening))

    posting = gevent.spawn(post)
    until(lambda: len(posted) >= EARLIER, "some events")
    old = olivia.snapshot()
    cursor = old["meta"]["lastEventId"]
    stream = olivia.listen(f"?lastEventId={cursor}")
    posting.get()
    epoch, seq = cursor.rsplit("-", 1)
    frames = stream.events(posted[-1]["seq"] - int(seq))
    until(lambda: olivia.snapshot()["meta"]["lastEventId"] == frames[-1].id, "figures of them all")
    fresh = olivia.snapshot()["data"]

    assert frames[-1].id == f"{epoch}-{posted[-1]['seq']}"
    streamed = Counter(frame.json["eventType"] for frame in frames if is_of_today(frame.json, noon))
    assert Counter(old["data"]["eventCounts"]) + streamed == fresh["eventCounts"]
    before = [whole(olivia, event["eventId"]) for event in posted if event["seq"] <= int(seq)]
    assert old["data"] == recounted(before, old["data"], noon)
    after = [whole(olivia, frame.json["eventId"]) for frame in frames]
    assert fresh == recounted(before + after, fresh, noon)


def is_of_today(event: dict[str, Any], zone: str) -> bool:
    return datetime.fromisoformat(event["timestamp"]) >= recount.start_of_day(datetime.now(UTC), zone)


def test_other_workers_ticks_carry_baselines(server, visit, sql, noon):
    sql("UPDATE workspaces SET created_at = now() - interval '3 days' WHERE slug = 'acme'")
    yesterday = recount.start_of_day(datetime.now(UTC), noon) - timedelta(hours=24)
    sql(
        "INSERT INTO minute_counts SELECT id, %s, 'message.sent', 7, 0 FROM workspaces WHERE slug = 'acme'",
        yesterday,
    )
    asking, plain = (
        [visit("vera", worker=pid).listen(f"?metrics=messagesToday{more}") for pid in server.worker_pids()]
        for more in ("&compare=1", "")
    )
    ours, theirs = tick_of_both(*asking)
    assert ours == theirs
    before = ours["compare"]["messagesToday"]
    change = ours["messagesToday"] - 7
    assert before["yesterday"] == {
        "value": 7,
        "change": change,
        "percent": pytest.approx(100 * change / 7, abs=0.001),
    }
    assert before["lastWeek"] == {"value": None, "change": None, "percent": None}
    assert all("compare" not in stats for stats in tick_of_both(*plain))


def tick_of_both(*streams) -> list[dict[str, Any]]:
    """One tick as each of the streams got it: one of their workers computed it, or neither."""
    for stream in streams:
        stream.until("stats")  # what it opens with was made for it alone
    seen: list[dict[str, dict]] = [{} for _ in streams]
    while not (shared := set.intersection(*map(set, seen))):
        for stream, ticks in zip(streams, seen, strict=True):
            stats = stream.until("stats").json
            ticks[stats["timestamp"]] = stats
    return [ticks[max(shared)] for ticks in seen]
