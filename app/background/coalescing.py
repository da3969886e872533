"""Questions that many greenlets ask at the same time, answered together: a herd costs a few round trips.

There is no timer, as in the committer: the round under way is the window in which the next one gathers, and
whoever asks alone waits for nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import gevent
from gevent.event import AsyncResult

Question = TypeVar("Question")
Answer = TypeVar("Answer")

MOST = 500  # questions a round


class Gathering(Generic[Question, Answer]):
    """`answer_all` takes the questions of a round and gives their answers in the same order."""

    def __init__(self, answer_all: Callable[[Sequence[Question]], Sequence[Answer]]):
        self._answer_all = answer_all
        self._waiting: deque[tuple[Question, AsyncResult]] = deque()
        self._busy = False

    def ask(self, question: Question) -> Answer:
        """Wait for the answer, which is not older than the question; raises what its round raises."""
        result = AsyncResult()
        self._waiting.append((question, result))
        if not self._busy:
            self._busy = True
            gevent.spawn(self._run)
        return result.get()

    def _run(self) -> None:
        try:
            while self._waiting:
                self._answer([self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))])
        finally:
            self._busy = False

    def _answer(self, asked: Sequence[tuple[Question, AsyncResult]]) -> None:
        try:
            answers = self._answer_all([question for question, _ in asked])
            for (_, result), answer in zip(asked, answers, strict=True):
                result.set(answer)
        except BaseException as error:
            for _, result in asked:
                result.set_exception(error)
            if not isinstance(error, Exception):
                raise
