"""The forms of what names people and workspaces: e-mail addresses and slugs."""

from __future__ import annotations

import re

LONGEST_EMAIL = 254  # RFC 5321's longest path, less its brackets
LONGEST_SLUG = 35  # one less than a UUID, so that neither can pass for the other

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_SLUG = re.compile(_LABEL)
_EMAIL = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")


def normal_email(text: str) -> str | None:
    """The address as it is stored, in lower case and without blanks around it; None if it is not one."""
    email = text.strip().lower()
    return email if len(email) <= LONGEST_EMAIL and _EMAIL.fullmatch(email) else None


def is_slug(text: str) -> bool:
    """May this text name a workspace in a URL?"""
    return len(text) <= LONGEST_SLUG and _SLUG.fullmatch(text) is not None
