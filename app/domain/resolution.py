"""The resolutions of history, and how long each is retained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.instants import EPOCH

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HistoryRetention:
    """How long history is retained: samples of each tick, roll-ups by minute and by hour."""

    ticks: timedelta
    minutes: timedelta
    hours: timedelta


def floor(moment: datetime, step: timedelta) -> datetime:
    """The start of the step that contains the moment; steps are aligned to 1970, in UTC."""
    return moment - (moment - EPOCH) % step


def sample_time(moment: datetime, interval: float) -> datetime:
    """The start of the tick interval, of `interval` seconds, that contains the moment."""
    return floor(moment, timedelta(seconds=interval))
