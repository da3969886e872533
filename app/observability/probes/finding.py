"""Finding: what one probe saw, in words, with a remedy where it is not as it should be."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """What was looked at and found; a remedy if that is not as it should be; `is_bad` if it will not work."""

    about: str
    words: str
    remedy: str = ""
    is_bad: bool = False
