"""A client on a bare socket, for requests that no library would send: bytes in, bytes out."""

from __future__ import annotations

import socket
import struct
from collections import deque

from bodies import body_of
from frames import Frame, FrameParser
from servers import PATIENCE

NO_TIME = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets the connection


class RawHttp:
    """One connection. What an answer is made of can be asked for in order: heads, frames, the end."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._received = b""
        self._body: Body | None = None
        self._frames: deque[Frame] = deque()  # that came in one piece with the last one asked for

    def __enter__(self) -> RawHttp:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def send(self, *lines: str, body: bytes = b"") -> None:
        """These lines, a blank one, and the body."""
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def half_close(self) -> None:
        """Say that nothing more will be said, and go on listening."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Be gone without a goodbye."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_TIME)
        self.socket.close()

    def head(self) -> tuple[str, dict[str, str]]:
        """The next head: its first line, and its fields by name in lower case."""
        head = self.up_to(b"\r\n\r\n").decode("latin-1").removesuffix("\r\n\r\n")
        first, *lines = head.split("\r\n")
        return first, {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }

    def frames(self, headers: dict[str, str], until: str) -> list[Frame]:
        """Those of the body below this head, from where the last call ended, up to the first of a kind."""
        if self._body is None or self._body.headers is not headers:
            self._body = Body(headers)
        frames: list[Frame] = []
        while True:
            while self._frames:
                frames.append(self._frames.popleft())
                if frames[-1].event == until:
                    return frames
            if not self._received:
                assert self._receive(), f"the connection ended after {[frame.event for frame in frames]}"
            self._frames.extend(self._body.take(self.sip()))

    def sip(self, size: int = 0) -> bytes:
        """What has been received already, or else at most so many bytes; nothing if the connection has ended."""
        if not self._received and size:
            self._receive(size)
        data, self._received = self._received, b""
        return data

    @property
    def local_port(self) -> int:
        return self.socket.getsockname()[1]

    def up_to(self, end: bytes) -> bytes:
        """What comes up to this and with it."""
        while end not in self._received:
            assert self._receive(), f"the connection ended before {end!r}"
        before, _, self._received = self._received.partition(end)
        return before + end

    def rest(self) -> bytes:
        """All that comes until the server closes."""
        while self._receive():
            pass
        return self._received

    def is_closed(self) -> bool:
        """Whether the server has closed; what it said until then is kept."""
        self.socket.settimeout(0.001)
        try:
            return not self._receive()
        except TimeoutError:
            return False
        finally:
            self.socket.settimeout(PATIENCE)

    def _receive(self, size: int = 65_536) -> bytes:
        try:
            data = self.socket.recv(size)
        except ConnectionError:
            data = b""
        self._received += data
        return data


class Body:
    """The body of a stream, however it is framed."""

    def __init__(self, headers: dict[str, str]):
        self.headers = headers
        self._body = body_of("GET", headers)
        self._parser = FrameParser()

    def take(self, data: bytes) -> list[Frame]:
        """The frames that these bytes complete."""
        return list(self._parser.feed(self._body.feed(data))) if data else []
