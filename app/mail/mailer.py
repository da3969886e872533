"""The mailer: a background job of every worker that sends due mails, and retries with exponential back-off."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.headerregistry import Address
from smtplib import SMTP
from urllib.parse import urlsplit

from gevent.event import Event
from sqlalchemy import Connection, Engine

from app.domain.smtp_server import SmtpServer, sender_address
from app.mail import queue
from app.mail.message import MailContent, compose
from app.mail.queue import QueuedMail
from app.mail.smtp import MailDelayed, MailRefused, connected, send
from app.settings.config import Settings

log = logging.getLogger(__name__)

POLL_INTERVAL = 2.0  # seconds
BATCH = 10  # mails on one connection
FIRST_RETRY_DELAY = 30.0  # seconds; twice as long after each attempt
MAX_RETRY_DELAY = 3_600.0  # seconds
GIVE_UP_AFTER = 24 * 3_600.0  # seconds

# Writes the text when the mail is sent; None if there is nothing to send any more. What it stores commits first.
Composer = Callable[[Connection, QueuedMail], MailContent | None]


class Mailer:
    """Sends queued mails, written by their composers. Without an SMTP server it does nothing."""

    def __init__(
        self,
        engine: Engine,
        server: SmtpServer | None,
        sender: Address,
        composers: Mapping[str, Composer],
    ):
        self._engine = engine
        self._server = server
        self._sender = sender
        self._composers = composers
        self._stopping = False
        self._idle = Event()
        self._idle.set()

    @property
    def has_server(self) -> bool:
        """Whether there is a server to send mail to."""
        return self._server is not None

    def stop(self, timeout: float) -> None:
        """Wait for the mail in progress: interrupted, it would be sent again by another worker."""
        self._stopping = True
        self._idle.wait(timeout)

    def send_due(self) -> None:
        """Claim due mails and send them on one connection."""
        if self._stopping:
            return
        self._idle.clear()
        try:
            with self._engine.begin() as connection:
                mails = queue.claim(connection, BATCH)
            if mails:
                self._send_all(mails)
        finally:
            self._idle.set()

    def _send_all(self, mails: list[QueuedMail]) -> None:
        assert self._server is not None
        try:
            with connected(self._server) as smtp:
                while mails and not self._stopping:
                    self._send(smtp, mails.pop(0))
        except MailDelayed as error:  # the server is away: none of them was sent
            for mail in mails:
                self._retry(mail, str(error))
            return
        with self._engine.begin() as connection:
            for mail in mails:  # for another worker
                queue.release(connection, mail)

    def _content(self, mail: QueuedMail) -> MailContent | None:
        composer = self._composers.get(mail.kind)
        if composer is None:  # enqueued by a newer version, which has one
            self._retry(mail, f"no composer for {mail.kind}")
            return None
        with self._engine.begin() as connection:
            content = composer(connection, mail)
            if content is None:
                queue.drop(connection, mail)
            return content

    def _send(self, smtp: SMTP, mail: QueuedMail) -> None:
        content = self._content(mail)
        if content is None:
            return
        try:
            message = compose(
                content,
                sender=self._sender,
                recipient=mail.recipient,
                mail_id=f"pulse.{mail.id}",
                now=datetime.now(UTC),
            )
            send(smtp, message)
        except MailRefused as error:
            self._end(mail, "dead", str(error))
        except MailDelayed as error:
            self._retry(mail, str(error))
        else:
            self._end(mail, "sent")

    def _retry(self, mail: QueuedMail, error: str) -> None:
        if mail.age > GIVE_UP_AFTER:
            return self._end(mail, "dead", error)
        wait = retry_delay(mail.attempts)
        with self._engine.begin() as connection:
            queue.retry_later(connection, mail, wait, error)
        log.warning("mail delayed", extra={**_about(mail), "error": error, "retry_in": wait})
        return None

    def _end(self, mail: QueuedMail, state: str, error: str | None = None) -> None:
        with self._engine.begin() as connection:
            queue.end(connection, mail, state, error)
        log.log(
            logging.WARNING if error else logging.INFO,
            "mail given up" if error else "mail sent",
            extra={**_about(mail), "error": error},
        )


def make_mailer(settings: Settings, engine: Engine, composers: Mapping[str, Composer]) -> Mailer:
    """A worker's mailer, as configured."""
    server = SmtpServer.from_url(settings.smtp_url) if settings.smtp_url else None
    return Mailer(engine, server, sender_of(settings), composers)


def sender_of(settings: Settings) -> Address:
    """The From address."""
    if settings.mail_from:
        return sender_address(settings.mail_from)
    host = urlsplit(settings.public_origins[0]).hostname if settings.public_origins else None
    return Address("Pulse", "pulse", host or "localhost")


def retry_delay(attempts: int) -> float:
    """Seconds until the next attempt, after so many."""
    return min(MAX_RETRY_DELAY, FIRST_RETRY_DELAY * 2.0 ** min(attempts - 1, 20))


def _about(mail: QueuedMail) -> dict[str, object]:
    # Without the recipient: personal data has no place in a log.
    return {"mail": mail.id, "kind": mail.kind, "attempts": mail.attempts}
