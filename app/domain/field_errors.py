"""Nested error messages, as marshmallow gives them, flattened to the form our answers have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from app.domain.strict_json import shown

WHOLE = "_schema"  # marshmallow's key for what concerns the value as a whole
MAX_FIELDS = 50  # fields; a body of nothing but mistakes must not earn an answer larger than itself


def flatten_errors(messages: Mapping[object, object]) -> dict[str, list[str]]:
    """`{"a": {0: {"b": ["…"]}}}` → `{"a.0.b": ["…"]}`; the value itself is called `body`.

    Keys come from the client: each is cut, and cleared of what no answer could carry; the first 50 are named.
    """
    found: dict[str, list[str]] = {}
    for path, texts in islice(_leaves(messages, ()), MAX_FIELDS):
        found.setdefault(".".join(map(shown, path)) or "body", []).extend(texts)
    return found


def _leaves(messages: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    if not isinstance(messages, Mapping):
        yield path, [str(text) for text in (messages if isinstance(messages, list) else [messages])]
        return
    for key, inner in messages.items():
        yield from _leaves(inner, path if key == WHOLE else (*path, str(key)))
