"""The rules of annotations: kinds, lengths, and which links are taken."""

from __future__ import annotations

from urllib.parse import urlsplit

NOTE_KINDS = ("note", "deploy", "incident")
METRIC, TIMEZONE, EVENT = DERIVED_KINDS = ("metric", "timezone", "event")
MAX_TEXT_LENGTH = 280
MAX_URL_LENGTH = 2_000
MAX_TAGS = 10
MAX_TAG_LENGTH = 32
MAX_MARK_TYPES = 20  # event types that a workspace marks


def is_web_address(text: str) -> bool:
    """Whether a page may link there: http or https with a host, without a password, in visible characters."""
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # such as a wrong IPv6 address
        return False
