"""Common passwords: the 10,000 that are guessed first, refused without a request to another service.

The list is zxcvbn's, by frequency in leaks; of the package nothing else is used, and nothing else is kept.
"""

from __future__ import annotations

import functools
import importlib
import sys

MOST = 10_000
PACKAGE = "zxcvbn"
HINT = "This is one of the 10,000 passwords that are guessed first. Choose another, such as a few words together."


def is_common(password: str) -> bool:
    """Is it in the list, whatever its capitals?"""
    return password.strip().casefold() in _common()


@functools.cache
def _common() -> frozenset[str]:
    # Loaded at first use: 25 ms, and 13 MB with the lists of names and words, which are let go again.
    known = set(sys.modules)
    lists = importlib.import_module(f"{PACKAGE}.frequency_lists").FREQUENCY_LISTS
    found = frozenset(word.casefold() for word in lists["passwords"][:MOST])
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE and name not in known]:
        del sys.modules[name]
    return found
