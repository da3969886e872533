"""A small real SMTP server for tests: it keeps what it is handed, and refuses what a test tells it to."""

from __future__ import annotations

import base64
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from gevent.server import StreamServer


@dataclass
class Delivery:
    """A mail as it came in."""

    recipients: list[str]
    message: EmailMessage
    encrypted: bool
    user: str


@dataclass
class SmtpSink:
    """What it has got, and how it behaves; a test may change that at any time."""

    mails: list[Delivery] = field(default_factory=list)
    refusals: list[bytes] = field(default_factory=list)  # answers to the next RCPT commands
    lines: list[bytes] = field(default_factory=list)  # commands that came over plain TCP
    accounts: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    port: int = 0

    def recipients(self) -> list[str]:
        return [one for mail in self.mails for one in mail.recipients]

    def handle(self, connection: Any, _address: object) -> None:
        conversation = Conversation(self, connection)
        try:
            with contextlib.suppress(OSError):
                conversation.hold()
        finally:
            conversation.close()


class Conversation:
    """One connection."""

    def __init__(self, sink: SmtpSink, connection: Any):
        self._sink = sink
        self._use(connection)
        self._user = ""
        self._recipients: list[str] = []

    def hold(self) -> None:
        self._say(b"220 sink")
        while line := self._file.readline():
            if not self._encrypted:
                self._sink.lines.append(line)
            verb = line.split(maxsplit=1)[0].upper().decode()
            if verb == "QUIT":
                return self._say(b"221 bye")
            getattr(self, f"_{verb.lower()}", self._unknown)(line.strip())
        return None

    def close(self) -> None:
        self._file.close()
        self._connection.close()

    def _use(self, connection: Any) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")
        self._encrypted = isinstance(connection, ssl.SSLSocket)

    def _ehlo(self, _: bytes) -> None:
        offers = [b"sink"]
        if self._sink.tls and not self._encrypted:
            offers.append(b"STARTTLS")
        if self._sink.accounts:
            offers.append(b"AUTH PLAIN")
        for offer in offers[:-1]:
            self._say(b"250-" + offer)
        self._say(b"250 " + offers[-1])

    def _starttls(self, _: bytes) -> None:
        assert self._sink.tls
        self._say(b"220 go on")
        self._file.close()
        self._use(self._sink.tls.wrap_socket(self._connection, server_side=True))

    def _auth(self, line: bytes) -> None:
        _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
        if self._sink.accounts.get(user) != password:
            return self._say(b"535 no")
        self._user = user
        return self._say(b"235 yes")

    def _mail(self, _: bytes) -> None:
        self._recipients = []
        self._say(b"250 ok")

    def _rcpt(self, line: bytes) -> None:
        if self._sink.refusals:
            return self._say(self._sink.refusals.pop(0))
        self._recipients.append(line.split(b"<")[1].split(b">")[0].decode())
        return self._say(b"250 ok")

    def _data(self, _: bytes) -> None:
        self._say(b"354 go on")
        lines = []
        while (line := self._file.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        message = message_from_bytes(b"".join(lines), policy=policy.SMTP)
        self._sink.mails.append(Delivery(self._recipients, message, self._encrypted, self._user))  # type: ignore[arg-type]
        self._say(b"250 taken")

    def _rset(self, _: bytes) -> None:
        self._say(b"250 ok")

    def _unknown(self, _: bytes) -> None:
        self._say(b"502 what?")

    def _say(self, line: bytes) -> None:
        self._connection.sendall(line + b"\r\n")


@contextlib.contextmanager
def running(sink: SmtpSink, **options: Any) -> Iterator[SmtpSink]:
    """The sink on a port of loopback; `options` make it speak TLS from the first byte."""
    server = StreamServer(("127.0.0.1", 0), sink.handle, **options)
    server.start()
    sink.port = server.server_port
    try:
        yield sink
    finally:
        server.stop(timeout=1)
