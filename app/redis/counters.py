"""Event counts in Redis: a cache, by workspace and type, since the beginning of its local day.

They carry the number of the last event that they count, so that a reader knows at which position of the log they
are exact. PostgreSQL has the truth: counts that are absent or behind are stored again from there, with the number
they were read at. Each commit adds its own afterwards; `counter_scripts` applies them in order of the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from redis.client import Pipeline

from app.redis.counter_scripts import ADD, MAX_FIELDS, PUT
from app.redis.link import RedisLink

KEY = "counts:"

Counts = Mapping[str, int]  # events by type


class Mark(NamedTuple):
    """The range that a workspace's counts cover: since `midnight`, up to number `seq` of the log's `epoch`."""

    epoch: str
    midnight: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts, and the mark at which they are exact."""

    mark: Mark
    counts: Counts

    def contradicts(self, truth: Counted) -> bool:
        """True if the cache is corrupt: same or later seq than the truth, but different counts."""
        return self.mark[:2] == truth.mark[:2] and self.mark.seq >= truth.mark.seq and self != truth


class Counters:
    """The counts of all workspaces. While Redis is away there are none, and nothing raises."""

    def __init__(self, link: RedisLink):
        self._link = link

    def add_into(
        self,
        pipe: Pipeline,
        workspace: UUID,
        epoch: str,
        numbers: range,
        counts: Mapping[tuple[datetime, str], int],
    ) -> None:
        """Queue a commit's counts by minute and type, in the caller's pipeline."""
        arguments = [
            argument
            for (minute, event_type), count in counts.items()
            for argument in (int(minute.timestamp()), event_type, count)
        ]
        pipe.eval(ADD, 1, self._link.name(KEY, workspace), epoch, numbers[0], numbers[-1], *arguments)

    def read(self, workspaces: Iterable[UUID]) -> dict[UUID, Counted]:
        """The counts of these workspaces, without those that are absent."""
        keys = {workspace: self._link.name(KEY, workspace) for workspace in workspaces}
        answers = self._link.pipeline(lambda pipe: [pipe.hgetall(key) for key in keys.values()])
        found = zip(keys, answers or [], strict=False)
        return {workspace: counted for workspace, fields in found if (counted := _parse(fields))}

    def put(self, truth: Mapping[UUID, Counted]) -> None:
        """Store exact counts, unless those in Redis are of the same day and as new."""
        if truth:
            self._link.pipeline(lambda pipe: self._fill(pipe, truth))

    def drop(self, workspaces: Iterable[UUID]) -> None:
        """Delete the counts of these workspaces."""
        if keys := [self._link.name(KEY, workspace) for workspace in workspaces]:
            self._link.pipeline(lambda pipe: pipe.delete(*keys))

    def _fill(self, pipe: Pipeline, truth: Mapping[UUID, Counted]) -> None:
        for workspace, counted in truth.items():
            if len(counted.counts) > MAX_FIELDS:
                continue
            epoch, midnight, seq = counted.mark
            pairs = [argument for pair in counted.counts.items() for argument in pair]
            pipe.eval(PUT, 1, self._link.name(KEY, workspace), epoch, int(midnight.timestamp()), seq, *pairs)


def _parse(fields: Mapping[bytes, bytes]) -> Counted | None:
    try:
        midnight = datetime.fromtimestamp(int(fields[b"#since"]), UTC)
        mark = Mark(fields[b"#epoch"].decode(), midnight, int(fields[b"#seq"]))
        counts = {name.decode(): int(count) for name, count in fields.items() if name[:1] not in b"#+"}
    except (KeyError, ValueError):  # absent, or damaged
        return None
    return Counted(mark, counts)
