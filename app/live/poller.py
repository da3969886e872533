"""Watches the sockets of all streams at once: one epoll of ours, seen by gevent's loop as a single descriptor.

A watcher of gevent's per socket would cost more memory than everything else about a stream.
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

# Patching takes epoll away, because it would block; ours is only ever asked without waiting.
EPOLL = monkey.get_original("select", "epoll") if hasattr(select, "EPOLLIN") else None
READS = getattr(select, "EPOLLIN", 0) | getattr(select, "EPOLLRDHUP", 0)
WRITES = getattr(select, "EPOLLOUT", 0)
AT_A_TIME = 512


def available() -> bool:
    """Whether this system has epoll (Linux); elsewhere streams are generators."""
    return EPOLL is not None


class Poller:
    """Tells streams when their sockets can be read or written."""

    def __init__(self, on_writable: Callable[[SocketStream], None]):
        self._streams: dict[int, SocketStream] = {}
        self._on_writable = on_writable
        self._epoll = None
        self._greenlet: gevent.Greenlet[..., None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._epoll = EPOLL()
        self._greenlet = gevent.spawn(supervise, self._run, job="poller")

    def stop(self) -> None:
        """Stop watching."""
        if self._greenlet:
            self._greenlet.kill()
            self._epoll.close()

    def watch(self, fd: int, stream: SocketStream) -> None:
        """Tell the stream when its client says something or leaves."""
        self._epoll.register(fd, READS)
        self._streams[fd] = stream

    def watch_writes_too(self, fd: int) -> None:
        """Tell the stream also when its socket has room."""
        self._epoll.modify(fd, READS | WRITES)

    def watch_reads_only(self, fd: int) -> None:
        """The opposite."""
        self._epoll.modify(fd, READS)

    def forget(self, fd: int) -> None:
        """Watch no longer; before the descriptor is closed, whose number may be another's at once."""
        if self._streams.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def _run(self) -> None:
        while True:
            wait_read(self._epoll.fileno())
            for fd, mask in self._epoll.poll(0, AT_A_TIME):
                if stream := self._streams.get(fd):
                    self._tell_safely(stream, fd, mask)
            gevent.sleep(0)

    def _tell_safely(self, stream: SocketStream, fd: int, mask: int) -> None:
        try:
            if mask & WRITES:
                self._on_writable(stream)
            if mask & ~WRITES and stream.fd == fd:
                stream.on_readable()
        except Exception as error:  # other streams go on
            report_failure(error, job="poller")
