"""What insights answer: figures, metrics, history and trends."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from app.http.response_schema import Answer, many, nothing_or, one_of
from app.insights.metrics.registry import METRICS, Metric

OVER_TIME = one_of("last", "mean", description="Which figure stands for a stretch of history.")
TREND = one_of("sum", "mean", "max", description="What stands for a whole day, week or month.")


class Comparison(Answer):
    """An earlier value of a figure, and how it has changed since; null where nothing is known."""

    value = nothing_or(fields.Float())
    change = nothing_or(fields.Float())
    percent = nothing_or(fields.Float())


class Earlier(Answer):
    """A figure at the same local time on other days."""

    yesterday = fields.Nested(Comparison)
    last_week = fields.Nested(Comparison)


def _figure(metric: Metric) -> fields.Field:
    about = {"description": metric.meaning}
    if metric.by_key:
        return fields.Dict(values=fields.Integer(), allow_none=True, metadata=about)
    return fields.Integer(allow_none=True, metadata=about)


_Built_in = Answer.from_dict({name: _figure(metric) for name, metric in METRICS.items()}, name="BuiltIn")


class Figures(_Built_in):  # type: ignore[misc, valid-type]
    """The figures of a workspace at a moment; those that were asked for. Null: not known yet."""

    class Meta(Answer.Meta):
        register = True  # where they are sent, they go by their name

    optional: ClassVar = (*METRICS, "custom", "stale", "compare")

    timestamp = fields.DateTime()
    custom = fields.Dict(
        values=fields.Float(allow_none=True), metadata={"description": "The workspace's own metrics."}
    )
    stale = fields.Dict(
        values=fields.Float(allow_none=True),
        metadata={"description": "Seconds since each metric was last known that is not of this moment."},
    )
    compare = fields.Dict(values=fields.Nested(Earlier), metadata={"description": "With `?compare=1`."})


class MetricDescribed(Answer):
    """A metric in words; custom ones have a title."""

    optional: ClassVar = ("title",)

    name = fields.String()
    title = fields.String()
    unit = fields.String()
    meaning = fields.String()
    window = fields.String(metadata={"description": "`today`, `now`, or a length such as `5m`."})
    by_key = fields.Boolean(metadata={"description": "Is it an object of numbers?"})
    over_time = OVER_TIME
    trend = TREND


class MetricList(Answer):
    """Everything that is measured in the workspace."""

    data = many(MetricDescribed)


class Series(Answer):
    """The figures of a metric, one for each step; null where nothing was recorded."""

    metric = fields.String()
    unit = fields.String()
    over_time = OVER_TIME
    value = fields.List(fields.Float(allow_none=True), metadata={"description": "The one to draw."})
    min = fields.List(fields.Float(allow_none=True))
    max = fields.List(fields.Float(allow_none=True))
    mean = fields.List(fields.Float(allow_none=True))
    last = fields.List(fields.Float(allow_none=True))


class HistoryData(Answer):
    """When each step begins, and the figures."""

    at = fields.List(fields.DateTime())
    series = many(Series)


class HistoryMeta(Answer):
    """The stretch of time and its steps."""

    since = fields.DateTime()
    until = fields.DateTime()
    step = fields.String()
    timezone = fields.String()
    points = fields.Integer()


class History(Answer):
    """How figures went."""

    data = fields.Nested(HistoryData)
    meta = fields.Nested(HistoryMeta)


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


class MomentMeta(Answer):
    """In which timezone, and as of when."""

    timezone = fields.String()
    timestamp = fields.DateTime()


class Trends(Answer):
    """Days, weeks or months compared."""

    data = fields.Nested(TrendsData)
    meta = fields.Nested(MomentMeta)
