"""MIME messages: plain text, with headers safe from injection by names and titles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

MAX_HEADER_LENGTH = 200  # characters


@dataclass(frozen=True, slots=True)
class MailContent:
    """What a mail says."""

    subject: str
    text: str


def compose(
    content: MailContent, *, sender: Address, recipient: str, mail_id: str, now: datetime
) -> EmailMessage:
    """The whole message. `mail_id` stays the same when it is sent again, so that a mailbox can tell."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = one_line(content.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(content.text, cte="quoted-printable")
    return message


def one_line(text: str) -> str:
    """The text without line ends and control characters, cut to what a header may hold."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= MAX_HEADER_LENGTH else f"{line[: MAX_HEADER_LENGTH - 1]}…"
