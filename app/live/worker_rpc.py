"""Remote procedure calls to all workers: list the streams of a workspace, or close them.

A call is published on the workspace's channel; each worker pushes its answer to a Redis list made for the call.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

import gevent
from redis.client import Pipeline

from app.live.registry import Registry
from app.live.stream_lifecycle import MESSAGES, StreamLifecycle
from app.redis.bus import Bus
from app.redis.bus_messages import JsonValue, WorkerAnswer, WorkerQuestion, decode_answer, encode_answer
from app.redis.link import RedisLink

StreamEntry = dict[str, Any]  # an open stream: the values of a WorkerStreamMessage
REPLY = "reply:"
REPLY_TTL = 30  # seconds
ANSWER_TIMEOUT = 2.0  # seconds for the other workers' answers
POLL_EVERY = 0.02  # seconds
MAX_ANSWERS = 100  # taken in one round trip


class Answers(NamedTuple):
    """The other workers' answers, how many workers were called, and how many of those did not answer in time."""

    answers: list[JsonValue]
    called: int
    silent: int


class WorkerRpc:
    """Calls to all workers. `lifecycle` answers for this worker's own streams."""

    def __init__(
        self, bus: Bus, registry: Registry, link: RedisLink, worker: str, lifecycle: StreamLifecycle
    ):
        self._bus = bus
        self._registry = registry
        self._link = link
        self._worker = worker
        self._lifecycle = lifecycle

    def call(self, workspace: UUID, procedure: str, **parameters: str | None) -> list[JsonValue]:
        """Every worker's answer, this one's first; those that do not answer within 2 s are left out."""
        reply_to, called = self._publish(workspace, procedure, parameters)
        own = self._run(workspace, procedure, parameters)
        return [own, *self._collect(reply_to, called)[0]]

    def call_others(self, workspace: UUID, procedure: str, **parameters: str | None) -> Answers:
        """The answers of all workers but this one, for a process that has no streams."""
        reply_to, called = self._publish(workspace, procedure, parameters)
        answers, silent = self._collect(reply_to, called)
        return Answers(answers, len(called), len(silent))

    def answer(self, question: WorkerQuestion) -> None:
        """Answer another worker's call."""
        value = self._run(question.workspace_id, question.question, question.parameters)
        text = encode_answer(WorkerAnswer(self._worker if question.is_named else None, value))

        def push(pipe: Pipeline) -> None:
            pipe.rpush(question.reply_to, text)
            pipe.expire(question.reply_to, REPLY_TTL)

        self._link.pipeline(push)

    def _run(self, workspace: UUID, procedure: str, parameters: Mapping[str, str | None]) -> JsonValue:
        match procedure:
            case "list":
                return self._lifecycle.list(workspace)
            case "close":
                return self._lifecycle.close(workspace, parameters)
        raise ValueError(f"no procedure {procedure}")

    def _publish(
        self, workspace: UUID, procedure: str, parameters: Mapping[str, str | None]
    ) -> tuple[str, Collection[str]]:
        reply_to = self._link.name(REPLY, secrets.token_hex(8))
        others = self._registry.other_workers(workspace)
        if others:
            self._bus.publish(WorkerQuestion(workspace, procedure, parameters, reply_to))
        return reply_to, others

    def _collect(self, reply_to: str, called: Collection[str]) -> tuple[list[JsonValue], set[str]]:
        """The answers, and those of the workers called that are silent.

        Workers answer that were not called: they stay subscribed for a while after their last stream has ended.
        They must not be taken for those that have streams.
        """
        answers: list[JsonValue] = []
        silent = set(called)
        deadline = monotonic() + ANSWER_TIMEOUT
        while silent and monotonic() < deadline:
            gevent.sleep(POLL_EVERY)
            found = self._link.pipeline(lambda pipe: pipe.lpop(reply_to, MAX_ANSWERS))
            for text in (found and found[0]) or ():
                answer = decode_answer(text)
                answers.append(answer.value)
                # One without a name is of an older version: it stands for any of the workers called.
                silent = silent - {answer.worker} if answer.worker else set(list(silent)[1:])
        return answers, silent


def stream_entries(answers: Iterable[JsonValue]) -> list[StreamEntry]:
    """The streams in workers' answers to `list`, oldest first."""
    entries = [entry for answer in answers if isinstance(answer, list) for entry in MESSAGES.load(answer)]
    return sorted(entries, key=lambda entry: entry["since"])


def closed_count(answers: Iterable[JsonValue]) -> int:
    """The sum of workers' answers to `close`."""
    return sum(answer for answer in answers if isinstance(answer, int))
