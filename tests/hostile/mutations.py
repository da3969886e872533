"""Random mutations of hostile requests; the same seed makes the same requests."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from hostile.case import Case
from hostile.texts import LITERALS, TEXTS

SIGNS = (b"\r\n", b"\r\n\r\n", b'"', b"\\", b"\x00", b"\xff", b"{", b"]", b"%")
TOKENS = (*TEXTS.values(), *LITERALS.values(), *SIGNS)
LARGEST = 60_000  # bytes of a request
LENGTH = re.compile(rb"(?<=\r\nContent-Length: )\d+", re.IGNORECASE)


def mutations(cases: Sequence[Case], seed: int) -> Iterator[Case]:
    """Without end."""
    chance = random.Random(seed)
    number = 0
    while True:
        case = chance.choice(cases)
        raw = case.raw
        for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
            raw = chance.choice(WAYS)(raw, chance, cases)[:LARGEST]
        if chance.random() < 0.8:  # else most would fail for their length alone
            raw = _measured(raw)
        number += 1
        yield Case(f"mutation {number} of seed {seed}, from {case.what}", raw)


def _flip(raw: bytes, chance: random.Random, _cases: Sequence[Case]) -> bytes:
    at = _place(raw, chance)
    return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :] if raw else b"\x00"


def _insert(raw: bytes, chance: random.Random, _cases: Sequence[Case]) -> bytes:
    at = _place(raw, chance)
    return raw[:at] + chance.choice(TOKENS) + raw[at:]


def _replace(raw: bytes, chance: random.Random, _cases: Sequence[Case]) -> bytes:
    """A word by a token."""
    words = list(re.finditer(rb"[\w.-]+", raw))
    if not words:
        return raw
    word = chance.choice(words)
    return raw[: word.start()] + chance.choice(TOKENS) + raw[word.end() :]


def _remove(raw: bytes, chance: random.Random, _cases: Sequence[Case]) -> bytes:
    at = _place(raw, chance)
    return raw[:at] + raw[at + chance.randrange(1, 40) :]


def _repeat(raw: bytes, chance: random.Random, _cases: Sequence[Case]) -> bytes:
    at = _place(raw, chance)
    return raw[:at] + raw[at : at + chance.randrange(1, 200)] * chance.randrange(2, 20) + raw[at:]


def _cut(raw: bytes, chance: random.Random, _cases: Sequence[Case]) -> bytes:
    return raw[: _place(raw, chance)]


def _splice(raw: bytes, chance: random.Random, cases: Sequence[Case]) -> bytes:
    other = chance.choice(cases).raw
    return raw[: _place(raw, chance)] + other[_place(other, chance) :]


def _other_body(raw: bytes, chance: random.Random, cases: Sequence[Case]) -> bytes:
    other = chance.choice(cases).raw
    return raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + other.partition(b"\r\n\r\n")[2]


WAYS = (_flip, _insert, _insert, _replace, _replace, _replace, _remove, _repeat, _cut, _splice, _other_body)


def _place(raw: bytes, chance: random.Random) -> int:
    return chance.randrange(len(raw)) if raw else 0


def _measured(raw: bytes) -> bytes:
    head, blank, body = raw.partition(b"\r\n\r\n")
    return LENGTH.sub(b"%d" % len(body), head, count=1) + blank + body
