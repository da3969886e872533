"""Tells of a commit: its own streams directly, all others and the counts in Redis in one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from uuid import UUID

from redis.client import Pipeline

from app.ingest.committed_events import Announcement
from app.live.hub import Hub
from app.live.registry import Registry
from app.redis.bus import Bus, Message, events_message
from app.redis.counters import Counters
from app.redis.link import RedisLink

FRESH = 1.0  # seconds for which a count that came with a commit still answers `notified`


class Announcer:
    """Where the write side's news meets the read side."""

    def __init__(self, hub: Hub, bus: Bus, registry: Registry, counters: Counters, link: RedisLink):
        self._hub = hub
        self._bus = bus
        self._registry = registry
        self._counters = counters
        self._link = link
        self._counts: dict[UUID, tuple[float, int]] = {}

    def announce(self, announcements: Sequence[Announcement]) -> None:
        """Publish what a commit added, count it, and learn how many streams it reaches."""
        if not announcements:
            return
        messages = [
            events_message(news.workspace_id, news.epoch, news.first, news.frames) for news in announcements
        ]
        for message in messages:
            self._hub.deliver(message)
        workspaces = list({message.workspace_id: None for message in messages})
        # Partly: news that went out stand, also where Redis refuses to count.
        answers = self._link.pipeline(
            lambda pipe: self._fill(pipe, announcements, messages, workspaces), partly=True
        )
        self._bus.note_unsent(messages, answers)
        told = len(messages) + len(announcements)
        counted = self._registry.read_counts(answers and answers[told:], workspaces)
        self._counts.update((workspace, (monotonic(), count)) for workspace, count in counted.items())

    def notified(self, workspace: UUID) -> int:
        """How many streams of the workspace, on all workers, its latest event went to."""
        at, count = self._counts.get(workspace, (0.0, 0))
        return count if monotonic() - at < FRESH else self._registry.count(workspace)

    def _fill(
        self,
        pipe: Pipeline,
        announcements: Sequence[Announcement],
        messages: Sequence[Message],
        workspaces: Sequence[UUID],
    ) -> None:
        for message in messages:
            self._bus.publish_into(pipe, message)
        for news in announcements:
            numbers = range(news.first, news.first + len(news.frames))
            self._counters.add_into(pipe, news.workspace_id, news.epoch, numbers, news.counts)
        self._registry.count_into(pipe, workspaces)
