"""What the API returns of history."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from app.http.response_schema import ResponseSchema, list_of
from app.insights.history.expected_band import BAND
from app.insights.metrics.responses import KIND, OVER_TIME


class Series(ResponseSchema):
    """The figures of a metric, one for each step; null where nothing was recorded."""

    optional: ClassVar = (*BAND, "learning")

    metric = fields.String()
    unit = fields.String()
    kind = KIND
    over_time = OVER_TIME
    value = fields.List(fields.Float(allow_none=True), metadata={"description": "The one to draw."})
    min = fields.List(fields.Float(allow_none=True))
    max = fields.List(fields.Float(allow_none=True))
    mean = fields.List(
        fields.Float(allow_none=True), metadata={"description": "Of levels; null for amounts."}
    )
    last = fields.List(fields.Float(allow_none=True))
    expected = fields.List(
        fields.Float(allow_none=True),
        metadata={"description": "With `expected=1`: what the figure usually is at this time of the week."},
    )
    low = fields.List(
        fields.Float(allow_none=True), metadata={"description": "What is lower is out of the ordinary."}
    )
    high = fields.List(
        fields.Float(allow_none=True), metadata={"description": "What is higher is out of the ordinary."}
    )
    weeks = fields.List(
        fields.Integer(), metadata={"description": "How many of the last six weeks are known of this time."}
    )
    learning = fields.Boolean(
        metadata={"description": "With `expected=1`: are less than three weeks known of every step?"}
    )


class HistoryData(ResponseSchema):
    """When each step begins, and the figures."""

    at = fields.List(fields.DateTime())
    series = list_of(Series)


class HistoryMeta(ResponseSchema):
    """The time range and its steps."""

    since = fields.DateTime()
    until = fields.DateTime()
    step = fields.String()
    timezone = fields.String()
    points = fields.Integer()


class History(ResponseSchema):
    """Figures over a time range."""

    data = fields.Nested(HistoryData)
    meta = fields.Nested(HistoryMeta)
