"""The redirect target after sign-in: a path on this host, never another site (open redirect)."""

from __future__ import annotations

import re

HOME = "/"
LONGEST = 2_000

# A browser reads "/\host" as "//host", and drops tabs and line ends before it looks.
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def local_or_home(target: str | None) -> str:
    """The path if it is one on this very host, else the home page."""
    if target and len(target) <= LONGEST and _LOCAL.fullmatch(target):
        return target
    return HOME
