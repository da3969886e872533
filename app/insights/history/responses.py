"""What the API returns of history."""

from __future__ import annotations

from marshmallow import fields

from app.http.response_schema import Answer, many
from app.insights.metrics.responses import OVER_TIME


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
    """The time range and its steps."""

    since = fields.DateTime()
    until = fields.DateTime()
    step = fields.String()
    timezone = fields.String()
    points = fields.Integer()


class History(Answer):
    """Figures over a time range."""

    data = fields.Nested(HistoryData)
    meta = fields.Nested(HistoryMeta)
