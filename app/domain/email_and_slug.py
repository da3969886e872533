"""Validation of e-mail addresses and slugs, which identify people and workspaces."""

from __future__ import annotations

import re

MAX_EMAIL_LENGTH = 254  # RFC 5321's longest path, less its brackets
MAX_SLUG_LENGTH = 35  # one less than a UUID, so that the two cannot be confused

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_SLUG = re.compile(_LABEL)
_EMAIL = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")


def normal_email(text: str) -> str | None:
    """The address in its stored form: lower case, stripped; None if it is invalid."""
    email = text.strip().lower()
    return email if len(email) <= MAX_EMAIL_LENGTH and _EMAIL.fullmatch(email) else None


def is_slug(text: str) -> bool:
    """Whether this text may name a workspace in a URL."""
    return len(text) <= MAX_SLUG_LENGTH and _SLUG.fullmatch(text) is not None
