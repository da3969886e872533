"""What was counted on the last same weekdays, up to this local time and until the day's end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from app.domain.calendar_periods import Period, periods, same_time
from app.domain.forecast import DAYS, DayCount
from app.insights.history.minute_totals import period_totals
from app.insights.metrics.registry import MinuteSum
from app.models import Workspace


class SameWeekdays(NamedTuple):
    """Today so far, and the last same weekdays that the workspace saw whole, by date, the latest first."""

    so_far: int
    days: dict[date, DayCount]


def read_same_weekdays(
    connection: Connection, workspace: UUID, minute_sum: MinuteSum, now: datetime, zone: str
) -> SameWeekdays:
    """The counts as of `now`, a whole minute; days are those of `zone`, whatever clocks did on them."""
    created = connection.execute(select(Workspace.created_at).where(Workspace.id == workspace)).scalar_one()
    then = [same_time(now, zone, 7 * weeks) for weeks in range(1, DAYS + 1)]
    known = [(at, day) for at in then if (day := _day(at, zone)).start >= created]
    parts = [part for at, day in known for part in (Period(day.start, at), Period(at, day.end))]
    so_far, *counts = map(
        int, _totals(connection, workspace, minute_sum, [Period(_day(now, zone).start, now), *parts])
    )
    days = {
        at.astimezone(ZoneInfo(zone)).date(): DayCount(before, before + after)
        for (at, _), before, after in zip(known, counts[::2], counts[1::2], strict=True)
    }
    return SameWeekdays(so_far, days)


def _day(moment: datetime, zone: str) -> Period:
    [day] = periods("day", moment, zone, 0)
    return day


def _totals(
    connection: Connection, workspace: UUID, minute_sum: MinuteSum, parts: Sequence[Period]
) -> list[float]:
    return [total or 0 for total in period_totals(connection, workspace, minute_sum, parts)]
