"""Questions that all workers answer about their streams of a workspace: close them, list them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any
from uuid import UUID

import gevent

from app.bus import Bus, Message
from app.live.registry import Registry
from app.redis_link import RedisLink

REPLY = "reply:"
REPLY_EXPIRES = 30  # seconds
WAIT = 2.0  # seconds for the other workers' answers
POLL = 0.02  # seconds

Handler = Callable[[UUID, Mapping[str, Any]], Any]


class Assembly:
    """All workers, asked as one. `handlers` answer for this worker, by question; answers are JSON values."""

    def __init__(self, bus: Bus, registry: Registry, link: RedisLink, handlers: Mapping[str, Handler]):
        self._bus = bus
        self._registry = registry
        self._link = link
        self.handlers = handlers

    def ask(self, workspace: UUID, question: str, **details: Any) -> list[Any]:
        """Every worker's answer, this one's first; those that do not answer within 2 s are left out."""
        reply = self._link.name(REPLY, secrets.token_hex(8))
        others = self._registry.workers(workspace)
        if others:
            self._bus.publish(Message(workspace, question, {**details, "reply": reply}))
        mine = self.handlers[question](workspace, details)
        return [mine, *self._gather(reply, others)]

    def answer(self, message: Message) -> None:
        """Another worker asks."""
        reply = message.head.pop("reply")
        answer = json.dumps(self.handlers[message.kind](message.workspace_id, message.head))
        self._link.pipeline(lambda pipe: pipe.rpush(reply, answer).expire(reply, REPLY_EXPIRES))

    def _gather(self, reply: str, expected: int) -> list[Any]:
        answers: list[Any] = []
        deadline = monotonic() + WAIT
        while len(answers) < expected and monotonic() < deadline:
            gevent.sleep(POLL)
            found = self._link.pipeline(lambda pipe: pipe.lpop(reply, expected))
            answers += [json.loads(answer) for answer in (found and found[0]) or ()]
        return answers
