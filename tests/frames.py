"""Frames of an event stream, parsed as the HTML standard's chapter on server-sent events says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

LINE_END = rb"(?:\r\n|\n|\r(?!\n|\Z))"  # a \r at the very end may yet become \r\n
BLOCK = re.compile(rb"(.*?)" + LINE_END + LINE_END, re.DOTALL)


@dataclass(slots=True)
class Frame:
    """One block of an event stream: what a browser would dispatch, and the bytes it came as."""

    raw: bytes
    event: str = "message"
    data: str = ""
    id: str | None = None
    retry: int | None = None
    comments: list[str] = field(default_factory=list)

    @property
    def json(self) -> Any:
        return json.loads(self.data)


class FrameParser:
    """Cuts bytes into frames, however the network has cut them before."""

    def __init__(self) -> None:
        self.rest = b""  # of a frame that is not complete

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that these bytes complete."""
        self.rest += data
        while match := BLOCK.match(self.rest):
            self.rest = self.rest[match.end() :]
            yield parse(match[1], match[0])


def parse(lines: bytes, raw: bytes) -> Frame:
    """The frame that these lines make; fails on a field that the standard does not know."""
    frame, data = Frame(raw), []
    for line in re.split(LINE_END, lines):
        name, _, value = line.decode().partition(":")
        value = value.removeprefix(" ")
        match name:
            case "":
                frame.comments.append(value)
            case "event":
                frame.event = value
            case "data":
                data.append(value)
            case "id":
                frame.id = value
            case "retry":
                frame.retry = int(value)
            case _:
                raise AssertionError(f"the standard knows no field {name!r}")
    frame.data = "\n".join(data)
    return frame
