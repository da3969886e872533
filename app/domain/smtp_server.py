"""Parsing of the SMTP URL and of the sender's address of outbound mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address, AddressHeader, HeaderRegistry
from urllib.parse import parse_qsl, unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465}
SUBMISSION = 587
STARTTLS = ("require", "if-offered", "never")
FORM = "must be smtp://user:password@host:587 or smtps://…, with special characters percent-encoded"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """An SMTP server and how to connect to it."""

    host: str
    port: int
    tls: bool  # from the first byte
    starttls: str
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> SmtpServer:
        """`smtp[s]://[user:password@]host[:port][?starttls=require|if-offered|never]`.

        Raises ValueError, which never echoes a part of the URL: it may be one of the password.
        """
        try:
            parts = urlsplit(url)
            port, host = parts.port, parts.hostname
            query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        except ValueError:
            raise ValueError(FORM) from None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        # A password is never sent in clear text unless the URL says so by name.
        starttls = query.pop("starttls", "require" if user else "if-offered")
        if parts.scheme not in PORTS or not host or parts.path.strip("/") or parts.fragment or query:
            raise ValueError(FORM)
        if starttls not in STARTTLS:
            raise ValueError(f"must have one of {', '.join(STARTTLS)} as starttls")
        usual = SUBMISSION if user and parts.scheme == "smtp" else PORTS[parts.scheme]
        return cls(host, port or usual, parts.scheme == "smtps", starttls, user, password)


def sender_address(text: str) -> Address:
    """`pulse@example.org` or `Pulse <pulse@example.org>`; raises ValueError for any other text."""
    wrong = ValueError("must be an address such as pulse@example.org or Pulse <pulse@example.org>")
    if not text.isascii() or not text.isprintable():
        raise wrong
    try:
        header = HeaderRegistry()("From", text)
    except (HeaderParseError, IndexError):
        raise wrong from None
    if not isinstance(header, AddressHeader) or header.defects or len(header.addresses) != 1:
        raise wrong
    [address] = header.addresses
    if not address.username or not address.domain:
        raise wrong
    return address
