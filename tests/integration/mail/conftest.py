"""What tests of outbound mail share: a server that takes it, and a mailer."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator

import pytest
from certificate import make_certificate
from flask import Flask
from smtp_sink import SmtpSink, running

from app.domain.smtp_server import SmtpServer, sender_address
from app.extensions import db
from app.mail import queue
from app.mail.mailer import Mailer
from app.mail.message import MailContent

SENDER = sender_address("Pulse <pulse@pulse.test>")


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with running(SmtpSink()) as sink:
        yield sink


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> tuple[str, str]:
    """Files of a certificate for 127.0.0.1, which no authority knows, and of its key."""
    return tuple(map(str, make_certificate(tmp_path_factory.mktemp("smtp"))))  # type: ignore[return-value]


@pytest.fixture
def context(certificate: tuple[str, str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def mailer(app: Flask, sink: SmtpSink) -> Callable[..., Mailer]:
    """`mailer(url)`: one that sends to the sink by default; the kind `note` says what its data say."""

    def make(url: str = "", **composers) -> Mailer:
        def note(_connection, mail):
            return MailContent(**mail.data) if mail.data else None

        server = SmtpServer.from_url(url or f"smtp://127.0.0.1:{sink.port}")
        with app.app_context():
            return Mailer(db.engine, server, SENDER, {"note": note} | composers)

    return make


@pytest.fixture
def put(app: Flask) -> Callable[..., None]:
    """`put("nina@acme.test", subject="…", text="…")`: a note in the queue."""

    def enqueue(recipient: str = "nina@acme.test", kind: str = "note", **data: str) -> None:
        with app.app_context(), db.engine.begin() as connection:
            queue.enqueue(connection, kind, recipient, data)

    return enqueue
