"""A naive recount: what the projections and the figures must be, by reading every event of a workspace.

Slow and plain on purpose, and independent of the code under test: it knows DESIGN's definitions and nothing else.
Rows are those of `events` (`READ`), of one workspace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

READ = """
    SELECT seq, event_id, event_type, event_data, user_id, session_id, occurred_at, received_at
    FROM events WHERE workspace_id = :workspace ORDER BY seq
"""
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TASK_ENDS = {"task.completed", "task.failed", "task.cancelled"}

Events = Sequence[Row]


def minute_counts(events: Events) -> dict[tuple[datetime, str], tuple[int, int]]:
    """(events, of them messages taken back) by minute and type."""
    standing = {event.seq for event in standing_messages(events)}
    counts: dict[tuple[datetime, str], tuple[int, int]] = {}
    for event in events:
        key = event.occurred_at.replace(second=0, microsecond=0), event.event_type
        gone = event.event_type == "message.sent" and event.seq not in standing
        count, retracted = counts.get(key, (0, 0))
        counts[key] = count + 1, retracted + gone
    return counts


def standing_messages(events: Events) -> list[Row]:
    """The messages that no deletion names, whichever of the two came first."""
    deleted = deletions(events)
    return [e for e in of_type(events, "message.sent") if e.event_data.get("messageId") not in deleted]


def deletions(events: Events) -> set[str]:
    return {e.event_data["messageId"] for e in of_type(events, "message.deleted")}


def user_presence(events: Events) -> dict[Any, datetime]:
    return latest(events, lambda event: event.user_id)


def session_presence(events: Events) -> dict[str, datetime]:
    return latest(events, lambda event: event.session_id)


def channels(events: Events) -> dict[str, tuple[datetime | None, datetime | None, datetime | None]]:
    """(last standing message, last created, last archived) by channel."""
    sent = latest(standing_messages(events), named("channelId"))
    created = latest(of_type(events, "channel.created"), named("channelId"))
    archived = latest(of_type(events, "channel.archived"), named("channelId"))
    all_sent = latest(of_type(events, "message.sent"), named("channelId"))
    return {
        name: (sent.get(name), created.get(name), archived.get(name))
        for name in {*all_sent, *created, *archived}
    }


def orchestrators(events: Events) -> dict[str, tuple[str, datetime, int]]:
    """(last state, when, by which number): by the time it occurred; of two at one time the later number."""
    last: dict[str, Row] = {}
    states = of_type(events, "orchestrator.online", "orchestrator.busy", "orchestrator.offline")
    for event in sorted(states, key=lambda event: (event.occurred_at, event.seq)):
        last[event.event_data["orchestratorId"]] = event
    return {
        name: (event.event_type.removeprefix("orchestrator."), event.occurred_at, event.seq)
        for name, event in last.items()
    }


def tasks(events: Events) -> dict[str, bool]:
    """Whether each task is open: never ended, or started again after its last end (and not just late)."""
    times: dict[str, dict[str, list[datetime]]] = {}
    for event in of_type(events, "task.created", "task.started", *TASK_ENDS):
        task = times.setdefault(event.event_data["taskId"], {"starts": [], "ends": []})
        if event.event_type == "task.started":
            task["starts"].append(event.occurred_at)
        elif event.event_type in TASK_ENDS:
            task["ends"].append(event.occurred_at)
    return {name: is_open(**task) for name, task in times.items()}


def is_open(starts: list[datetime], ends: list[datetime]) -> bool:
    if not ends:
        return True
    return any(start > max(ends) for start in starts) and any(start <= max(ends) for start in starts)


def figures(events: Events, now: datetime, timezone: str) -> dict[str, Any]:
    """All figures at `now`, which is not before the last event was received."""
    midnight = start_of_day(now, timezone)
    standing = standing_messages(events)

    def since(start: datetime, among: Iterable[Row] = events) -> list[Row]:
        return [event for event in among if event.occurred_at > start]

    today = [event for event in events if event.occurred_at >= midnight]
    return {
        "activeUsers": len({event.user_id for event in today}),
        "onlineUsers": len({event.user_id for event in since(now - 5 * MINUTE)}),
        "activeSessions": len({event.session_id for event in since(now - 30 * MINUTE)} - {None}),
        "messagesLastHour": len(since(now - HOUR, standing)),
        "messagesToday": len([event for event in standing if event.occurred_at >= midnight]),
        "activeChannels": len(active_channels(events, now)),
        "activeOrchestrators": len(active_orchestrators(events, now)),
        "tasksInProgress": sum(tasks(events).values()),
        "eventCounts": Counter(event.event_type for event in today),
    }


def active_channels(events: Events, now: datetime) -> list[str]:
    return [
        name
        for name, (sent, created, archived) in channels(events).items()
        if sent and sent > now - HOUR and (not archived or (created and created > archived))
    ]


def active_orchestrators(events: Events, now: datetime) -> list[str]:
    return [
        name
        for name, (state, at, _) in orchestrators(events).items()
        if state != "offline" and at > now - 10 * MINUTE
    ]


def start_of_day(now: datetime, timezone: str) -> datetime:
    """The first moment of `now`'s local day, found by walking back: every zone changes at quarter hours."""
    zone, step = ZoneInfo(timezone), timedelta(minutes=15)
    day = now.astimezone(zone).date()
    start = datetime.fromtimestamp(now.timestamp() // 900 * 900, UTC)
    while (start - step).astimezone(zone).date() == day:
        start -= step
    return start


def of_type(events: Events, *types: str) -> list[Row]:
    return [event for event in events if event.event_type in types]


def named(field: str) -> Callable[[Row], str | None]:
    return lambda event: event.event_data.get(field)


def latest(events: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, datetime]:
    """When the latest event of each key occurred; None is no key."""
    times: dict[Any, datetime] = {}
    for event in events:
        if (name := key(event)) is not None:
            times[name] = max(times.get(name, event.occurred_at), event.occurred_at)
    return times
