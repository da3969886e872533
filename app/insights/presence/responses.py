"""What the API returns of presence."""

from __future__ import annotations

from marshmallow import fields

from app.http.response_schema import Instant, ResponseSchema, list_of, nullable


class PersonHere(ResponseSchema):
    """A user with an event in the last 5 minutes."""

    user_id = fields.UUID()
    name = fields.String()
    last_seen = Instant()


class LivelyChannel(ResponseSchema):
    """A channel, and its messages less those since deleted."""

    key = fields.String()
    count = fields.Integer()


class LivelyPerson(ResponseSchema):
    """A user, and the number of their events."""

    key = fields.String(metadata={"description": "Their id."})
    name = nullable(fields.String())
    count = fields.Integer()


class PresenceData(ResponseSchema):
    """The users online, the latest first; the most active of the last hour. Null: too many events to read."""

    online = list_of(PersonHere)
    online_users = fields.Integer(metadata={"description": "How many are online; at most 50 are listed."})
    channels = nullable(list_of(LivelyChannel))
    people = nullable(list_of(LivelyPerson))


class PresenceMeta(ResponseSchema):
    """When it was read, and since when channels and users are ranked."""

    since = Instant()
    timestamp = Instant()


class PresenceNow(ResponseSchema):
    """The users online, and the most active channels and users."""

    data = fields.Nested(PresenceData)
    meta = fields.Nested(PresenceMeta)
