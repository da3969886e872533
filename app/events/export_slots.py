"""Export slots: how many downloads a worker serves at once, and one for each person.

A client that does not read holds its slot for a minute: with eight connections, one person kept everybody's
exports out for as long as they liked.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.errors import TooManyExports

MAX_AT_ONCE = 4  # in a worker: each keeps a page in memory, and encoding them takes turns with the streams
RETRY_AFTER = 10  # seconds


class ExportSlots:
    """Who downloads from this worker now."""

    def __init__(self) -> None:
        self._holders: set[UUID] = set()

    def take(self, person: UUID) -> Callable[[], None]:
        """Take this person's slot; call the result to give it back. Raises TooManyExports."""
        if person in self._holders:
            raise TooManyExports("One of yours is under way.", retry_after=RETRY_AFTER)
        if len(self._holders) >= MAX_AT_ONCE:
            raise TooManyExports(retry_after=RETRY_AFTER)
        self._holders.add(person)
        return lambda: self._holders.discard(person)


SLOTS = ExportSlots()  # of this process, as its memory is
