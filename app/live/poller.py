"""Watches the sockets of all streams: one epoll of our own, which gevent's loop sees as a single descriptor.

A watcher of gevent's for each socket would cost more memory than everything else of a stream.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import TYPE_CHECKING

import gevent
from gevent import monkey
from gevent.socket import wait_read

from app.background.job import report_failure, supervise

if TYPE_CHECKING:
    from app.live.socket_stream import SocketStream
    from app.live.writer import Writer

# Patching removes epoll, because it would block; ours is only polled without a wait.
EPOLL: Callable[[], select.epoll] | None = (
    monkey.get_original("select", "epoll") if hasattr(select, "EPOLLIN") else None
)
READS = getattr(select, "EPOLLIN", 0) | getattr(select, "EPOLLRDHUP", 0)
WRITES = getattr(select, "EPOLLOUT", 0)
MAX_EVENTS = 512  # a poll


def available() -> bool:
    """Whether this system has epoll (Linux); elsewhere streams are generators."""
    return EPOLL is not None


class Poller:
    """Calls streams when their sockets become readable, and the writer when they become writable."""

    def __init__(self, writer: Writer):
        self._streams: dict[int, SocketStream] = {}
        self._writer = writer
        self._epoll: select.epoll | None = None
        self._greenlet: gevent.Greenlet[..., None] | None = None

    def start(self) -> None:
        """Start to watch."""
        if EPOLL is None:
            return
        self._epoll = EPOLL()
        self._greenlet = gevent.spawn(supervise, self._poll_forever, job="poller")

    def stop(self) -> None:
        """Stop watching."""
        if self._greenlet:
            self._greenlet.kill()
            self._started_epoll.close()

    def watch(self, fd: int, stream: SocketStream) -> None:
        """Call the stream when its client sends something or closes."""
        self._started_epoll.register(fd, READS)
        self._streams[fd] = stream

    def watch_writes_too(self, fd: int) -> None:
        """Call the writer when the socket has room again."""
        self._started_epoll.modify(fd, READS | WRITES)

    def watch_reads_only(self, fd: int) -> None:
        """Call the writer no longer."""
        self._started_epoll.modify(fd, READS)

    def unwatch(self, fd: int) -> None:
        """Stop watching; before the descriptor is closed, whose number may be reused at once."""
        if self._streams.pop(fd, None) is not None:
            self._started_epoll.unregister(fd)

    @property
    def _started_epoll(self) -> select.epoll:
        if self._epoll is None:
            raise RuntimeError("the poller has not been started")
        return self._epoll

    def _poll_forever(self) -> None:
        epoll = self._started_epoll
        while True:
            wait_read(epoll.fileno())
            for fd, mask in epoll.poll(0, MAX_EVENTS):
                if stream := self._streams.get(fd):
                    self._handle(stream, fd, mask)
            gevent.sleep(0)

    def _handle(self, stream: SocketStream, fd: int, mask: int) -> None:
        try:
            if mask & WRITES:
                self._writer.on_writable(stream)
            if mask & ~WRITES and stream.fd == fd:
                stream.on_readable()
        except Exception as error:  # other streams go on
            report_failure(error, job="poller")
