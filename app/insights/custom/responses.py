"""The schemas of the responses of the custom metrics API."""

from __future__ import annotations

from marshmallow import fields

from app.domain.custom_metric import AGGREGATES, OPERATORS, WINDOWS
from app.http.response_schema import ResponseSchema, enum_of, list_of, nullable

SCALAR = {"type": ["string", "number", "boolean"]}
ANY_VALUE = [SCALAR, {"type": "array", "items": SCALAR}]


class MetricCondition(ResponseSchema):
    """What a field must be for an event to count."""

    field = fields.String()
    op = enum_of(*OPERATORS)
    value = fields.Raw(metadata={"anyOf": ANY_VALUE})


class CustomMetricSchema(ResponseSchema):
    """A metric of the workspace's own."""

    name = fields.String()
    title = fields.String()
    unit = fields.String()
    aggregate = enum_of(*AGGREGATES)
    field = nullable(fields.String())
    types = fields.List(fields.String(), metadata={"description": "None: all."})
    where = list_of(MetricCondition)
    window = enum_of(*WINDOWS)
    meaning = fields.String(metadata={"description": "All of it, in a sentence."})
    created_at = fields.DateTime()
    changed_at = fields.DateTime()
    paused = fields.Boolean()
    paused_at = nullable(fields.DateTime())
    paused_because = nullable(fields.String())


class NewCustomMetric(CustomMetricSchema):
    """A metric just made, with its value as of now."""

    value = nullable(fields.Float())


class OneCustomMetric(ResponseSchema):
    """The metric."""

    data = fields.Nested(CustomMetricSchema)


class MadeCustomMetric(ResponseSchema):
    """The metric that was made."""

    data = fields.Nested(NewCustomMetric)


class CustomMetricList(ResponseSchema):
    """All of the workspace's, by name."""

    data = list_of(CustomMetricSchema)
