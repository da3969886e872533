"""Steps: how finely history is kept, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.instants import EPOCH

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HistoryRetention:
    """For how long figures are kept: those of each tick, and what is left of them by minute and by hour."""

    ticks: timedelta
    minutes: timedelta
    hours: timedelta


def floor(moment: datetime, step: timedelta) -> datetime:
    """When the step began that the moment lies in; steps are counted from 1970 on, in UTC."""
    return moment - (moment - EPOCH) % step


def sample_time(moment: datetime, interval: float) -> datetime:
    """When the turn began, of turns every `interval` seconds, that a tick at this moment belongs to."""
    return floor(moment, timedelta(seconds=interval))
