"""What the read side of the realtime endpoint answers, and what the frames of a stream hold.

`Figures` are insights', and `AnnotationFrame` is annotations', described there; here they go by their names.
"""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from app.domain.roles import ROLES
from app.http.query_parameters import Parameters
from app.http.response_schema import Instant, JsonNumber, ResponseSchema, enum_of, list_of, nullable
from app.http.shared_schemas import CURSOR, EventSubject, EventSummary

ENDINGS = ("shutdown", "max-duration", "closed-by-admin", "revoked", "slow")
REFUSALS = ("limit", "maintenance", "unavailable")


class Watching(Parameters):
    """What to watch."""

    metrics = fields.String(
        metadata={
            "description": "Only these metrics, joined by commas; `custom` for the workspace's own.",
            "pattern": "^[A-Za-z,]*$",
            "example": "onlineUsers,messagesToday",
        }
    )
    compare = fields.String(
        validate=validate.OneOf(("0", "1"), error="Must be 0 or 1."),
        metadata={
            "enum": ["0", "1"],
            "default": "0",
            "description": "`1`: beside each figure what it was at the same local time yesterday and a week ago.",
        },
    )
    last_event_id = fields.String(
        data_key="lastEventId",
        metadata={
            "description": "Where a stream goes on; the header `Last-Event-ID` wins. Snapshots ignore it.",
            "example": "a1b2c3d4-812",
        },
    )


class Resuming(Schema):
    """Where a stream goes on."""

    last_event_id = fields.String(
        data_key="Last-Event-ID",
        metadata={
            "description": "The `id:` of the last frame seen; browsers send it by themselves. What cannot be"
            " resumed, of whatever form, is answered with a `reset`.",
            "example": "a1b2c3d4-812",
        },
    )


class SnapshotMeta(ResponseSchema):
    """Of which moment and place in the log, and who else looks."""

    workspace_id = fields.UUID()
    user_id = fields.UUID()
    mode = enum_of("snapshot")
    connections = fields.Integer(metadata={"description": "Open streams of the workspace, on all workers."})
    last_event_id = fields.String(metadata=CURSOR)
    timestamp = Instant()


class Snapshot(ResponseSchema):
    """The figures of now."""

    data = fields.Nested("Figures")
    meta = fields.Nested(SnapshotMeta)


class Closed(ResponseSchema):
    """How many streams were closed."""

    success = fields.Boolean()
    message = fields.String()
    closed_count = fields.Integer()
    timestamp = Instant()


class WorkerStream(ResponseSchema):
    """An open stream as its worker describes it, to other workers too."""

    connection_id = fields.String()
    user_id = fields.UUID()
    address = fields.String()
    since = Instant()
    worker = fields.String()
    transport = enum_of("socket", "generator")
    last_event_id = nullable(fields.String(metadata={"description": "How far it is."}))
    lag_events = fields.Integer()
    lag_seconds = JsonNumber()


class WorkerStreamMessage(WorkerStream):
    """The same on the bus, with the key of its session or token, in hex; of a newer worker perhaps with more."""

    class Meta:
        unknown = EXCLUDE

    credential = fields.String()


class Connection(WorkerStream):
    """An open stream."""

    name = nullable(fields.String())
    role = nullable(enum_of(*ROLES))
    via = enum_of("session", "token")
    client = fields.String(
        metadata={"description": "The browser, such as Firefox on Linux, or the token's name."}
    )


class ConnectionsMeta(ResponseSchema):
    """How many, and when."""

    count = fields.Integer()
    timestamp = Instant()


class Connections(ResponseSchema):
    """The workspace's open streams on all workers, the oldest first."""

    data = list_of(Connection)
    meta = fields.Nested(ConnectionsMeta)


class ConnectedFrame(ResponseSchema):
    """First on a stream: who and where one is. Its `id:` is the cursor, unless a `reset` follows."""

    connection_id = fields.String()
    workspace_id = fields.UUID()
    user_id = fields.UUID()
    timestamp = Instant()
    last_event_id = fields.String(metadata=CURSOR)
    heartbeat_interval = fields.Float(metadata={"description": "Seconds between two `ping` frames."})
    stats_interval = fields.Float(metadata={"description": "Seconds between two `stats` frames."})


class EventFrame(EventSummary, EventSubject):
    """An event, at once, with what it is about; its `id:` is the cursor to resume from."""


class PingFrame(ResponseSchema):
    """Proof of life."""

    timestamp = fields.Integer(metadata={"description": "Milliseconds since 1970."})


class ResetFrame(ResponseSchema):
    """What was missed cannot be given: load the snapshot; its `id:` is the new cursor."""

    last_event_id = fields.String(metadata=CURSOR)
    timestamp = Instant()


class DegradedFrame(ResponseSchema):
    """Redis is away: events are slower meanwhile, and none is lost."""

    reason = enum_of("bus")
    timestamp = Instant()


class RecoveredFrame(ResponseSchema):
    """Redis is back."""

    timestamp = Instant()


class ByeFrame(ResponseSchema):
    """Last on a stream that the server ends, or all of one that it refuses for now; `retry:` says for how long."""

    reason = enum_of(*ENDINGS, *REFUSALS)


# By the name in `event:`.
FRAMES: dict[str, type[Schema] | str] = {
    "connected": ConnectedFrame,
    "stats": "Figures",
    "event": EventFrame,
    "ping": PingFrame,
    "reset": ResetFrame,
    "annotation": "AnnotationFrame",
    "degraded": DegradedFrame,
    "recovered": RecoveredFrame,
    "bye": ByeFrame,
}
