"""Events for the chaos of the write side, drawn from few names so that they meet in the projections."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.instants import iso

Event = dict[str, Any]

# Within what may be posted (24 hours back to 5 minutes ahead), with room for retries that take long.
LATEST, EARLIEST = timedelta(minutes=4), timedelta(hours=-23)
STATES = ("online", "busy", "offline")
STEPS = ("created", "started", "completed", "failed", "cancelled")


def draw(event_id: str, chance: random.Random) -> Event:
    """An event of any kind under this id; every other one says when it happened."""
    event_type, data = chance.choice(KINDS)(chance)
    event: Event = {"eventId": event_id, "eventType": event_type, "eventData": data}
    if chance.random() < 0.5:
        event["timestamp"] = iso(datetime.now(UTC) + _offset(chance))
    if chance.random() < 0.7:
        event["sessionId"] = _name("session", 40, chance)
    return event


def _offset(chance: random.Random) -> timedelta:
    return chance.choice((chance.uniform(0, 0.01), chance.uniform(0, 1))) * EARLIEST + LATEST


def _message(chance: random.Random) -> tuple[str, Event]:
    return "message.sent", {"messageId": _name("m", 3_000, chance), "channelId": _name("c", 12, chance)}


def _deletion(chance: random.Random) -> tuple[str, Event]:
    return "message.deleted", {"messageId": _name("m", 3_000, chance)}


def _channel(chance: random.Random) -> tuple[str, Event]:
    return chance.choice(("channel.created", "channel.archived")), {"channelId": _name("c", 12, chance)}


def _orchestrator(chance: random.Random) -> tuple[str, Event]:
    return f"orchestrator.{chance.choice(STATES)}", {"orchestratorId": _name("o", 5, chance)}


def _task(chance: random.Random) -> tuple[str, Event]:
    return f"task.{chance.choice(STEPS)}", {"taskId": _name("t", 300, chance)}


def _custom(chance: random.Random) -> tuple[str, Event]:
    return f"deploy.stage{chance.randint(1, 9)}", {"note": "x" * chance.randint(0, 2_000)}


def _name(kind: str, most: int, chance: random.Random) -> str:
    return f"{kind}-{chance.randint(1, most)}"


KINDS: list[Callable[[random.Random], tuple[str, Event]]] = [
    _message, _message, _message, _deletion, _channel, _orchestrator, _task, _task, _custom
]  # fmt: skip
