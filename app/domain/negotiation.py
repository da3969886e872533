"""Content negotiation of the realtime endpoint (RFC 9110, section 12.5.1): event stream, JSON, or neither.

A client that names a type with parameters or a low q would otherwise get an endless stream where it wanted JSON,
or JSON where its EventSource needs a stream.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

STREAM = "text/event-stream"
JSON = "application/json"
JSON_FAMILY = "application/*"
ANY_TEXT = "text/*"  # old tools send it for anything readable: the snapshot
ANYTHING = "*/*"


class Format(Enum):
    """The formats of the realtime endpoint."""

    STREAM = STREAM
    JSON = JSON


def choose_format(ranges: Iterable[tuple[str, float]]) -> Format | None:
    """The format for these media ranges (with their q); None if neither is acceptable.

    A stream only if it is named: a client that accepts everything (curl, an address bar) gets JSON, which ends.
    """
    accepted: dict[str, float] = {}
    for media_range, quality in ranges:
        name = without_parameters(media_range)
        accepted[name] = max(quality, accepted.get(name, 0.0))
    stream = accepted.get(STREAM, 0.0)
    if stream > 0 and stream >= max(accepted.get(JSON, 0.0), accepted.get(JSON_FAMILY, 0.0)):
        return Format.STREAM
    return Format.JSON if _accepts_json(accepted) else None


def without_parameters(media_range: str) -> str:
    """`text/html` for ` Text/HTML;level=1`."""
    return media_range.partition(";")[0].strip().lower()


def _accepts_json(accepted: dict[str, float]) -> bool:
    for name in (JSON, JSON_FAMILY, ANYTHING):  # the most specific range decides
        if name in accepted:
            return accepted[name] > 0
    # A header that only excludes other types excludes none of ours.
    return accepted.get(ANY_TEXT, 0.0) > 0 or not any(accepted.values())
