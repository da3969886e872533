"""Parser for environment files with the grammar of systemd's `EnvironmentFile=`.

A file has to mean the same to every reader. Sourced by a shell, `10/minute;60/hour` loses its second half, and a
URL with `&` is set in a background process: the command then migrates another database than the service uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
BLANKS, NEWLINES = " \t", "\r\n"
ESCAPED_IN_QUOTES = '"\\`$'


def parse(text: str) -> dict[str, str]:
    """The variables of a file; the last of equal names wins. Raises ValueError naming a line that sets nothing."""
    found: dict[str, str] = {}
    scanner = _Scanner(text)
    while not scanner.at_end:
        number, name = scanner.line_number, scanner.name()
        if name is None:
            continue
        if not NAME.fullmatch(name):
            raise ValueError(f"line {number} is no NAME=value (no `export` is needed)")
        found[name] = scanner.value()
    return found


class _Scanner:
    """Scans names and values character by character, with backslash escapes and quotes."""

    def __init__(self, text: str):
        self._text = text
        self._at = 0

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._text)

    @property
    def line_number(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def name(self) -> str | None:
        """The text before `=`; None for a comment or an empty line, "" where there is no `=`."""
        line = re.compile(r"[^\r\n]*").match(self._text, self._at)
        assert line
        content = line[0].strip(BLANKS)
        if not content or content[0] in "#;":
            self._at = line.end() + 1
            return None
        name, equals, _ = line[0].partition("=")
        self._at = line.end() + 1 if not equals else self._at + len(name) + 1
        return name.strip(BLANKS) if equals else ""

    def value(self) -> str:
        """The text after `=`, up to a newline that is neither quoted nor escaped."""
        parts: list[str] = []
        kept = 0  # length without trailing blanks
        is_bare = False  # quotes are quotes only before the first bare character
        for char in self._next():
            if char in NEWLINES:
                break
            if char == "\\":
                parts += self._escaped()
                is_bare, kept = True, len(parts)
            elif char in "'\"" and not is_bare:
                parts += self._single() if char == "'" else self._double()
                kept = len(parts)
            elif char not in BLANKS or is_bare:
                parts.append(char)
                is_bare = True
                kept = kept if char in BLANKS else len(parts)
        return "".join(parts[:kept])

    def _next(self) -> Iterator[str]:
        while not self.at_end:
            self._at += 1
            yield self._text[self._at - 1]

    def _escaped(self) -> list[str]:
        return [char for char in [next(self._next(), "")] if char not in NEWLINES]

    def _single(self) -> list[str]:
        return list(iter(lambda: next(self._next(), "'"), "'"))

    def _double(self) -> list[str]:
        parts: list[str] = []
        for char in self._next():
            if char == '"':
                break
            if char != "\\":
                parts.append(char)
            elif (escaped := next(self._next(), "")) in ESCAPED_IN_QUOTES:
                parts.append(escaped)
            elif escaped != "\n":
                parts += ["\\", escaped]
        return parts
