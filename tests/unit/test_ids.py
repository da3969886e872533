"""Identifiers that Pulse makes or reads: event ids, cursors, e-mail addresses, slugs."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.email_and_slug import is_slug, normal_email
from app.domain.ids import Cursor, connection_id, made_at, uuid7
from app.domain.instants import epoch_ms

NOT_CURSORS = [
    "",
    "a1b2c3d4",
    "a1b2c3d4-",
    "-812",
    "a1b2c3d-812",
    "a1b2c3d4e-812",
    "A1B2C3D4-812",
    "g1b2c3d4-812",
    "a1b2c3d4-0812",
    "a1b2c3d4--1",
    "a1b2c3d4-+1",
    "a1b2c3d4-1.0",
    "a1b2c3d4-1e3",
    " a1b2c3d4-812",
    "a1b2c3d4-812\n",
    "a1b2c3d4-8_12",
    "a1b2c3d4-٣",
    "a1b2c3d4-9223372036854775808",
    "a1b2c3d4-99999999999999999999999999",
]


@given(st.from_regex(r"[0-9a-f]{8}", fullmatch=True), st.integers(0, 2**63 - 1))
def test_cursor_round_trips(epoch, seq):
    assert Cursor.parse(str(Cursor(epoch, seq))) == Cursor(epoch, seq)


@pytest.mark.parametrize("text", NOT_CURSORS)
def test_invalid_cursor_is_refused(text):
    with pytest.raises(ValueError, match="not a cursor"):
        Cursor.parse(text)


def test_cursor_format():
    assert str(Cursor("a1b2c3d4", 812)) == "a1b2c3d4-812"


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_uuid7_version_variant_time(unix_ms, random):
    made = uuid.UUID(uuid7(unix_ms, random))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == unix_ms


@given(st.integers(0, 2**48 - 2), st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_uuid7s_sort_by_time(unix_ms, one, other):
    assert uuid7(unix_ms, one) < uuid7(unix_ms + 1, other)


def test_uuid7_of_known_parts():
    assert uuid7(0x0123456789AB, b"\xff" * 10) == "01234567-89ab-7fff-bfff-ffffffffffff"
    assert uuid7(0x0123456789AB, b"\x00" * 10) == "01234567-89ab-7000-8000-000000000000"


@given(st.integers(0, 2**41), st.binary(min_size=6, max_size=6))
def test_connection_id_has_time_and_suffix(unix_ms, random):
    assert re.fullmatch(rf"conn_{unix_ms}_[0-9a-z]{{6}}", connection_id(unix_ms, random))


def test_only_uuid7_has_a_time():
    made = datetime(2025, 12, 6, 12, tzinfo=UTC)
    event_id = uuid7(epoch_ms(made) + 999, bytes(range(10)))
    assert made_at(event_id) == made
    for other in (
        "",
        "a",
        event_id.upper(),
        f"{event_id} ",
        str(uuid.UUID(int=5, version=4)),
        "f" + event_id[1:],
    ):
        assert made_at(other) is None


LONGEST = "a" * 248 + "@b.com"


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("mika@acme.test", "mika@acme.test"),
        ("  Mika.O'Neil+pulse@Acme.Test\n", "mika.o'neil+pulse@acme.test"),
        ("admin@localhost", "admin@localhost"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        (LONGEST, LONGEST),
    ],
)
def test_email_is_lowercased(text, email):
    assert normal_email(text) == email


NO_PEOPLE = ["", "@", "mika", "@acme.test", "mika@", "a@b@c", "a b@c", "a@b..c", "a@-b", "a@b-", "a@b\0"]
TRICKS = ["é@b.c", "İ@b.c", "a\r\nBcc: x@y.z", "x" + LONGEST]


@pytest.mark.parametrize("text", NO_PEOPLE + TRICKS)
def test_invalid_email(text):
    assert normal_email(text) is None


@pytest.mark.parametrize("text", ["a", "7", "acme", "a-b", "a--b", "2026-team", "x" * 35])
def test_valid_slug(text):
    assert is_slug(text)


@pytest.mark.parametrize("text", ["", "-", "-a", "a-", "A", "a_b", "a.b", "a b", "é", "a\n", "a\0", "x" * 36])
def test_invalid_slug(text):
    assert not is_slug(text)
