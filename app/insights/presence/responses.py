"""What the API returns of presence."""

from __future__ import annotations

from marshmallow import fields

from app.http.response_schema import Answer, many, nothing_or


class PersonHere(Answer):
    """A user with an event in the last 5 minutes."""

    user_id = fields.UUID()
    name = fields.String()
    last_seen = fields.DateTime()


class LivelyChannel(Answer):
    """A channel, and its messages less those since deleted."""

    key = fields.String()
    count = fields.Integer()


class LivelyPerson(Answer):
    """A user, and the number of their events."""

    key = fields.String(metadata={"description": "Their id."})
    name = nothing_or(fields.String())
    count = fields.Integer()


class PresenceData(Answer):
    """The users online, the latest first; the most active of the last hour. Null: too many events to read."""

    online = many(PersonHere)
    online_users = fields.Integer(metadata={"description": "How many are online; at most 50 are listed."})
    channels = nothing_or(many(LivelyChannel))
    people = nothing_or(many(LivelyPerson))


class PresenceMeta(Answer):
    """When it was read, and since when channels and users are ranked."""

    since = fields.DateTime()
    timestamp = fields.DateTime()


class PresenceNow(Answer):
    """The users online, and the most active channels and users."""

    data = fields.Nested(PresenceData)
    meta = fields.Nested(PresenceMeta)
