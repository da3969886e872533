"""What the API returns of metrics: figures, their comparison with earlier ones, and the list of metrics."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import fields

from app.http.response_schema import Instant, JsonNumber, ResponseSchema, enum_of, list_of, nullable
from app.insights.metrics.registry import METRICS, Metric

KIND = enum_of(
    "level",
    "amount",
    description="Amounts, of what happened in a window or since midnight, have no mean over time.",
)
OVER_TIME = enum_of("last", "mean", description="Which figure represents a time range in history.")
TREND = enum_of("sum", "mean", "max", description="How a whole day, week or month is aggregated.")


class Comparison(ResponseSchema):
    """An earlier value of a figure, and how it has changed since; null where nothing is known."""

    value = nullable(JsonNumber())
    change = nullable(JsonNumber())
    percent = nullable(JsonNumber())


class Earlier(ResponseSchema):
    """A figure at the same local time on other days."""

    yesterday = fields.Nested(Comparison)
    last_week = fields.Nested(Comparison)


def _figure(metric: Metric) -> fields.Field[Any]:
    about = {"description": metric.meaning}
    if metric.by_key:
        return fields.Dict(values=fields.Integer(), allow_none=True, metadata=about)
    return fields.Integer(allow_none=True, metadata=about)


_BuiltIn = ResponseSchema.from_dict(
    {name: _figure(metric) for name, metric in METRICS.items()}, name="BuiltIn"
)


class Figures(_BuiltIn):  # type: ignore[misc, valid-type]  # the base class is made at run time, of METRICS
    """The requested figures of a workspace at one moment. Null: not known yet."""

    class Meta(ResponseSchema.Meta):
        register = True  # routes refer to it by name

    optional: ClassVar = (*METRICS, "custom", "stale", "compare")

    timestamp = Instant()
    custom = fields.Dict(
        values=fields.Float(allow_none=True), metadata={"description": "The workspace's own metrics."}
    )
    stale = fields.Dict(
        values=fields.Float(allow_none=True),
        metadata={"description": "Seconds since each metric was last known that is not of this moment."},
    )
    compare = fields.Dict(values=fields.Nested(Earlier), metadata={"description": "With `?compare=1`."})


class MetricDescribed(ResponseSchema):
    """A metric in words; custom ones have a title."""

    optional: ClassVar = ("title",)

    name = fields.String()
    title = fields.String()
    unit = fields.String()
    meaning = fields.String()
    window = fields.String(metadata={"description": "`today`, `now`, or a length such as `5m`."})
    by_key = fields.Boolean(metadata={"description": "Is it an object of numbers?"})
    kind = KIND
    over_time = OVER_TIME
    trend = TREND


class MetricList(ResponseSchema):
    """The metrics of the workspace."""

    data = list_of(MetricDescribed)


class MomentMeta(ResponseSchema):
    """The timezone and the moment of the data."""

    timezone = fields.String()
    timestamp = Instant()
