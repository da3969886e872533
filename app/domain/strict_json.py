"""Strict JSON: only values that PostgreSQL, Python and a browser all read the same way."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

INTEGER_LIMIT = 2**63 - 1
MAX_NUMBER_LENGTH = (
    25  # characters in plain notation, as jsonb writes it: 1e308 would come back as 309 digits
)
MAX_FAULTS = 20  # a body of nothing but NaN must not cause a response larger than itself
MAX_SHOWN_KEY = 64  # characters of a key in an error's path

UNSTORABLE = re.compile("[\0\ud800-\udfff]")

# A path into a value as a linked list: the parent's path and a key or index; joined only if there is a fault.
JsonPath = tuple["JsonPath", str | int] | None


class JsonError(ValueError):
    """The body is not JSON, or ambiguous JSON (a repeated key); the message says where."""


def parse(body: bytes) -> object:
    """Parse a UTF-8 body; raises JsonError. The value must pass `faults` before it is used."""
    if not body:
        raise JsonError("The body is empty")
    if body.startswith(codecs.BOM_UTF8):
        raise JsonError("The body starts with a byte order mark")
    try:
        return _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise JsonError(f"Not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        # Some of Python's messages end in "at", which its own position is meant to follow.
        message = error.msg.removesuffix(" at")
        raise JsonError(f"{message} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise JsonError("Nested too deeply") from None


def faults(value: object, max_depth: int = 10) -> dict[str, list[str]]:
    """Errors of a parsed value by dotted path (`eventData.a.0.b`; the value itself is `body`); empty if valid.

    Containers may be nested `max_depth` deep, counting the outermost. At most 20 paths are reported.
    """
    found: dict[str, list[str]] = {}
    # The value itself is the only child of a container of depth 0. The queue grows during iteration: breadth
    # first, without recursion. Paths are recorded for containers alone, of which most values have few.
    queue: list[tuple[dict[str, object] | list[object], JsonPath, int]] = [([value], None, 0)]
    for container, path, depth in queue:
        for key, child in _children(container):
            if not isinstance(child, (dict, list)):
                fault = _scalar_fault(child)
            elif depth < max_depth:
                fault = None
                queue.append((child, (path, key) if depth else None, depth + 1))
            else:
                fault = f"Must not be nested deeper than {max_depth} levels."
            key_fault = _text_fault(key)
            if fault or key_fault:
                texts = [f"The key {key_fault}."] if key_fault else []
                texts += [fault] if fault else []
                found.setdefault(_dotted((path, key) if depth else None), []).extend(texts)
                if len(found) == MAX_FAULTS:
                    return found
    return found


def shown(key: str) -> str:
    """A key for an error message: truncated, and without characters that cannot be encoded."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", key[:MAX_SHOWN_KEY])


def _children(container: dict[str, object] | list[object]) -> Iterable[tuple[str | int, object]]:
    return container.items() if isinstance(container, dict) else enumerate(container)


def _scalar_fault(item: object) -> str | None:
    if isinstance(item, str):
        return f"The text {fault}." if (fault := _text_fault(item)) else None
    # Seventeen digits and a sign fit between these; nearly every number lies there.
    if isinstance(item, float) and (1e-6 <= item < 1e23 or -1e23 < item <= -1e-6):
        return None
    if isinstance(item, float) and not math.isfinite(item):
        return "Must be a finite number."
    if isinstance(item, int) and abs(item) > INTEGER_LIMIT:
        return f"Must be an integer between -{INTEGER_LIMIT} and {INTEGER_LIMIT}."
    if isinstance(item, float) and len(format(Decimal(repr(item)), "f")) > MAX_NUMBER_LENGTH:
        return f"Must be a number of at most {MAX_NUMBER_LENGTH} characters, written without an exponent."
    return None


def _text_fault(text: object) -> str | None:
    if not isinstance(text, str):  # an index
        return None
    if text.isascii() and "\0" not in text:  # nearly all text, and much faster than the regular expression
        return None
    bad = UNSTORABLE.search(text)
    if bad is None:
        return None
    kind = "the null character" if bad[0] == "\0" else "half of a surrogate pair"
    return f"must not contain {kind} (\\u{ord(bad[0]):04x})"


def _dotted(path: JsonPath) -> str:
    keys: list[str] = []
    while path:
        path, key = path
        keys.append(shown(str(key)))
    return ".".join(reversed(keys)) or "body"


def _integer(text: str) -> int:
    # int() of thousands of digits is slow, and raises ValueError; a number out of range needs no precision.
    return int(text) if len(text) <= 20 else INTEGER_LIMIT + 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):  # parsers disagree on which one counts
        key = _first_repeated(key for key, _ in pairs)
        raise JsonError(f"The key {json.dumps(key[:MAX_SHOWN_KEY])} appears twice in one object")
    return value


def _first_repeated(keys: Iterable[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    raise ValueError("no key is repeated")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer)
