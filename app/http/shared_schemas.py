"""Schemas of what several responses show: a user, an event, a place in the log."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import fields, missing
from marshmallow.utils import get_value

from app.http.response_schema import Instant, ResponseSchema

CURSOR = {"description": "A place in the log, such as `a1b2c3d4-812`: what a stream resumes from."}


class UserSchema(ResponseSchema):
    """A person."""

    id = fields.UUID()
    email = fields.String()
    name = fields.String()


class UserField(fields.Nested):
    """A user by columns of a row: `actor` has `actor_id`, `actor_email` and `actor_name`; null without an id."""

    def __init__(self, **about: str):
        super().__init__(UserSchema, metadata=about)

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = missing) -> Any:
        """The user's values by their names in UserSchema."""
        columns = {name: get_value(obj, f"{attr}_{name}", None) for name in UserSchema._declared_fields}
        return None if columns["id"] is None else columns


class EventSummary(ResponseSchema):
    """An event without its data."""

    event_id = fields.String()
    event_type = fields.String()
    user_id = fields.UUID()
    timestamp = Instant(attribute="occurred_at", metadata={"description": "When it happened."})


class EventInLog(EventSummary):
    """An event with its place in the log."""

    seq = fields.Integer()


class EventSubject(ResponseSchema):
    """What an event is about: ids that its data has, for every viewer."""

    optional: ClassVar = ("channel_id", "task_id", "orchestrator_id")

    channel_id = fields.String(metadata={"description": "Where its data has one."})
    task_id = fields.String()
    orchestrator_id = fields.String()
