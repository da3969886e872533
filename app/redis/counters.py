"""Event counts in Redis: of each workspace, by type, since the beginning of its local day.

They carry the number of the last event they count, so that whoever reads them knows whether they are exact at a
place in the log. PostgreSQL has the truth: counts that are absent or behind are put anew from there, with the
number they were read at. Each commit adds its own afterwards, and in whatever order these reach Redis,
`counter_scripts` keeps them in line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from redis.client import Pipeline

from app.redis.counter_scripts import ADD, MOST_FIELDS, PUT
from app.redis.link import RedisLink

KEY = "counts:"

Counts = Mapping[str, int]  # events by type


class Mark(NamedTuple):
    """What a workspace's counts are of: events since `midnight`, up to number `seq` of the log's `epoch`."""

    epoch: str
    midnight: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts, and the mark they are exact at."""

    mark: Mark
    counts: Counts

    def contradicts(self, truth: Counted) -> bool:
        """Whether these cannot become right by counting on: they say otherwise, or know more than there is."""
        return self.mark[:2] == truth.mark[:2] and self.mark.seq >= truth.mark.seq and self != truth


class Counters:
    """The counts of all workspaces. Without Redis there are none, and nothing raises."""

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
        """Queue a commit's counts by minute and type, in a pipeline of the caller's."""
        words = [
            word
            for (minute, event_type), count in counts.items()
            for word in (int(minute.timestamp()), event_type, count)
        ]
        pipe.eval(ADD, 1, self._link.name(KEY, workspace), epoch, numbers[0], numbers[-1], *words)

    def read(self, workspaces: Iterable[UUID]) -> dict[UUID, Counted]:
        """What is counted of these workspaces; those that are absent are left out."""
        asked = list(workspaces)
        answers = self._link.pipeline(
            lambda pipe: [pipe.hgetall(self._link.name(KEY, workspace)) for workspace in asked]
        )
        found = zip(asked, answers or [], strict=False)
        return {workspace: counted for workspace, fields in found if (counted := _parse(fields))}

    def put(self, truth: Mapping[UUID, Counted]) -> None:
        """Keep counts that are exact, unless those in Redis are of the same day and no older."""
        if truth:
            self._link.pipeline(lambda pipe: [self._put(pipe, *item) for item in truth.items()])

    def drop(self, workspaces: Iterable[UUID]) -> None:
        """Forget the counts of these workspaces."""
        if keys := [self._link.name(KEY, workspace) for workspace in workspaces]:
            self._link.pipeline(lambda pipe: pipe.delete(*keys))

    def _put(self, pipe: Pipeline, workspace: UUID, counted: Counted) -> None:
        if len(counted.counts) > MOST_FIELDS:
            return
        epoch, midnight, seq = counted.mark
        pairs = [word for pair in counted.counts.items() for word in pair]
        pipe.eval(PUT, 1, self._link.name(KEY, workspace), epoch, int(midnight.timestamp()), seq, *pairs)


def _parse(fields: Mapping[bytes, bytes]) -> Counted | None:
    try:
        midnight = datetime.fromtimestamp(int(fields[b"#since"]), UTC)
        mark = Mark(fields[b"#epoch"].decode(), midnight, int(fields[b"#seq"]))
        counts = {name.decode(): int(count) for name, count in fields.items() if name[:1] not in b"#+"}
    except (KeyError, ValueError):  # absent, or damaged
        return None
    return Counted(mark, counts)
