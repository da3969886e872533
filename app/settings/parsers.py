"""Parsers of settings: text from the environment → value. A ValueError says what the text must be."""

from __future__ import annotations

import re

import limits

from app.domain.rate import Rate
from app.domain.smtp_server import SmtpServer, sender_address
from app.settings.server_urls import database_url, redis_url
from app.settings.values import log_level, seconds, seconds_or_never, switch, whole

__all__ = [
    "database_url",
    "log_level",
    "mail_sender",
    "origins",
    "rates",
    "redis_prefix",
    "redis_url",
    "seconds",
    "seconds_or_never",
    "secret",
    "secrets",
    "smtp_url",
    "switch",
    "token",
    "whole",
]


def secret(text: str) -> str:
    """A key of 32 characters or more."""
    if len(text) < 32:
        raise ValueError("must be at least 32 characters long (`openssl rand -hex 32` makes one)")
    return text


def redis_prefix(text: str) -> str:
    """Nothing that has a meaning in a pattern; the colon at the end keeps one prefix from beginning another."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}:", text):
        raise ValueError(f"must be 1 to 40 of A-Z, a-z, 0-9, _, . and -, then a colon, not {text[:60]!r}")
    return text


def secrets(text: str) -> tuple[str, ...]:
    """Several of them, joined by commas or blanks; none by default."""
    return tuple(secret(key) for key in re.split(r"[\s,]+", text.strip())) if text else ()


def origins(text: str) -> tuple[str, ...]:
    """Web origins as browsers write them, from URLs joined by commas or blanks."""
    origins = []
    for url in re.split(r"[\s,]+", text.strip().lower()) if text else []:
        form = re.fullmatch(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?/?", url)
        if not form or (form[3] and int(form[3][1:]) > 65_535):
            shown = f", not {url!r}" if "@" not in url else ""  # it may hold a password
            raise ValueError(f"must be https:// and a host, without a path{shown}")
        scheme, host, port = form.groups()
        # As browsers write it: the usual port is left out.
        usual = {"http": ":80", "https": ":443"}[scheme]
        origins.append(f"{scheme}://{host}{'' if port in (None, usual) else port}")
    return tuple(origins)


def token(text: str) -> str:
    """A bearer token of 16 characters or more, or none."""
    if text and len(text) < 16:
        raise ValueError("must be at least 16 characters long (`openssl rand -hex 16` makes one)")
    return text


def smtp_url(text: str) -> str:
    """The URL of a mail server, or none."""
    if text:
        SmtpServer.from_url(text)
    return text


def mail_sender(text: str) -> str:
    """An address that mail comes from, or none."""
    if text:
        sender_address(text)
    return text


def rates(text: str) -> tuple[Rate, ...]:
    """Rates in the notation of the limits library; none for `off`."""
    if text.lower() == "off":
        return ()
    try:
        return tuple(Rate(item.amount, item.get_expiry()) for item in limits.parse_many(text))
    except ValueError:
        raise ValueError(f"must be rates such as 10/minute;100/hour, or off, not {text!r}") from None
