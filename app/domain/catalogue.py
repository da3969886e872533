"""The event types that Pulse knows: what each means and what its `eventData` holds.

Data beyond the named fields is welcome; a named field must have the right form, a required one must be
there. Any other well-formed type is a custom event.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TYPE_FORM = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,3}", re.ASCII)
MAX_TYPE_LENGTH = 64
MAX_ID_LENGTH = 128
MAX_TEXT_LENGTH = 8_192

FieldErrors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A field's form: a predicate, and the text of its error."""

    name: str
    accepts: Callable[[Any], bool]
    expected: str


ID = FieldForm(
    "id",
    lambda value: isinstance(value, str) and 1 <= len(value) <= MAX_ID_LENGTH,
    f"must be a string of 1 to {MAX_ID_LENGTH} characters",
)
TEXT = FieldForm(
    "text",
    lambda value: isinstance(value, str) and len(value) <= MAX_TEXT_LENGTH,
    f"must be a string of at most {MAX_TEXT_LENGTH} characters",
)
COUNT = FieldForm(
    "count",
    lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "must be a whole number from 0 up",
)
SECONDS = FieldForm(
    "seconds",
    lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value >= 0,
    "must be a number of seconds from 0 up",
)


@dataclass(frozen=True, slots=True)
class EventType:
    """A known type: its one-line meaning, its fields by name, which of them are required, and an example."""

    name: str
    meaning: str
    fields: Mapping[str, FieldForm]
    example: Mapping[str, Any]
    required: frozenset[str] = frozenset()

    def faults(self, event_data: Mapping[str, Any]) -> FieldErrors:
        """Errors of an event's data by dotted field name."""
        return {
            f"eventData.{name}": [f"{self.name} {fault}"]
            for name, form in self.fields.items()
            if (fault := self._fault(name, form, event_data))
        }

    def _fault(self, name: str, form: FieldForm, event_data: Mapping[str, Any]) -> str:
        if name not in event_data:
            return f"needs {name}: {form.expected}." if name in self.required else ""
        return "" if form.accepts(event_data[name]) else f"expects {name}: {form.expected}."


_MESSAGE = {"messageId": ID, "channelId": ID, "threadId": ID}
_CHANNEL = {"channelId": ID}
_FILE = {"fileId": ID, "channelId": ID, "name": TEXT, "bytes": COUNT}
_CALL = {"callId": ID, "channelId": ID}
_VP_MESSAGE = {"orchestratorId": ID, "messageId": ID, "channelId": ID}
_ORCHESTRATOR = {"orchestratorId": ID, "name": TEXT}
_TASK = {"taskId": ID, "orchestratorId": ID, "title": TEXT}


def _type(
    name: str, meaning: str, fields: Mapping[str, FieldForm], example: Mapping[str, Any], *required: str
) -> EventType:
    return EventType(name, meaning, fields, example, frozenset(required))


_IN_CHANNEL = {"messageId": "m-1024", "channelId": "general"}
_PLANNER = {"orchestratorId": "planner-2"}
_A_TASK = {"taskId": "t-77", "orchestratorId": "planner-2"}

