"""Questions that all workers answer about their streams of a workspace: close them, list them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Mapping
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

import gevent

from app.live.registry import Registry
from app.redis.bus import Bus, Message
from app.redis.link import RedisLink

REPLY = "reply:"
REPLY_EXPIRES = 30  # seconds
WAIT = 2.0  # seconds for the other workers' answers
POLL = 0.02  # seconds
AT_ONCE = 100  # answers taken in one round trip


class OthersAnswers(NamedTuple):
    """What other workers answered, how many were asked, and how many of those did not answer in time."""

    answers: list[Any]
    asked: int
    silent: int


Handler = Callable[[UUID, Mapping[str, Any]], Any]


class Assembly:
    """All workers, asked as one. `handlers` answer for this worker, by question; answers are JSON values."""

    def __init__(
        self, bus: Bus, registry: Registry, link: RedisLink, worker: str, handlers: Mapping[str, Handler]
    ):
        self._bus = bus
        self._registry = registry
        self._link = link
        self._worker = worker
        self.handlers = handlers

    def ask(self, workspace: UUID, question: str, **details: Any) -> list[Any]:
        """Every worker's answer, this one's first; those that do not answer within 2 s are left out."""
        asked = self._ask_others(workspace, question, details)
        mine = self.handlers[question](workspace, details)
        return [mine, *self._gather(*asked)[0]]

    def ask_others(self, workspace: UUID, question: str, **details: Any) -> OthersAnswers:
        """The answers of all workers but this one, for a process that has no streams."""
        reply, asked = self._ask_others(workspace, question, details)
        answers, silent = self._gather(reply, asked)
        return OthersAnswers(answers, len(asked), len(silent))

    def answer(self, message: Message) -> None:
        """Another worker asks."""
        reply = message.head.pop("reply")
        says_who = message.head.pop("named", False)
        answer = self.handlers[message.kind](message.workspace_id, message.head)
        text = json.dumps({"worker": self._worker, "answer": answer} if says_who else answer)
        self._link.pipeline(lambda pipe: pipe.rpush(reply, text).expire(reply, REPLY_EXPIRES))

    def _ask_others(
        self, workspace: UUID, question: str, details: Mapping[str, Any]
    ) -> tuple[str, Collection[str]]:
        reply = self._link.name(REPLY, secrets.token_hex(8))
        others = self._registry.workers(workspace)
        if others:
            self._bus.publish(Message(workspace, question, {**details, "reply": reply, "named": True}))
        return reply, others

    def _gather(self, reply: str, asked: Collection[str]) -> tuple[list[Any], set[str]]:
        """The answers, and those of the workers asked that are silent.

        Workers answer that were not asked: they follow the channel for a while after their last stream has ended.
        They must not be taken for those that have streams.
        """
        answers: list[Any] = []
        silent = set(asked)
        deadline = monotonic() + WAIT
        while silent and monotonic() < deadline:
            gevent.sleep(POLL)
            found = self._link.pipeline(lambda pipe: pipe.lpop(reply, AT_ONCE))
            for text in (found and found[0]) or ():
                answer = json.loads(text)
                if isinstance(answer, dict):
                    silent.discard(answer["worker"])
                    answers.append(answer["answer"])
                else:  # of the version before, which does not say whose it is
                    silent = set(list(silent)[1:])
                    answers.append(answer)
        return answers, silent
