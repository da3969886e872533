"""Text search: a case-insensitive substring as a regular expression, which no collation of the database changes.

ILIKE folds letters by the database's locale, and under "C" those of ASCII alone.
"""

from __future__ import annotations

import json
import string
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TextSearch:
    """A substring of an event's id, type or session, or of its data as JSON text.

    `reader` is the user of whose events alone the data is searched; None: the data of all events.
    """

    text: str
    reader: UUID | None

    @property
    def pattern(self) -> str:
        """The regular expression of PostgreSQL that finds the substring."""
        return "".join(map(_any_case, self.text))

    @property
    def json_pattern(self) -> str:
        """The same in JSON text, where quotes and backslashes are escaped."""
        return "".join(map(_any_case, json.dumps(self.text, ensure_ascii=False)[1:-1]))


def _any_case(character: str) -> str:
    """A regular expression of this character in upper and lower case; of "ß", as "SS" is two, only in its own."""
    upper, lower = character.upper(), character.lower()
    cases = {one for one in (character, upper, lower, upper.lower(), lower.upper()) if len(one) == 1}
    if len(cases) > 1:
        return f"[{''.join(sorted(cases))}]"
    # Beyond ASCII no character is special, and a locale may take any for a letter, before which \ is an error.
    return f"\\{character}" if character in string.punctuation + " " else character
