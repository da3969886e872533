"""The hue of an event type's chip: one of eight for each namespace, as static/js/ui/type-colour.js has it."""

from __future__ import annotations

HUES = 8
# Assigned by hand, so that the known namespaces seen side by side differ.
ASSIGNED = {
    "message": 0,
    "thread": 0,
    "reaction": 1,
    "call": 2,
    "task": 3,
    "file": 4,
    "channel": 5,
    "orchestrator": 6,
    "vp": 6,
    "user": 7,
    "search": 7,
}


def type_hue(event_type: str) -> int:
    """The number of the hue, 0 to 7."""
    namespace = event_type.partition(".")[0]
    return ASSIGNED.get(namespace, _fnv_1a(namespace) % HUES)


def _fnv_1a(text: str) -> int:
    value = 0x811C9DC5
    for character in text:
        value = (value ^ ord(character)) * 0x01000193 % 2**32
    return value
