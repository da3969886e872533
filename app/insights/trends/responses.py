"""What the API returns of trends."""

from __future__ import annotations

from marshmallow import fields

from app.http.response_schema import Instant, JsonNumber, ResponseSchema, enum_of, list_of, nullable
from app.insights.metrics.responses import TREND, MomentMeta


class WholePeriod(ResponseSchema):
    """A day, week or month, beside the one before."""

    start = Instant()
    end = Instant()
    value = nullable(JsonNumber())
    change = nullable(JsonNumber())
    percent = nullable(JsonNumber())


class PeriodBefore(ResponseSchema):
    """The one before, up to the same time."""

    start = Instant()
    until = Instant()
    value = nullable(JsonNumber())


class RunningPeriod(WholePeriod):
    """The one that is not over."""

    until = Instant()
    before = fields.Nested(PeriodBefore)


class TrendsData(ResponseSchema):
    """Whole periods, the oldest first, and the running one."""

    metric = fields.String()
    unit = fields.String()
    period = enum_of("day", "week", "month")
    trend = TREND
    periods = list_of(WholePeriod)
    running = fields.Nested(RunningPeriod)


class Trends(ResponseSchema):
    """Days, weeks or months compared."""

    data = fields.Nested(TrendsData)
    meta = fields.Nested(MomentMeta)
