"""Fields of `eventData` as they were seen: kinds, how often, an example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

MAX_DEPTH = 5  # names in a path, as custom metrics have them
MAX_FIELDS = 200
MAX_EXAMPLE_LENGTH = 100
NAME = re.compile(r"\w[\w-]{0,63}")
MIXED, NULL = "mixed", "null"
KINDS = ("text", "number", "boolean", "object", "list", NULL, MIXED)

Scalar = str | int | float | bool


@dataclass(slots=True)
class FieldSummary:
    """A field by its path below `eventData`, such as `order.total`, and in how many events it was."""

    name: str
    count: int = 0
    kinds: set[str] = field(default_factory=set)
    example: Scalar | None = None  # the first that was seen; None for objects and lists

    @property
    def kind(self) -> str:
        """The kind of all of its values but nulls, or `mixed`."""
        kinds = self.kinds - {NULL} or {NULL}
        return kinds.pop() if len(kinds) == 1 else MIXED

    def add(self, value: object) -> None:
        """Count the value of one more event."""
        self.count += 1
        self.kinds.add(kind_of(value))
        if self.example is None and isinstance(value, Scalar):
            self.example = value[:MAX_EXAMPLE_LENGTH] if isinstance(value, str) else value


def kind_of(value: object) -> str:
    """The kind of a JSON value."""
    match value:
        case None:
            return NULL
        case bool():
            return "boolean"
        case str():
            return "text"
        case int() | float():
            return "number"
        case Mapping():
            return "object"
    return "list"


def fields_of(events: Iterable[Mapping[str, object]]) -> list[FieldSummary]:
    """The fields in the data of these events, the most frequent first; at most MAX_FIELDS.

    Only those that a custom metric can name: what is in lists, or below names of other characters, is left out.
    """
    found: dict[str, FieldSummary] = {}
    for event_data in events:
        for name, value in _paths(event_data):
            if name not in found:
                found[name] = FieldSummary(name)
            found[name].add(value)
    return sorted(found.values(), key=lambda one: (-one.count, one.name))[:MAX_FIELDS]


def _paths(value: Mapping[str, object], prefix: str = "", depth: int = 1) -> Iterator[tuple[str, object]]:
    for name, inner in value.items():
        if NAME.fullmatch(name):
            yield f"{prefix}{name}", inner
            if isinstance(inner, Mapping) and depth < MAX_DEPTH:
                yield from _paths(inner, f"{prefix}{name}.", depth + 1)
