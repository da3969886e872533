"""What the API returns of activity."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from app.domain.buckets import LENGTHS
from app.http.response_schema import ResponseSchema, enum_of, list_of


class ActivityPoint(ResponseSchema):
    """A bucket: when it begins, and how many there were until the next one begins, or the stretch ends."""

    optional: ClassVar = ("is_partial",)

    at = fields.DateTime()
    count = fields.Integer()
    is_partial = fields.Boolean(
        data_key="partial",
        metadata={
            "description": "True, or absent: an end of the stretch cuts the bucket off, or it reaches into the "
            "future or back before the first event."
        },
    )


class EarlierActivity(ResponseSchema):
    """The compared stretch: as many points, each corresponding to the one at its place."""

    points = list_of(ActivityPoint)
    total = fields.Integer()


class ActivityData(ResponseSchema):
    """The points, which add up to the total; `previous` if `compare` asks for it."""

    optional: ClassVar = ("previous",)

    points = list_of(ActivityPoint)
    total = fields.Integer()
    previous = fields.Nested(EarlierActivity)


class ActivityMeta(ResponseSchema):
    """What was counted."""

    step = enum_of(*LENGTHS)
    timezone = fields.String()
    since = fields.DateTime()
    until = fields.DateTime()
    of = fields.String()


class Activity(ResponseSchema):
    """Amounts per bucket."""

    data = fields.Nested(ActivityData)
    meta = fields.Nested(ActivityMeta)
