"""An event stream's reader, step by step as the HTML standard words it (9.2.6, "Interpreting an event stream").

Not how one would write it: how the standard does, so that it can judge what we send.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What a page's listener is given."""

    type: str
    data: str
    last_event_id: str


class StandardParser:
    """A browser's side of a stream: `feed` it bytes, however cut; it collects what it dispatches."""

    def __init__(self) -> None:
        self.dispatched: list[Dispatched] = []
        self.last_event_id = ""
        self.reconnection_time: int | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._first = True  # a byte order mark may come
        self._after_carriage_return = False
        self._line = ""
        self._data = ""
        self._event_type = ""
        self._id_buffer = ""

    def feed_all(self, pieces: Iterable[bytes]) -> StandardParser:
        for piece in pieces:
            self.feed(piece)
        return self

    def feed(self, piece: bytes) -> None:
        for character in self._decoder.decode(piece):
            first, self._first = self._first, False
            if not (first and character == "\ufeff"):
                self._take(character)

    def _take(self, character: str) -> None:
        # A line ends with CRLF, with a LF that follows no CR, or with a CR that no LF follows.
        follows, self._after_carriage_return = self._after_carriage_return, character == "\r"
        if character == "\n" and follows:
            return
        if character in "\r\n":
            line, self._line = self._line, ""
            self._process(line)
        else:
            self._line += character

    def _process(self, line: str) -> None:
        if line == "":
            self._dispatch()
        elif line.startswith(":"):
            pass
        elif ":" in line:
            name, _, value = line.partition(":")
            self._field(name, value[1:] if value.startswith(" ") else value)
        else:
            self._field(line, "")

    def _field(self, name: str, value: str) -> None:
        match name:
            case "event":
                self._event_type = value
            case "data":
                self._data += value + "\n"
            case "id":
                if "\0" not in value:
                    self._id_buffer = value
            case "retry":
                if value and all(digit in "0123456789" for digit in value):
                    self.reconnection_time = int(value)

    def _dispatch(self) -> None:
        self.last_event_id = self._id_buffer
        if self._data == "":
            self._event_type = ""
            return
        data = self._data[:-1] if self._data.endswith("\n") else self._data
        self.dispatched.append(Dispatched(self._event_type or "message", data, self.last_event_id))
        self._data = self._event_type = ""
