"""What the API returns of a forecast."""

from __future__ import annotations

from marshmallow import fields

from app.domain.forecast import RULES
from app.http.response_schema import ResponseSchema, enum_of, nullable
from app.insights.metrics.responses import MomentMeta


class ForecastData(ResponseSchema):
    """Today's total so far, and where it will end; null where too few days are known (`learning`)."""

    metric = fields.String()
    unit = fields.String()
    so_far = fields.Integer(metadata={"description": "Up to the last whole minute."})
    expected = nullable(fields.Integer())
    low = nullable(fields.Integer())
    high = nullable(fields.Integer())
    covers = nullable(
        fields.String(metadata={"description": "How many such days end between low and high: `7 of 9`."})
    )
    rule = nullable(enum_of(*RULES, description="Which of the two rules was closer on these days."))
    basis = fields.List(fields.Date(), metadata={"description": "The days it is based on, the latest first."})
    learning = fields.Boolean(metadata={"description": "Are fewer than three such days known?"})


class MetricForecast(ResponseSchema):
    """Where today's total will end."""

    data = fields.Nested(ForecastData)
    meta = fields.Nested(MomentMeta)
