"""Publishes commits: to this worker's streams directly, to all other workers in one round trip to Redis."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from redis.client import Pipeline

from app.ingest.committed_events import CommittedEvents
from app.live.hub import Hub
from app.live.registry import Registry
from app.redis.bus import Bus
from app.redis.counters import Counters
from app.redis.link import RedisLink


class CommitPublisher:
    """The seam between ingest and live: the committer calls `publish`, and knows nothing of streams."""

    def __init__(self, hub: Hub, bus: Bus, registry: Registry, counters: Counters, link: RedisLink):
        self._hub = hub
        self._bus = bus
        self._registry = registry
        self._counters = counters
        self._link = link

    def publish(self, commits: Sequence[CommittedEvents], workspaces: Collection[UUID]) -> Mapping[UUID, int]:
        """Publish and count new events; returns how many streams each workspace has, on all workers."""
        if not workspaces:
            return {}
        for commit in commits:
            self._hub.deliver(commit.appended)
        # Partly: messages that went out stand, also where Redis refuses to count.
        answers = self._link.pipeline(lambda pipe: self._fill(pipe, commits, workspaces), partly=True)
        self._bus.note_unsent([commit.appended for commit in commits], answers)
        return self._registry.read_counts(answers and answers[2 * len(commits) :], workspaces)

    def _fill(self, pipe: Pipeline, commits: Sequence[CommittedEvents], workspaces: Collection[UUID]) -> None:
        # Messages first: `note_unsent` reads their answers. Both lines queue one command a commit.
        self._bus.publish_all_into(pipe, [commit.appended for commit in commits])
        for appended, counts in commits:
            numbers = range(appended.first, appended.last + 1)
            self._counters.add_into(pipe, appended.workspace_id, appended.epoch, numbers, counts)
        self._registry.count_into(pipe, workspaces)
