"""Plain text: a line that somebody typed, in any language, emoji included."""

from __future__ import annotations

import unicodedata


def is_plain_text(text: str, max_length: int) -> bool:
    """Whether it has 1 to `max_length` characters, and no control characters such as line breaks."""
    return 1 <= len(text) <= max_length and not any(unicodedata.category(one) == "Cc" for one in text)
