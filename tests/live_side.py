"""A worker's live side on real servers, with streams whose clients are the other ends of socket pairs."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import gevent
from bodies import Chunked
from flask import Flask
from frames import Frame, FrameParser
from servers import until

from app.domain.event import NewEvent
from app.domain.ids import Cursor
from app.domain.stats import FULL_VIEW
from app.live.generator_stream import GeneratorStream
from app.live.hub import Hub
from app.live.identity import Identity
from app.live.registry import Registry
from app.live.room import Room
from app.live.socket_stream import SocketStream
from app.live.stream import Stream, StreamArguments
from app.live.stream_lifecycle import StreamLifecycle
from app.worker.process import Worker


def seq_of(frame: Frame) -> int:
    """The number that its id names."""
    return int(frame.id.split("-")[1])


class Client:
    """The client's end of a socket pair: it reads on demand."""

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self._body = Chunked()
        self._parser = FrameParser()
        self.frames: list[Frame] = []
        self.gone = False

    def read(self, size: int = 65_536) -> bool:
        """Read once, at most `size` bytes; False when nothing is there."""
        try:
            data = self._connection.recv(size)
        except BlockingIOError:
            return False
        self.gone = self.gone or not data
        self.frames += self._parser.feed(self._body.feed(data)) if data else []
        return bool(data)

    def read_until(self, condition: Callable[[], object], what: str) -> None:
        """Read on until the condition holds."""

        def read_and_look() -> object:
            while self.read():
                pass
            return condition()

        until(read_and_look, what)

    @property
    def seqs(self) -> list[int]:
        """The numbers of the events that came."""
        return [seq_of(frame) for frame in self.frames if frame.event == "event"]

    @property
    def ended(self) -> bool:
        """The last chunk has come."""
        return self._body.ended

    def leave(self) -> None:
        self._connection.close()


class UncountedStreams(StreamLifecycle):
    """The lifecycle of streams that the registry does not count, so that no limit of streams is in the way."""

    def __init__(self, hub: Hub, registry: Registry, closed: list[Stream]):
        super().__init__(hub, registry, "")
        self._closed = closed

    def on_closed(self, stream: Stream) -> None:
        self._hub.leave(stream)
        self._closed.append(stream)


class LiveSide:
    """A started worker, and one workspace on it."""

    def __init__(self, app: Flask, workspace: UUID, user: UUID):
        self.app = app
        self.worker: Worker = app.extensions["pulse"]
        self.hub = self.worker.hub
        self.writer = self.hub.writer
        self.workspace = workspace
        self.user = user
        self.closed: list[Stream] = []
        self._lifecycle = UncountedStreams(self.hub, self.worker.registry, self.closed)
        self.clients: list[Client] = []
        self.worker.start()

    def stop(self) -> None:
        for client in self.clients:
            client.leave()
        self.worker.stop()

    @property
    def room(self) -> Room:
        """The workspace's room; opened if need be, so what is posted before is history."""
        return self.hub.enter(self.workspace)

    def post(self, count: int) -> None:
        """So many events in one commit."""
        self.post_data([{}] * count)

    def post_data(self, data: Sequence[dict[str, Any]]) -> None:
        """Events with these data in one commit."""
        events = [NewEvent(self.workspace, uuid4().hex, "user.active", each, self.user) for each in data]
        self.worker.committer.submit(events)

    def socket_stream(self, cursor: int | None = None) -> tuple[SocketStream, Client]:
        """A stream on a socket, and its client."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        stream = SocketStream(self._arguments(cursor), self._lifecycle, poller=self.worker.poller)
        stream.open(ours.detach(), b"")
        self.hub.join(stream)
        self.clients.append(Client(theirs))
        return stream, self.clients[-1]

    def generator_stream(
        self, cursor: int | None = None, connection: socket.socket | None = None
    ) -> GeneratorStream:
        """A stream to be iterated."""
        stream = GeneratorStream(self._arguments(cursor), self._lifecycle, connection=connection)
        self.hub.join(stream)
        return stream

    def settle(self) -> None:
        """Let the writer push and backfill what it can now."""
        for _ in range(50):
            gevent.sleep(0)

    def _arguments(self, cursor: int | None) -> StreamArguments:
        identity = Identity("conn_1_aaaaaa", self.workspace, self.user, b"", "local", datetime.now(UTC))
        head = self.room.cursor
        start = head if cursor is None else Cursor(head.epoch, cursor)
        return StreamArguments(identity, start, monotonic() + 3600, FULL_VIEW)
