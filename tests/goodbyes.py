"""What a stream that the server refuses says in place of `connected`."""

from __future__ import annotations

from frames import Frame, FrameParser


def goodbye(response) -> tuple[str, float] | None:
    """The reason and the seconds to wait, if all of this answer is a `bye`; None if it is a stream."""
    first: list[Frame] = list(FrameParser().feed(next(iter(response.response))))
    if first[0].event != "bye":
        return None
    [bye] = first
    return bye.json["reason"], bye.retry / 1000
