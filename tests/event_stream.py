"""A client for event streams on a plain socket, so that a test sees heads, chunks and frames as they are sent."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from bodies import body_of
from frames import Frame, FrameParser

PATIENCE = 10.0  # seconds for what is bound to come


class EventStream:
    """An open stream. It is read when asked for frames; every wait has an end, and says what it waited for."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        version: str = "1.1",
    ):
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
        self.local_port: int = self._socket.getsockname()[1]
        self._frames: list[Frame] = []
        self._parser = FrameParser()
        self._gone = False
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        with self._closing_if_it_fails():
            self._send(
                f"{method} {target} HTTP/{version}",
                {"Host": parts.netloc, "Accept": "text/event-stream", **(headers or {})},
            )
            self.status, self.headers, start = self._read_head()
            self.content = b""
            self._body = body_of(method, self.headers)
            self._take(start)

    def __enter__(self) -> EventStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave, as a browser does when its tab is closed."""
        self._socket.close()

    def reset(self) -> None:
        """Leave without a word: whatever is sent from now on is refused."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    @property
    def chunks(self) -> list[bytes]:
        """The chunks of the body as they came."""
        return self._body.chunks

    @property
    def ended(self) -> bool:
        """The body has come to its end, in order."""
        return self._body.ended

    @property
    def cut(self) -> bool:
        """The connection has ended before the body."""
        return self._gone and not self.ended

    def is_cut(self) -> bool:
        """Read on; has the connection ended before the body?"""
        while not (self.cut or self.ended):
            self._take(self._receive(time.monotonic() + PATIENCE, "the end of the connection"))
        return self.cut

    def next(self, seconds: float = PATIENCE) -> Frame:
        """The next frame, whatever it is."""
        self._wait(lambda: self._frames, "another frame", seconds)
        return self._frames.pop(0)

    def until(self, event: str, seconds: float = PATIENCE) -> Frame:
        """The next frame of this kind; those before it are dropped."""
        deadline = time.monotonic() + seconds
        while True:
            frame = self.next(max(0.01, deadline - time.monotonic()))
            if frame.event == event:
                return frame

    def events(self, count: int, seconds: float = PATIENCE) -> list[Frame]:
        """The next `count` frames called `event`."""
        return [self.until("event", seconds) for _ in range(count)]

    def rest(self, seconds: float = PATIENCE) -> list[Frame]:
        """All frames up to the end, which must come in order."""
        self._wait(lambda: self.ended, "the end of the stream", seconds)
        assert self._parser.rest == b"", "the stream ends in the middle of a frame"
        frames, self._frames = self._frames, []
        return frames

    def _wait(self, condition: Callable[[], object], what: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert not self.ended, f"the stream ended instead of sending {what}"
            assert not self.cut, f"the connection was cut instead of sending {what}"
            self._take(self._receive(deadline, what))

    def _take(self, data: bytes) -> None:
        content = self._body.feed(data) if data else b""
        self.content += content
        self._frames += self._parser.feed(content)

    def _receive(self, deadline: float, what: str) -> bytes:
        self._socket.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            data = self._socket.recv(65_536)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}; still here: {self._frames}") from None
        except ConnectionError:
            data = b""
        if not data:
            self._gone = True
            self._body.connection_ended()
        return data

    def _send(self, first: str, headers: Mapping[str, str]) -> None:
        lines = [first, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self._socket.sendall("\r\n".join(lines).encode("latin-1"))

    def _read_head(self) -> tuple[int, dict[str, str], bytes]:
        received, deadline = b"", time.monotonic() + PATIENCE
        while b"\r\n\r\n" not in received:
            self._body = body_of("HEAD", {})  # until the head is read
            data = self._receive(deadline, "the head of the answer")
            assert data, f"the connection ended within the head: {received!r}"
            received += data
        head, _, rest = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for name, _, value in (line.partition(":") for line in lines):
            assert name.lower() not in headers, f"{name} came twice"
            headers[name.lower()] = value.strip()
        return int(first.split()[1]), headers, rest

    @contextlib.contextmanager
    def _closing_if_it_fails(self):
        try:
            yield
        except BaseException:
            self.close()
            raise
