"""Finding: the result of one probe, in words, with a remedy for a fault."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """A subject and its state; a remedy if something is wrong; `is_bad` if the service cannot work with it."""

    about: str
    words: str
    remedy: str = ""
    is_bad: bool = False