CATALOGUE: Mapping[str, EventType] = {
    known.name: known
    for known in (
        _type("message.sent", "A message was sent to a channel.", _MESSAGE, _IN_CHANNEL),
        _type("message.received", "A message reached its reader.", _MESSAGE, _IN_CHANNEL),
        _type("message.edited", "A message was changed.", _MESSAGE, _IN_CHANNEL),
        _type("message.deleted", "A message was taken back.", _MESSAGE, _IN_CHANNEL, "messageId"),
        _type(
            "reaction.added",
            "Somebody reacted to a message.",
            {**_MESSAGE, "emoji": TEXT},
            {**_IN_CHANNEL, "emoji": "👍"},
        ),
        _type(
            "thread.created",
            "A thread was begun under a message.",
            _MESSAGE,
            {**_IN_CHANNEL, "threadId": "th-9"},
        ),
        _type(
            "file.uploaded",
            "A file was shared.",
            _FILE,
            {"fileId": "f-5", "channelId": "design", "name": "logo.svg", "bytes": 18204},
        ),
        _type("file.downloaded", "A file was fetched.", _FILE, {"fileId": "f-5", "channelId": "design"}),
        _type(
            "channel.created",
            "A channel was opened, or an archived one again.",
            {**_CHANNEL, "name": TEXT},
            {"channelId": "launch", "name": "Launch"},
            "channelId",
        ),
        _type("channel.joined", "Somebody joined a channel.", _CHANNEL, {"channelId": "launch"}),
        _type("channel.left", "Somebody left a channel.", _CHANNEL, {"channelId": "launch"}),
        _type("channel.archived", "A channel was closed.", _CHANNEL, {"channelId": "launch"}, "channelId"),
        _type("call.started", "A call was begun.", _CALL, {"callId": "c-3", "channelId": "design"}),
        _type("call.joined", "Somebody joined a call.", _CALL, {"callId": "c-3"}),
        _type(
            "call.ended", "A call was over.", {**_CALL, "seconds": SECONDS}, {"callId": "c-3", "seconds": 640}
        ),
        _type(
            "vp.message.sent",
            "An orchestrator wrote a message.",
            _VP_MESSAGE,
            {**_PLANNER, "channelId": "general"},
        ),
        _type("vp.message.received", "An orchestrator was written to.", _VP_MESSAGE, _PLANNER),
        _type(
            "vp.task.completed",
            "An orchestrator reported a task done.",
            {**_TASK, "seconds": SECONDS},
            {**_A_TASK, "seconds": 42.5},
        ),
        _type(
            "search.performed",
            "Somebody searched.",
            {"query": TEXT, "results": COUNT},
            {"query": "quarterly plan", "results": 12},
        ),
        _type("user.active", "A user did something; keeps them online.", {}, {}),
        _type("user.login", "A user signed in.", {}, {}),
        _type("user.logout", "A user signed out.", {}, {}),
        _type("orchestrator.online", "An orchestrator is ready.", _ORCHESTRATOR, _PLANNER, "orchestratorId"),
        _type(
            "orchestrator.busy",
            "An orchestrator is at work.",
            {**_ORCHESTRATOR, "taskId": ID},
            {**_PLANNER, "taskId": "t-77"},
            "orchestratorId",
        ),
        _type(
            "orchestrator.offline", "An orchestrator went away.", _ORCHESTRATOR, _PLANNER, "orchestratorId"
        ),
        _type(
            "task.created",
            "A task is to be done.",
            _TASK,
            {"taskId": "t-77", "title": "Summarise the week"},
            "taskId",
        ),
        _type("task.started", "Work on a task began, or began again.", _TASK, _A_TASK, "taskId"),
        _type(
            "task.completed",
            "A task was done.",
            {**_TASK, "seconds": SECONDS},
            {**_A_TASK, "seconds": 42.5},
            "taskId",
        ),
        _type(
            "task.failed",
            "A task could not be done.",
            {**_TASK, "reason": TEXT},
            {**_A_TASK, "reason": "The source did not answer"},
            "taskId",
        ),
        _type(
            "task.cancelled",
            "A task was called off.",
            {**_TASK, "reason": TEXT},
            {"taskId": "t-77", "reason": "No longer needed"},
            "taskId",
        ),
    )
}


def is_well_formed(event_type: str) -> bool:
    """Whether a type has two to four dotted lower-case parts and at most 64 characters."""
    return len(event_type) <= MAX_TYPE_LENGTH and TYPE_FORM.fullmatch(event_type) is not None


def faults(event_type: str, event_data: Mapping[str, Any], *, strict: bool = False) -> FieldErrors:
    """Errors of an event by dotted field name; `strict` refuses custom types."""
    if known := CATALOGUE.get(event_type):
        return known.faults(event_data)
    if not strict:
        return {}
    return {
        "eventType": [f"{event_type} is not a known type, and this workspace is strict.{_hint(event_type)}"]
    }


def _hint(event_type: str, names: Iterable[str] = tuple(CATALOGUE)) -> str:
    near = difflib.get_close_matches(event_type, names, n=1, cutoff=0.75)
    return f" Did you mean {near[0]}?" if near else ""
