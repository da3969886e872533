"""Questions that all workers answer about their streams of a workspace: close them, list them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

import gevent

from app.live.registry import Registry
from app.redis.bus import Bus
from app.redis.bus_messages import WorkerAnswer, WorkerQuestion, decode_answer, encode_answer
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

    def answer(self, question: WorkerQuestion) -> None:
        """Answer another worker's question."""
        value = self.handlers[question.question](question.workspace_id, question.parameters)
        text = encode_answer(WorkerAnswer(self._worker if question.is_named else None, value))
        self._link.pipeline(
            lambda pipe: pipe.rpush(question.reply_to, text).expire(question.reply_to, REPLY_EXPIRES)
        )

    def _ask_others(
        self, workspace: UUID, question: str, details: Mapping[str, Any]
    ) -> tuple[str, Collection[str]]:
        reply = self._link.name(REPLY, secrets.token_hex(8))
        others = self._registry.workers(workspace)
        if others:
            self._bus.publish(WorkerQuestion(workspace, question, details, reply))
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
                answer = decode_answer(text)
                answers.append(answer.value)
                # One without a name is of an older version: it stands for any of the workers asked.
                silent = silent - {answer.worker} if answer.worker else set(list(silent)[1:])
        return answers, silent
