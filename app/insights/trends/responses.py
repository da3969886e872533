"""What the API returns of trends."""

from __future__ import annotations

from marshmallow import fields

from app.http.response_schema import Answer, many, nothing_or, one_of
from app.insights.metrics.responses import TREND, MomentMeta


class WholePeriod(Answer):
    """A day, week or month, beside the one before."""

    start = fields.DateTime()
    end = fields.DateTime()
    value = nothing_or(fields.Float())
    change = nothing_or(fields.Float())
    percent = nothing_or(fields.Float())


class PeriodBefore(Answer):
    """The one before, up to the same time."""

    start = fields.DateTime()
    until = fields.DateTime()
    value = nothing_or(fields.Float())


class RunningPeriod(WholePeriod):
    """The one that is not over."""

    until = fields.DateTime()
    before = fields.Nested(PeriodBefore)


class TrendsData(Answer):
    """Whole periods, the oldest first, and the running one."""

    metric = fields.String()
    unit = fields.String()
    period = one_of("day", "week", "month")
    trend = TREND
    periods = many(WholePeriod)
    running = fields.Nested(RunningPeriod)


class Trends(Answer):
    """Days, weeks or months compared."""

    data = fields.Nested(TrendsData)
    meta = fields.Nested(MomentMeta)
