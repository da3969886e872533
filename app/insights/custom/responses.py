"""The schemas of the responses of the custom metrics API."""

from __future__ import annotations

from marshmallow import fields

from app.domain.custom_metric import AGGREGATES, OPERATORS, WINDOWS
from app.http.response_schema import Instant, JsonNumber, ResponseSchema, enum_of, list_of, nullable
from app.insights.custom.store import BACKFILL_STATES
from app.insights.explain.responses import TableRead

SCALAR = {"type": ["string", "number", "boolean"]}
ANY_VALUE = [SCALAR, {"type": "array", "items": SCALAR}]


class MetricCondition(ResponseSchema):
    """What a field must be for an event to count."""

    field = fields.String()
    op = enum_of(*OPERATORS)
    value = fields.Raw(metadata={"anyOf": ANY_VALUE})


class BackfillProgress(ResponseSchema):
    """How far the values before the definition have been counted, from the events that are kept."""

    state = enum_of(*BACKFILL_STATES)
    progress = fields.Float(metadata={"description": "From 0 to 1."})
    reason = nullable(fields.String(metadata={"description": "Why it failed."}))


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
    created_at = Instant()
    changed_at = Instant()
    definition_changed_at = nullable(
        Instant(metadata={"description": "Since when it means this; null: since it was made."})
    )
    backfill = fields.Nested(BackfillProgress)
    paused = fields.Boolean()
    paused_at = nullable(Instant())
    paused_because = nullable(fields.String())


class NewCustomMetric(CustomMetricSchema):
    """A metric just made, with its value as of now."""

    value = nullable(JsonNumber())


class OneCustomMetric(ResponseSchema):
    """The metric."""

    data = fields.Nested(CustomMetricSchema)


class MadeCustomMetric(ResponseSchema):
    """The metric that was made."""

    data = fields.Nested(NewCustomMetric)


class CustomMetricList(ResponseSchema):
    """All of the workspace's, by name."""

    data = list_of(CustomMetricSchema)


class PreviewPoint(ResponseSchema):
    """The value at the end of a step, which begins at `at`; null before the events of the window are kept."""

    at = Instant()
    value = nullable(JsonNumber())


class PreviewCost(ResponseSchema):
    """What PostgreSQL plans for the query, in its unit, the most that is accepted, and what was read."""

    planned = fields.Float()
    limit = fields.Integer()
    read = list_of(TableRead)
    events = fields.Integer(metadata={"description": "How many events were read; of sums of minutes, few."})


class UnseenNames(ResponseSchema):
    """What is named but was never seen: misspelt, or still to come."""

    types = fields.List(fields.String())
    fields_ = fields.List(
        fields.String(),
        data_key="fields",
        metadata={"description": "Not among the latest 10,000 events of these types."},
    )


class PreviewData(ResponseSchema):
    """What a definition would say."""

    meaning = fields.String()
    value = nullable(JsonNumber())
    points = nullable(list_of(PreviewPoint))
    cost = fields.Nested(PreviewCost)
    unseen = fields.Nested(UnseenNames)


class PreviewMeta(ResponseSchema):
    """When it was counted, and by whose days."""

    timestamp = Instant()
    step = fields.String()
    timezone = fields.String()


class CustomMetricPreview(ResponseSchema):
    """A metric that is not stored."""

    data = fields.Nested(PreviewData)
    meta = fields.Nested(PreviewMeta)
