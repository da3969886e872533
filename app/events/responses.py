"""What reading events back answers."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from app.domain.data_fields import KINDS
from app.http.response_schema import Instant, ResponseSchema, enum_of, list_of, nullable
from app.http.shared_schemas import CURSOR, EventInLog, EventSubject


class LoggedEvent(EventInLog):
    """An event without its data, which is not for everyone."""

    session_id = nullable(fields.String())


class ExportedEvent(LoggedEvent):
    """An event as a line of an export; with its data for admins."""

    optional: ClassVar = ("event_data",)

    event_data = fields.Dict(keys=fields.String())


class WholeEvent(LoggedEvent):
    """An event with its data; for admins with its sender, if the workspace has that kept."""

    optional: ClassVar = ("address", "user_agent")

    address = nullable(fields.String())
    user_agent = nullable(fields.String())
    received_at = Instant()
    event_data = fields.Dict(keys=fields.String())


class OneEvent(ResponseSchema):
    """The event."""

    data = fields.Nested(WholeEvent)


class ListedEvent(LoggedEvent, EventSubject):
    """An event of a page of the log; of its data, what it is about."""


class EventPageMeta(ResponseSchema):
    """How to go on, forwards and backwards."""

    optional: ClassVar = ("next_before", "has_newer")

    next_after = fields.Integer(metadata={"description": "`after` of the next page, today or tomorrow."})
    has_more = fields.Boolean()
    has_newer = fields.Boolean(
        metadata={"description": "Of a page around an event, if there may be more above `nextAfter`."}
    )
    next_before = nullable(fields.Integer())
    last_event_id = fields.String(metadata=CURSOR)


class EventPage(ResponseSchema):
    """A page of the log."""

    data = list_of(ListedEvent)
    meta = fields.Nested(EventPageMeta)


class DataField(ResponseSchema):
    """What `eventData` of a known type may, or must, hold."""

    name = fields.String()
    required = fields.Boolean()
    expected = fields.String()


class KnownType(ResponseSchema):
    """A type of the catalogue."""

    event_type = fields.String()
    meaning = fields.String()
    fields_ = fields.List(fields.Nested(DataField), data_key="fields")
    example = fields.Dict(keys=fields.String())
    count = fields.Integer()
    last_seen = nullable(Instant(metadata={"description": "The minute; null: not lately."}))


class SeenField(ResponseSchema):
    """A field that events of the type had."""

    name = fields.String(metadata={"description": "Its path below `eventData`, such as `order.total`."})
    kind = enum_of(*KINDS, description="Of all its values but nulls.")
    kinds = fields.List(enum_of(*KINDS))
    share = fields.Float(metadata={"description": "Of the events, from 0 to 1."})
    example = nullable(
        fields.Raw(
            metadata={
                "type": ["string", "number", "boolean"],
                "description": "The latest value; null for objects and lists.",
            }
        )
    )


class DataFieldsMeta(ResponseSchema):
    """How many of the latest events were looked at."""

    event_type = fields.String()
    events = fields.Integer()
    since = nullable(Instant(metadata={"description": "When the oldest of them happened."}))


class DataFields(ResponseSchema):
    """The fields of a type's events, the most frequent first."""

    data = list_of(SeenField)
    meta = fields.Nested(DataFieldsMeta)


class CustomType(ResponseSchema):
    """A type of the workspace's own that was used lately."""

    event_type = fields.String()
    count = fields.Integer()
    last_seen = Instant()


class EventTypesData(ResponseSchema):
    """Known types, and the 100 most frequent custom ones."""

    known = list_of(KnownType)
    custom = list_of(CustomType)


class EventTypesMeta(ResponseSchema):
    """Whether only known types are taken, and since when they were counted."""

    strict = fields.Boolean()
    since = Instant()


class EventTypes(ResponseSchema):
    """The types of events of a workspace."""

    data = fields.Nested(EventTypesData)
    meta = fields.Nested(EventTypesMeta)
