"""A total broken down: the largest parts, and what the rest comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ranking:
    """The largest parts first, of equal ones the first by name; `none` is what belongs to no part."""

    top: Sequence[tuple[str, int]]
    other_keys: int
    other: int
    none: int = 0

    @property
    def total(self) -> int:
        """Everything together."""
        return sum(count for _, count in self.top) + self.other + self.none


def rank(counts: Mapping[str, int], limit: int) -> Ranking:
    """The parts by size; those that come to nothing are no parts."""
    parts = sorted(
        ((key, count) for key, count in counts.items() if count), key=lambda part: (-part[1], part[0])
    )
    rest = parts[limit:]
    return Ranking(parts[:limit], len(rest), sum(count for _, count in rest))
