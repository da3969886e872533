"""What changed since a compared range: parts that add up to the difference, and how surprising each is.

A part that merely moved with everything is no news, however large. So beside its share of the difference, each has
a surprise: how far it is from what it would be had all parts changed alike, in units of the chance variation of
such a count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from math import sqrt
from typing import Literal

from app.domain.ranking import ZERO, Ranking, Tally

SURPRISING = 3.0  # one count in 370 is as far off by chance
MIN_NEW = 9  # events of a new part; a part of which as many were expected, and is gone, has a surprise of -3


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part of the difference: of one `key`, of all `other` keys, of what has `none`, or of what was dropped."""

    kind: Literal["key", "other", "none", "forgotten"]
    tally: Tally
    share: float | None  # of the whole difference; None where that is 0
    surprise: float | None  # None where nothing was to be expected
    key: str | None = None
    keys: int | None = None  # how many others
    last: datetime | None = None
    is_complete: bool = True  # whether all events of both ranges are still known by key

    @property
    def mark(self) -> Literal["new", "gone"] | None:
        """Whether this key is in one of the two ranges only."""
        if self.kind != "key" or not self.is_complete:
            return None
        return "new" if self.tally.previous == 0 else "gone" if self.tally.count == 0 else None

    @property
    def is_surprising(self) -> bool:
        """Whether it did not just move with the whole; of a key, or of what has none."""
        if self.kind not in ("key", "none") or not self.is_complete:
            return False
        if self.surprise is None:
            return self.tally.previous == 0 and self.tally.count >= MIN_NEW
        return abs(self.surprise) >= SURPRISING


def part_changes(ranking: Ranking, total: Tally) -> list[PartChange]:
    """The parts of a ranking, the largest differences first; all of them add up to the change of `total`.

    What the total has beyond the ranking was dropped since: only its sums are left. Then nothing is surprising,
    new or gone: the events that would tell may be among those.
    """
    shown = ranking.total
    forgotten = Tally(total.count - shown.count, total.previous - shown.previous)
    parts = [
        PartChange("key", part.tally, *_figures(part.tally, total), part.key, None, part.last)
        for part in ranking.top
    ]
    if ranking.other_keys:
        other = ranking.other
        parts.append(PartChange("other", other, *_figures(other, total), keys=ranking.other_keys))
    if ranking.none != ZERO:
        parts.append(PartChange("none", ranking.none, *_figures(ranking.none, total)))
    if forgotten != ZERO:
        parts.append(PartChange("forgotten", forgotten, *_figures(forgotten, total)))
        parts = [replace(part, surprise=None, is_complete=False) for part in parts]
    return sorted(parts, key=lambda part: -abs(part.tally.change))


def _figures(tally: Tally, total: Tally) -> tuple[float | None, float | None]:
    """Its share of the difference, and its surprise."""
    share = round(tally.change / total.change, 4) if total.change else None
    expected = tally.previous * total.count / total.previous if total.previous else 0
    surprise = round((tally.count - expected) / sqrt(expected), 2) if expected else None
    return share, surprise
