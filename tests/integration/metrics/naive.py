"""The metrics as their definitions read, over a plain list of events: slow, obvious, independent of any SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.event import NewEvent

ACTIVE_STATES = ("orchestrator.online", "orchestrator.busy")
TASK_ENDS = ("task.completed", "task.failed", "task.cancelled")


def figures(events: Sequence[NewEvent], now: datetime, zone: str) -> dict[str, Any]:
    """All metrics but the timestamp; `events` in the order of their numbers."""
    today = [event for event in events if event.timestamp >= midnight(now, zone)]
    messages = standing_messages(events)
    return {
        "activeUsers": len({event.user_id for event in today}),
        "onlineUsers": len({event.user_id for event in within(events, now, minutes=5)}),
        "activeSessions": len({event.session_id for event in within(events, now, minutes=30)} - {None}),
        "messagesLastHour": len(within(messages, now, minutes=60)),
        "messagesToday": len([message for message in messages if message in today]),
        "activeChannels": len(active_channels(events, within(messages, now, minutes=60))),
        "activeOrchestrators": active_orchestrators(events, now),
        "tasksInProgress": tasks_in_progress(events),
        "eventCounts": Counter(event.event_type for event in today),
    }


def midnight(now: datetime, zone: str) -> datetime:
    return now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def within(events: Sequence[NewEvent], now: datetime, **span: float) -> list[NewEvent]:
    return [event for event in events if event.timestamp > now - timedelta(**span)]


def named(events: Sequence[NewEvent], name: str) -> dict[str, list[NewEvent]]:
    """The events that have this name in their data, by its value, as they occurred."""
    found: dict[str, list[NewEvent]] = {}
    for event in sorted(events, key=lambda event: event.timestamp):  # stable: then by number
        if name in event.event_data:
            found.setdefault(event.event_data[name], []).append(event)
    return found


def of_type(events: Sequence[NewEvent], *types: str) -> list[NewEvent]:
    return [event for event in events if event.event_type in types]


def standing_messages(events: Sequence[NewEvent]) -> list[NewEvent]:
    deleted = set(named(of_type(events, "message.deleted"), "messageId"))
    sent = of_type(events, "message.sent")
    return [event for event in sent if event.event_data.get("messageId") not in deleted]


def active_channels(events: Sequence[NewEvent], recent: Sequence[NewEvent]) -> set[str]:
    def is_archived(channel: str) -> bool:
        own = named(of_type(events, "channel.created", "channel.archived"), "channelId").get(channel, [])
        latest = max((event.timestamp for event in own), default=None)
        # Created and archived at once is archived.
        return any(e.timestamp == latest and e.event_type == "channel.archived" for e in own)

    return {channel for channel in named(recent, "channelId") if not is_archived(channel)}


def active_orchestrators(events: Sequence[NewEvent], now: datetime) -> int:
    states = named([e for e in events if e.event_type.startswith("orchestrator.")], "orchestratorId")
    lasts = [own[-1] for own in states.values()]
    return len(within(of_type(lasts, *ACTIVE_STATES), now, minutes=10))


def tasks_in_progress(events: Sequence[NewEvent]) -> int:
    tasks = named([event for event in events if event.event_type.startswith("task.")], "taskId")
    return sum(map(is_open, tasks.values()))


def is_open(own: Sequence[NewEvent]) -> bool:
    ends = [event.timestamp for event in of_type(own, *TASK_ENDS)]
    starts = [event.timestamp for event in of_type(own, "task.started")]
    if not ends:
        return True
    was_started, is_started_again = any(s <= max(ends) for s in starts), any(s > max(ends) for s in starts)
    return was_started and is_started_again
