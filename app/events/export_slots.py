"""Export slots: a limit of concurrent downloads for each worker, and of one for each user.

A client that does not read holds its slot for a minute: without the second limit, one user with eight connections
blocked the exports of all others.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.errors import TooManyExports

MAX_CONCURRENT = 4  # in a worker: each holds a page in memory, and encoding it delays the streams
RETRY_AFTER = 10  # seconds


class ExportSlots:
    """The users who download from this worker now."""

    def __init__(self) -> None:
        self._holders: set[UUID] = set()

    def acquire(self, user_id: UUID) -> Callable[[], None]:
        """Acquire this user's slot; call the result to release it. Raises TooManyExports."""
        if user_id in self._holders:
            raise TooManyExports("One of yours is under way.", retry_after=RETRY_AFTER)
        if len(self._holders) >= MAX_CONCURRENT:
            raise TooManyExports(retry_after=RETRY_AFTER)
        self._holders.add(user_id)
        return lambda: self._holders.discard(user_id)


SLOTS = ExportSlots()  # of this process, as its memory is
