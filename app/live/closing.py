"""Closes a workspace's streams on every worker, and counts them."""

from __future__ import annotations

import secrets
from time import monotonic
from uuid import UUID

import gevent

from app.bus import Bus, Message
from app.live.hub import Hub
from app.live.registry import Registry
from app.live.room import end_all
from app.redis_link import RedisLink

REPLY = "pulse:closed:"
REPLY_EXPIRES = 30  # seconds
WAIT = 2.0  # seconds for the other workers' counts
POLL = 0.02  # seconds


class Closer:
    """Asks all workers to end a workspace's streams; answers when another worker asks."""

    def __init__(self, hub: Hub, bus: Bus, registry: Registry, link: RedisLink):
        self._hub = hub
        self._bus = bus
        self._registry = registry
        self._link = link

    def close_all(self, workspace: UUID, reason: str) -> int:
        """End every stream of the workspace; returns how many, as far as workers answered in time."""
        reply = f"{REPLY}{secrets.token_hex(8)}"
        others = self._registry.workers(workspace)
        self._bus.publish(Message(workspace, "close", {"reason": reason, "reply": reply}))
        closed = self._close_here(workspace, reason)
        return closed + self._gather(reply, len(others))

    def on_message(self, message: Message) -> None:
        """Another worker asks."""
        closed = self._close_here(message.workspace_id, message.head["reason"])
        reply = message.head["reply"]
        self._link.pipeline(lambda pipe: pipe.rpush(reply, closed).expire(reply, REPLY_EXPIRES))

    def _close_here(self, workspace: UUID, reason: str) -> int:
        room = self._hub.room(workspace)
        return end_all(room.streams, reason) if room else 0

    def _gather(self, reply: str, expected: int) -> int:
        counts: list[int] = []
        deadline = monotonic() + WAIT
        while len(counts) < expected and monotonic() < deadline:
            gevent.sleep(POLL)
            answers = self._link.pipeline(lambda pipe: pipe.lpop(reply, expected))
            counts += [int(count) for count in (answers and answers[0]) or ()]
        return sum(counts)
