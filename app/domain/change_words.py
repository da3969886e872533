"""What changed, in sentences: the whole first, then of each dimension the part that did not just move with it.

They state figures and never name a cause: a part "goes along with" the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.changes import PartChange
from app.domain.ranking import Tally

MIN_MISSED = 5  # events to be expected in the rest of a range, before "none since 10:40" says something
EARLIER = {"previous": "just before", "yesterday": "a day earlier", "lastWeek": "a week earlier"}
NOTHING_STANDS_OUT = "None of the parts that changed most stands out: they changed about as the whole did."
FORGOTTEN = "Some of these events are stored as sums only, so channels and people do not cover all of them."
SHORT_ID = 8  # characters of an id


class ChangeWords(NamedTuple):
    """What sentences are made of: the noun, the range and its timezone, the comparison, and people's names."""

    noun: str
    since: datetime
    until: datetime
    zone: str
    compare: str
    names: Mapping[str, str]

    def sentences(self, total: Tally, by: Mapping[str, Sequence[PartChange]]) -> list[str]:
        """The whole, then one part of each dimension at most, the largest difference first."""
        complete = {name: parts for name, parts in by.items() if not _has_forgotten(parts)}
        found = sorted(self._surprising(complete), key=lambda one: -abs(one[1].tally.change))
        texts = [self._whole(total), *(self._part(name, part, total) for name, part in found)]
        if not found and total.change and total.previous and complete:
            texts.append(NOTHING_STANDS_OUT)
        return texts + ([FORGOTTEN] if len(complete) < len(by) else [])

    def _surprising(self, by: Mapping[str, Sequence[PartChange]]) -> Iterator[tuple[str, PartChange]]:
        for name, parts in by.items():
            first = next((part for part in parts if part.is_surprising and part.tally.change), None)
            if first:
                yield name, first

    def _whole(self, total: Tally) -> str:
        now, earlier = self._counted(total.count), EARLIER[self.compare]
        if total.change == 0:
            return f"{now}, as many as {earlier}."
        if total.previous == 0:
            return f"{now}; there were none {earlier}."
        percent = f"{_signed(round(100 * total.change / total.previous, 1))} %"
        word = "more" if total.change > 0 else "fewer"
        return f"{now}, {abs(total.change):,} {word} than {earlier} ({total.previous:,}; {percent})."

    def _part(self, name: str, part: PartChange, total: Tally) -> str:
        tally, label = part.tally, self._label(name, part)
        figures = f"{_count(tally.count)} after {_count(tally.previous)}{self._silence(part)}"
        mark = {"new": ", which is new", "gone": ", which is gone"}.get(part.mark or "", "")
        if total.change == 0:
            return f"{_signed(tally.change)} in {label}{mark}: {figures}; the whole is the same."
        if (tally.change > 0) != (total.change > 0):
            return f"{label}{mark} went the other way: {_signed(tally.change)}, {figures}."
        whole = _signed(total.change)
        return f"{_signed(tally.change)} of {whole} goes along with {label}{mark}: {figures}."

    def _label(self, name: str, part: PartChange) -> str:
        if part.key is None:
            return f"what has no {name}"
        if name == "channel":
            return f"#{part.key}"
        if name == "user":
            return self.names.get(part.key) or part.key[:SHORT_ID]
        if name == "hour":
            return f"the hour of {part.key[:10]} {part.key[11:16]}"
        return part.key

    def _silence(self, part: PartChange) -> str:
        """When the last one was, where more would have been expected since."""
        if part.last is None or part.tally.count == 0 or self.until <= part.last:
            return ""
        rest = (self.until - part.last) / (self.until - self.since)
        if part.tally.change > 0 or part.tally.previous * rest < MIN_MISSED:
            return ""
        return f", none since {self._clock(part.last)}"

    def _clock(self, moment: datetime) -> str:
        zone = ZoneInfo(self.zone)
        local = moment.astimezone(zone)
        days = {edge.astimezone(zone).date() for edge in (self.since, self.until)}
        return local.strftime("%H:%M" if len(days) == 1 else "%Y-%m-%d %H:%M")

    def _counted(self, count: int) -> str:
        noun = self.noun.removesuffix("s") if count == 1 else self.noun
        return f"{count:,} {noun}" if count else f"No {noun}"


def _has_forgotten(parts: Iterable[PartChange]) -> bool:
    return any(not part.is_complete for part in parts)


def _count(count: int) -> str:
    return f"{count:,}" if count else "none"


def _signed(number: float) -> str:
    return f"{'−' if number < 0 else '+'}{abs(number):,}"
