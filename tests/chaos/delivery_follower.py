"""A follower: a stream's client as a browser's EventSource is one, with an account of what it received."""

from __future__ import annotations

import random
import re
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from json import loads

import gevent
from unplugged import unplug

from app.live.room import MAX_REPLAY

RECEIVE_BUFFER = 8_192  # bytes; small, so that who does not read is felt at the other end
SILENCE = 20.0  # seconds without a byte after which a client reconnects, as a browser's watchdog does
LENGTH = re.compile(rb"^content-length: (\d+)", re.IGNORECASE | re.MULTILINE)
CHUNK = re.compile(rb"([0-9a-fA-F]+)\r\n")
NO_TIME = struct.pack("ii", 1, 0)  # SO_LINGER: a reset instead of a goodbye


def mark(seq: int, event_id: str) -> int:
    """A number for an event in its place; sums of marks tell whether two logs are the same."""
    return zlib.crc32(f"{seq}:{event_id}".encode())


@dataclass(slots=True)
class Account:
    """What one follower has seen: from `start` (exclusive) to `seq`, without a gap, adding up to `marks`."""

    start: int = -1
    seq: int = -1
    epoch: str = ""
    marks: int = 0
    resets: int = 0
    byes: int = 0
    connects: int = 0
    refusals: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def cursor(self) -> str:
        """What a browser sends as Last-Event-ID; empty before it has one."""
        return f"{self.epoch}-{self.seq}" if self.seq >= 0 else ""

    def connected(self, cursor: str) -> None:
        epoch, seq = cursor.split("-")
        if self.seq < 0:
            self._begin(epoch, int(seq))

    def event(self, cursor: str, event_id: str) -> None:
        epoch, seq = cursor.split("-")
        if (epoch, int(seq)) != (self.epoch, self.seq + 1):
            self.faults.append(f"{cursor} came after {self.cursor}")
        self.seq = int(seq)
        self.marks += mark(self.seq, event_id)

    def reset(self, cursor: str) -> None:
        """A reset is right only after a loss that is too large to replay."""
        epoch, seq = cursor.split("-")
        if epoch != self.epoch or int(seq) - self.seq <= MAX_REPLAY:
            self.faults.append(f"reset to {cursor} at {self.cursor}")
        self.resets += 1
        self._begin(epoch, int(seq))

    def _begin(self, epoch: str, seq: int) -> None:
        self.epoch, self.start, self.seq, self.marks = epoch, seq, seq, 0


class Follower:
    """Follows for ever, over any of the servers, from where it was; a habit says how it misbehaves meanwhile.

    A steady one reads all there is, a sleeper stops reading for seconds. Three leave and come back: a visitor with
    a goodbye, a crasher with a reset, a vanisher without anything, for its plug is pulled.
    """

    def __init__(self, ports: Callable[[], int], path: str, cookie: str, habit: str, chance: random.Random):
        self.account = Account()
        self.habit = habit
        self._ports = ports
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n"
        )
        self._chance = chance
        self._retry = 1.0
        self._connection: socket.socket | None = None
        self._unplugged: list[socket.socket] = []
        self.reading = False

    def run(self) -> None:
        """Connect again and again; ends by being killed."""
        while True:
            try:
                self._follow()
            except OSError:
                pass  # a server was killed or frozen: connect again
            finally:
                self.reading = False
                if self._connection:
                    self._connection.close()
            gevent.sleep(self._retry * self._chance.uniform(0.2, 1.0))

    def join(self, until: int) -> None:
        """Connect once, stay until the event of this number has come, and leave."""
        with socket.socket() as connection:
            for frame in self._connect(connection):
                self._take(frame)
                if self.account.seq >= until:
                    return
        raise ConnectionError(f"the stream ended at {self.account.cursor}")

    def behave(self) -> None:
        """From now on, read everything."""
        self.habit = "steady"

    def close(self) -> None:
        """Let go of the connections whose plug was pulled."""
        for connection in self._unplugged:
            connection.close()

    def _follow(self) -> None:
        self._connection = connection = socket.socket()
        for frame in self._connect(connection):
            self._take(frame)
            self._misbehave(connection)

    def _connect(self, connection: socket.socket) -> Iterator[bytes]:
        connection.settimeout(SILENCE)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        connection.connect(("127.0.0.1", self._ports()))
        self.account.connects += 1
        resume = f"Last-Event-ID: {self.account.cursor}\r\n" if self.account.cursor else ""
        connection.sendall(f"{self._request}{resume}\r\n".encode())
        return self._frames(connection)

    def _frames(self, connection: socket.socket) -> Iterator[bytes]:
        head, rest = self._read_head(connection)
        if not head.startswith(b"HTTP/1.1 200"):
            self.account.refusals += 1
            return
        if length := LENGTH.search(head):  # refused for now: all there is is a `bye`
            while len(rest) < int(length[1]) and (data := connection.recv(65_536)):
                rest += data
            yield from rest.split(b"\n\n")[:-1]
            return
        self.reading = True
        text = b""
        while True:
            content, rest, ended = unchunk(rest)
            *frames, text = (text + content).split(b"\n\n")
            yield from frames
            if ended:
                return
            data = connection.recv(65_536)
            if not data:
                return
            rest += data

    def _read_head(self, connection: socket.socket) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            data = connection.recv(65_536)
            if not data:
                raise ConnectionResetError
            received += data
        head, _, rest = received.partition(b"\r\n\r\n")
        return head, rest

    def _take(self, frame: bytes) -> None:
        fields = dict(line.split(": ", 1) for line in frame.decode().split("\n"))
        if "retry" in fields:
            self._retry = int(fields["retry"]) / 1000
        match fields["event"]:
            case "event":
                self.account.event(fields["id"], loads(fields["data"])["eventId"])
            case "connected":
                self.account.connected(loads(fields["data"])["lastEventId"])
            case "reset":
                self.account.reset(fields["id"])
            case "bye":
                self.account.byes += 1

    def _misbehave(self, connection: socket.socket) -> None:
        if self.habit == "steady" or self._chance.random() > 0.01:
            return
        if self.habit == "sleeper":
            gevent.sleep(self._chance.uniform(1, 5))
        elif self.habit == "vanisher":
            unplug(connection)
            self._unplugged.append(connection)
            self._connection = None
            raise ConnectionResetError
        elif self.habit == "crasher":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_TIME)
            connection.close()
        else:
            connection.close()
            gevent.sleep(self._chance.uniform(0, 3))


def unchunk(data: bytes) -> tuple[bytes, bytes, bool]:
    """What is in the chunks that are complete, what is left, and whether the last one was among them."""
    content, at = [], 0
    while head := CHUNK.match(data, at):
        size = int(head[1], 16)
        end = head.end() + size
        if len(data) < end + 2:
            break
        content.append(data[head.end() : end])
        at = end + 2
        if not size:
            return b"".join(content), data[at:], True
    return b"".join(content), data[at:], False
