"""The messages of the bus between workers, and their encoding: a line of JSON, then, for events, SSE frames.

Workers of two versions share the bus during a reload, so the JSON is a contract: fields may be added, not renamed.
tests/unit/test_bus_messages.py keeps messages of the version before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple
from uuid import UUID

from app.domain.ids import Cursor
from app.domain.stats import Stats

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


class EventsAppended(NamedTuple):
    """A commit added the events `first`, `first` + 1 … to a workspace's log; `frames` holds an SSE frame each."""

    workspace_id: UUID
    epoch: str
    first: int
    frames: list[bytes]

    @property
    def last(self) -> int:
        """The number of the last event."""
        return self.first + len(self.frames) - 1


class HeadMoved(NamedTuple):
    """A workspace's log ends at `seq`; a worker that has seen less has missed something."""

    workspace_id: UUID
    epoch: str
    seq: int


class StatsComputed(NamedTuple):
    """A tick's figures of a workspace. Their cursor also says where the log ends, as HeadMoved does."""

    workspace_id: UUID
    stats: Stats

    @property
    def epoch(self) -> str:
        """The epoch of the log that they describe."""
        return self.stats.cursor.epoch


class AnnotationOffered(NamedTuple):
    """A note was made, changed or removed: `frame` is the data of its frame."""

    workspace_id: UUID
    frame: Mapping[str, JsonValue]


class Revoked(NamedTuple):
    """A right to read has ended: that of the streams which match all of the fields that are not None."""

    cause: str
    credential: bytes | None = None
    user_id: UUID | None = None
    workspace_id: UUID | None = None


class WorkerQuestion(NamedTuple):
    """A procedure call to all workers with streams of a workspace; answers go to the Redis list `reply_to`."""

    workspace_id: UUID
    question: str
    parameters: Mapping[str, str | None]
    reply_to: str
    is_named: bool = True  # whether the answer names its worker; not for workers of an older version


class WorkerAnswer(NamedTuple):
    """One worker's answer; `worker` is None if an older version gave it."""

    worker: str | None
    value: JsonValue


WorkspaceNews = EventsAppended | HeadMoved | StatsComputed
BusMessage = WorkspaceNews | AnnotationOffered | Revoked | WorkerQuestion

# Made once: json.dumps would make an encoder for every message.
_to_json = json.JSONEncoder(separators=(",", ":")).encode


def encode(message: BusMessage, worker: str) -> bytes:
    """The message as it is published; `worker` is the sender, which ignores it when it comes back."""
    match message:
        case EventsAppended():
            sizes = [len(frame) for frame in message.frames]
            kind, fields = "events", {"epoch": message.epoch, "first": message.first, "sizes": sizes}
        case HeadMoved():
            kind, fields = "head", {"epoch": message.epoch, "seq": message.seq}
        case StatsComputed(stats=stats):
            kind = "stats"
            fields = {"stats": stats.payload, "epoch": stats.cursor.epoch, "seq": stats.cursor.seq}
        case AnnotationOffered():
            kind, fields = "annotation", {"frame": message.frame}
        case Revoked():
            kind = "revoke"
            fields = {
                "cause": message.cause,
                "credential": message.credential and message.credential.hex(),
                "user": message.user_id and str(message.user_id),
                "workspace": message.workspace_id and str(message.workspace_id),
            }
        case WorkerQuestion():
            kind = message.question
            fields = {**message.parameters, "reply": message.reply_to, "named": message.is_named}
    body = b"".join(message.frames) if isinstance(message, EventsAppended) else b""
    return _to_json({"kind": kind, "from": worker, **fields}).encode() + b"\n" + body


def decode(data: bytes, workspace_id: UUID | None, worker: str) -> BusMessage | None:
    """The message as it came over the channel of a workspace, or of all workers (None).

    None for the worker's own, which was delivered directly. What is no message raises ValueError, KeyError or
    TypeError.
    """
    line, _, body = data.partition(b"\n")
    fields = json.loads(line)
    if fields.pop("from") == worker:
        return None
    kind = fields.pop("kind")
    if kind == "revoke":
        credential, user, workspace = fields["credential"], fields["user"], fields["workspace"]
        return Revoked(
            fields.get("cause", ""),  # an older version gives none
            credential and bytes.fromhex(credential),
            user and UUID(user),
            workspace and UUID(workspace),
        )
    if workspace_id is None:
        raise ValueError(f"a message of the kind {kind} is about one workspace")
    match kind:
        case "events":
            return EventsAppended(
                workspace_id, fields["epoch"], fields["first"], _split(body, fields["sizes"])
            )
        case "head":
            return HeadMoved(workspace_id, fields["epoch"], fields["seq"])
        case "stats":
            return StatsComputed(workspace_id, Stats(fields["stats"], Cursor(fields["epoch"], fields["seq"])))
        case "annotation":
            return AnnotationOffered(workspace_id, fields["frame"])
    reply_to, is_named = fields.pop("reply"), fields.pop("named", False)
    return WorkerQuestion(workspace_id, kind, fields, reply_to, is_named)


def encode_answer(answer: WorkerAnswer) -> str:
    """The answer as it is pushed to the list `reply_to`."""
    if answer.worker is None:
        return _to_json(answer.value)
    return _to_json({"worker": answer.worker, "answer": answer.value})


def decode_answer(text: bytes) -> WorkerAnswer:
    """An answer as it was pushed. Values are numbers or lists, so an object is an answer that names its worker."""
    value = json.loads(text)
    return (
        WorkerAnswer(value["worker"], value["answer"])
        if isinstance(value, dict)
        else WorkerAnswer(None, value)
    )


def _split(body: bytes, sizes: Sequence[int]) -> list[bytes]:
    return [body[start:end] for start, end in pairwise(accumulate(sizes, initial=0))]
