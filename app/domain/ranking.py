"""A ranking: the largest parts of a total, and the sum of the rest; each beside the same in a compared range."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Tally:
    """A count, and the same count in the compared range (0 without one)."""

    count: int = 0
    previous: int = 0

    @property
    def change(self) -> int:
        """How much more it is than in the compared range."""
        return self.count - self.previous


ZERO = Tally()


class RankedPart(NamedTuple):
    """A part by its key; `last` is when its latest event occurred, where that was read."""

    key: str
    tally: Tally
    last: datetime | None = None


Order = Callable[[Tally], tuple[int, int]]


def by_count(tally: Tally) -> tuple[int, int]:
    """The order of the largest parts."""
    return -tally.count, -tally.previous


def by_change(tally: Tally) -> tuple[int, int]:
    """The order of the parts that changed most, in either direction."""
    return -abs(tally.change), -tally.count


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first parts of an order, equal ones by name; `none` counts what has no key."""

    top: Sequence[RankedPart]
    other_keys: int = 0
    other: Tally = ZERO
    none: Tally = ZERO

    @property
    def total(self) -> Tally:
        """The sum of all parts."""
        return add([*(part.tally for part in self.top), self.other, self.none])


def rank(tallies: Mapping[str, Tally], limit: int, order: Order = by_count) -> Ranking:
    """The first `limit` parts; parts of 0 in both ranges are omitted."""
    parts = sorted(
        (RankedPart(key, tally) for key, tally in tallies.items() if tally != ZERO),
        key=lambda part: (order(part.tally), part.key),
    )
    rest = parts[limit:]
    return Ranking(parts[:limit], len(rest), add([part.tally for part in rest]))


def add(tallies: Sequence[Tally]) -> Tally:
    """Their sum."""
    return Tally(sum(one.count for one in tallies), sum(one.previous for one in tallies))
