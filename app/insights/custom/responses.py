"""The schemas of the responses of the custom metrics API."""

from __future__ import annotations

from marshmallow import fields

from app.domain.custom_metric import AGGREGATES, OPERATORS, WINDOWS
from app.http.response_schema import Answer, many, nothing_or, one_of

SCALAR = {"type": ["string", "number", "boolean"]}
ANY_VALUE = [SCALAR, {"type": "array", "items": SCALAR}]


class MetricCondition(Answer):
    """What a field must be for an event to count."""

    field = fields.String()
    op = one_of(*OPERATORS)
    value = fields.Raw(metadata={"anyOf": ANY_VALUE})


class CustomMetricSchema(Answer):
    """A metric of the workspace's own."""

    name = fields.String()
    title = fields.String()
    unit = fields.String()
    aggregate = one_of(*AGGREGATES)
    field = nothing_or(fields.String())
    types = fields.List(fields.String(), metadata={"description": "None: all."})
    where = many(MetricCondition)
    window = one_of(*WINDOWS)
    meaning = fields.String(metadata={"description": "All of it, in a sentence."})
    created_at = fields.DateTime()
    changed_at = fields.DateTime()
    paused = fields.Boolean()
    paused_at = nothing_or(fields.DateTime())
    paused_because = nothing_or(fields.String())


class NewCustomMetric(CustomMetricSchema):
    """A metric just made, with its value as of now."""

    value = nothing_or(fields.Float())


class OneCustomMetric(Answer):
    """The metric."""

    data = fields.Nested(CustomMetricSchema)


class MadeCustomMetric(Answer):
    """The metric that was made."""

    data = fields.Nested(NewCustomMetric)


class CustomMetricList(Answer):
    """All of the workspace's, by name."""

    data = many(CustomMetricSchema)
