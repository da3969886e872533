"""Flattens marshmallow's nested error messages to the form of our problem responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from app.domain.strict_json import shown

WHOLE = "_schema"  # marshmallow's key for what concerns the value as a whole
MAX_FIELDS = 50  # a body of nothing but errors must not cause a response larger than itself


def flatten_errors(messages: Mapping[str, object]) -> dict[str, list[str]]:
    """`{"a": {0: {"b": ["…"]}}}` → `{"a.0.b": ["…"]}`; the value itself is called `body`.

    Keys come from the client: each is truncated, and characters that cannot be encoded are replaced. At most 50.
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
