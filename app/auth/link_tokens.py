"""Tokens of one-time links: 256 random bits in the link, and their SHA-256 in a row that can be deleted."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import NamedTuple

FORM = re.compile(r"[A-Za-z0-9_-]{43}")


class LinkToken(NamedTuple):
    """A new token: `text` goes into the link and nowhere else, `key` is stored."""

    text: str
    key: bytes


def new() -> LinkToken:
    """A new random token."""
    text = secrets.token_urlsafe(32)
    return LinkToken(text, _hash(text))


def key_of(text: str) -> bytes:
    """Under what the token would be stored; for what cannot be a token, a key that no row has."""
    return _hash(text) if FORM.fullmatch(text) else b""


def _hash(text: str) -> bytes:
    # A fast hash suffices for 256 random bits.
    return hashlib.sha256(text.encode()).digest()
