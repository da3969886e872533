"""Sending by SMTP with the standard library; under gevent its sockets wait without blocking the loop."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from app.domain.smtp_server import SmtpServer

TIMEOUT = 15.0  # seconds for each answer of the server


class MailRefused(Exception):
    """The server refuses this mail for good (5xx): sending it again would change nothing."""


class MailDelayed(Exception):
    """The mail could not be sent now: the server is away, or says so itself (4xx)."""


@contextmanager
def connected(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted and signed in as the URL says; raises MailDelayed."""
    try:
        connection = _connect(server)
    except (OSError, smtplib.SMTPException) as error:
        raise MailDelayed(in_words(error)) from error
    try:
        yield connection
    finally:
        _quit(connection)


def send(connection: smtplib.SMTP, message: EmailMessage) -> None:
    """Hand one message over; raises MailRefused or MailDelayed."""
    try:
        connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        [(code, text)] = error.recipients.values()
        raise _refusal(code, text) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailDelayed(in_words(error)) from error


def in_words(error: Exception) -> str:
    """One short line for the log and the row, without what the server may echo of a password."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the server refuses the user name or password of PULSE_SMTP_URL ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"[:200]


def _connect(server: SmtpServer) -> smtplib.SMTP:
    if server.tls:
        context = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        _secure(connection, server)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _secure(connection: smtplib.SMTP, server: SmtpServer) -> None:
    connection.ehlo_or_helo_if_needed()
    if server.tls or server.starttls == "never":
        return
    if server.starttls == "require":
        connection.starttls(context=ssl.create_default_context())
    elif connection.has_extn("starttls"):
        # Encryption that an attacker could strip proves nothing by a certificate either: a relay of one's own
        # with the certificate that its package made is better than plain text.
        connection.starttls(context=ssl._create_unverified_context())
    connection.ehlo_or_helo_if_needed()


def _quit(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


def _refusal(code: int, text: bytes | str) -> Exception:
    return (MailRefused if 500 <= code < 600 else MailDelayed)(_answer(code, text))


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:200]
