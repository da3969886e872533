"""A naive recount of breakdowns and of what they are compared with, by reading every event of a workspace.

Like `recount`, it knows the definitions and nothing of the code: it walks along the clock instead of calculating.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import recount
from sqlalchemy import Row

DAYS = {"yesterday": 1, "lastWeek": 7}
MINUTE, QUARTER = timedelta(minutes=1), timedelta(minutes=15)
Counts = Counter[str | None]


@dataclass(frozen=True)
class Selected:
    """The events that are counted."""

    messages: bool
    types: tuple[str, ...] = ()
    user: UUID | None = None
    channel: str | None = None

    def of(self, events: recount.Events) -> list[Row]:
        among = recount.standing_messages(events) if self.messages else events
        return [
            event
            for event in among
            if (not self.types or event.event_type in self.types)
            and self.user in (None, event.user_id)
            and self.channel in (None, event.event_data.get("channelId"))
        ]


def counts(events: list[Row], by: str, since: datetime, until: datetime | None, zone: str) -> Counts:
    """By type, channel, user or hour; None is for what has no channel."""
    return Counter(
        hour_of(event.occurred_at, zone) if by == "hour" else _key(event, by)
        for event in _within(events, since, until)
    )


def counts_before(
    events: list[Row], by: str, compare: str, since: datetime, until: datetime, zone: str
) -> Counts:
    """The same in the range that this one is compared with; hours are those that they correspond to."""
    whole = earlier(compare, since, until, zone)
    start, end = whole(since), whole(until)
    among = _within(events, start, end)
    if by != "hour":
        return Counter(_key(event, by) for event in among)
    before = earlier(compare, since, until, zone)
    hours = [(min(before(begun), end), name) for begun, name in _hours(since, until, zone)]
    return Counter([name for begun, name in hours if begun <= event.occurred_at][-1] for event in among)


def earlier(compare: str, since: datetime, until: datetime, zone: str) -> Callable[[datetime], datetime]:
    """What corresponds to a moment of the range; never before what corresponds to an earlier one."""
    days = DAYS.get(compare) or _whole_days(since, until, zone)
    floor = datetime.min.replace(tzinfo=UTC)

    def by_clock(moment: datetime) -> datetime:
        nonlocal floor
        floor = max(floor, _at_wall(_wall(moment, zone) - timedelta(days=days), zone))
        return floor

    def by_length(moment: datetime) -> datetime:
        if moment in (since, until):
            return moment - (until - since)
        whole = timedelta()
        while whole + MINUTE <= until - since:
            whole += MINUTE
        return max(moment - whole, since - (until - since))

    return by_clock if days else by_length


def _hours(since: datetime, until: datetime, zone: str) -> list[tuple[datetime, str]]:
    """The local hours of a range, and where each begins there."""
    hours = [(since, hour_of(since, zone))]
    minute = since.replace(second=0, microsecond=0) + MINUTE
    while minute < until:
        if hour_of(minute, zone) != hours[-1][1]:
            hours.append((minute, hour_of(minute, zone)))
        minute += MINUTE
    return hours


def _whole_days(since: datetime, until: datetime, zone: str) -> int:
    if any(recount.start_of_day(edge, zone) != edge for edge in (since, until)):
        return 0
    return (_wall(until, zone).date() - _wall(since, zone).date()).days


def hour_of(moment: datetime, zone: str) -> str:
    shown = moment.astimezone(ZoneInfo(zone)).isoformat()
    return f"{shown[:13]}:00:00{shown[-6:]}"


def _key(event: Row, by: str) -> str | None:
    return {
        "type": event.event_type,
        "user": str(event.user_id),
        "channel": event.event_data.get("channelId"),
    }[by]


def _within(events: list[Row], since: datetime, until: datetime | None) -> list[Row]:
    return [e for e in events if e.occurred_at >= since and (until is None or e.occurred_at < until)]


def _wall(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _at_wall(wall: datetime, zone: str) -> datetime:
    """When clocks first show this or, where they skip it, what comes after; they are set at quarters."""
    moment = wall.replace(minute=0, second=0, microsecond=0, tzinfo=UTC) - timedelta(hours=16)
    while _wall(moment + QUARTER, zone) <= wall:
        moment += QUARTER
    exact = moment + (wall - _wall(moment, zone))
    return exact if exact < moment + QUARTER else moment + QUARTER
