"""What presence answers."""

from __future__ import annotations

from marshmallow import fields

from app.http.response_schema import Answer, many, nothing_or


class PersonHere(Answer):
    """Somebody with an event in the last 5 minutes."""

    user_id = fields.UUID()
    name = fields.String()
    last_seen = fields.DateTime()


class LivelyChannel(Answer):
    """A channel, and its messages less those since deleted."""

    key = fields.String()
    count = fields.Integer()


class LivelyPerson(Answer):
    """A person, and the events of theirs."""

    key = fields.String(metadata={"description": "Their id."})
    name = nothing_or(fields.String())
    count = fields.Integer()


class PresenceData(Answer):
    """Who is here, the latest first; what was liveliest in the last hour. Null: too many events to look at."""

    online = many(PersonHere)
    online_users = fields.Integer(metadata={"description": "How many are; the first 50 are named."})
    channels = nothing_or(many(LivelyChannel))
    people = nothing_or(many(LivelyPerson))


class PresenceMeta(Answer):
    """When it was read, and since when channels and people are ranked."""

    since = fields.DateTime()
    timestamp = fields.DateTime()


class PresenceNow(Answer):
    """A workspace's people now, and where most happens."""

    data = fields.Nested(PresenceData)
    meta = fields.Nested(PresenceMeta)
