"""The changes that appended events make to the projections: sums and extremes, so order does not matter."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from app.domain.event import NewEvent, NumberedEvent
from app.domain.instants import minute_of

ORCHESTRATOR_STATES = {
    "orchestrator.online": "online",
    "orchestrator.busy": "busy",
    "orchestrator.offline": "offline",
}
TASK_ENDS = ("task.completed", "task.failed", "task.cancelled")
TASK_TYPES = ("task.created", "task.started", *TASK_ENDS)

MinuteKey = tuple[UUID, datetime, str]
NamedKey = tuple[UUID, str]
Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class TaskTimes:
    """When a task was first and last started and last ended, in these events."""

    first_started_at: datetime | None = None
    last_started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(slots=True)
class Effects:
    """Changes by table; the workspace is the first part of every key."""

    minutes: Counter[MinuteKey] = field(default_factory=Counter)
    users: dict[tuple[UUID, UUID], datetime] = field(default_factory=dict)
    sessions: dict[NamedKey, datetime] = field(default_factory=dict)
    messages: dict[NamedKey, datetime] = field(default_factory=dict)  # last message by channel
    created: dict[NamedKey, datetime] = field(default_factory=dict)  # channels
    archived: dict[NamedKey, datetime] = field(default_factory=dict)  # channels
    orchestrators: dict[NamedKey, tuple[datetime, int, str]] = field(default_factory=dict)  # at, seq, state
    tasks: dict[NamedKey, TaskTimes] = field(default_factory=dict)
    deleted: set[NamedKey] = field(default_factory=set)  # message ids
    sent: set[NamedKey] = field(default_factory=set)  # message ids


def effects_of(entries: Iterable[NumberedEvent]) -> Effects:
    """The combined changes of these events."""
    effects = Effects()
    for entry in entries:
        _count(effects, entry)
        if apply := BY_TYPE.get(entry.event.event_type):
            apply(effects, entry)
    return effects


def _count(effects: Effects, entry: NumberedEvent) -> None:
    event, at = entry.event, entry.occurred_at
    effects.minutes[event.workspace_id, minute_of(at), event.event_type] += 1
    _latest(effects.users, (event.workspace_id, event.user_id), at)
    if event.session_id is not None:
        _latest(effects.sessions, (event.workspace_id, event.session_id), at)


def message_of(event: NewEvent) -> NamedKey | None:
    """The message that an event sends; None if it sends none, or one without an id."""
    message_id = event.event_data.get("messageId") if event.event_type == "message.sent" else None
    return (event.workspace_id, message_id) if isinstance(message_id, str) else None


def _message_sent(effects: Effects, entry: NumberedEvent) -> None:
    if channel := _key(entry, "channelId"):
        _latest(effects.messages, channel, entry.occurred_at)
    if message := message_of(entry.event):
        effects.sent.add(message)


def _message_deleted(effects: Effects, entry: NumberedEvent) -> None:
    if message := _key(entry, "messageId"):
        effects.deleted.add(message)


def _channel_created(effects: Effects, entry: NumberedEvent) -> None:
    if channel := _key(entry, "channelId"):
        _latest(effects.created, channel, entry.occurred_at)


def _channel_archived(effects: Effects, entry: NumberedEvent) -> None:
    if channel := _key(entry, "channelId"):
        _latest(effects.archived, channel, entry.occurred_at)


def _orchestrator(effects: Effects, entry: NumberedEvent) -> None:
    if key := _key(entry, "orchestratorId"):
        state = (entry.occurred_at, entry.seq, ORCHESTRATOR_STATES[entry.event.event_type])
        effects.orchestrators[key] = max(effects.orchestrators.get(key, state), state)


def _task(effects: Effects, entry: NumberedEvent) -> None:
    if not (key := _key(entry, "taskId")):
        return
    times, at = effects.tasks.setdefault(key, TaskTimes()), entry.occurred_at
    if entry.event.event_type == "task.started":
        times.first_started_at = min(times.first_started_at or at, at)
        times.last_started_at = max(times.last_started_at or at, at)
    elif entry.event.event_type in TASK_ENDS:
        times.ended_at = max(times.ended_at or at, at)


def _key(entry: NumberedEvent, name: str) -> NamedKey | None:
    value = entry.event.event_data.get(name)
    return (entry.event.workspace_id, value) if isinstance(value, str) else None


def _latest(times: dict[Key, datetime], key: Key, at: datetime) -> None:
    known = times.get(key)
    if known is None or at > known:  # hashing the key takes longer than comparing the times
        times[key] = at


BY_TYPE: dict[str, Callable[[Effects, NumberedEvent], None]] = {
    "message.sent": _message_sent,
    "message.deleted": _message_deleted,
    "channel.created": _channel_created,
    "channel.archived": _channel_archived,
    **dict.fromkeys(ORCHESTRATOR_STATES, _orchestrator),
    **dict.fromkeys(TASK_TYPES, _task),
}
