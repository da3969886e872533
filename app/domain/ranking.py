"""A ranking: the largest parts of a total, and the sum of the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ranking:
    """The largest parts first, equal ones by name; `none` counts what has no key."""

    top: Sequence[tuple[str, int]]
    other_keys: int
    other: int
    none: int = 0

    @property
    def total(self) -> int:
        """The sum of all parts."""
        return sum(count for _, count in self.top) + self.other + self.none


def rank(counts: Mapping[str, int], limit: int) -> Ranking:
    """The `limit` largest parts; parts of 0 are omitted."""
    parts = sorted(
        ((key, count) for key, count in counts.items() if count), key=lambda part: (-part[1], part[0])
    )
    rest = parts[limit:]
    return Ranking(parts[:limit], len(rest), sum(count for _, count in rest))
