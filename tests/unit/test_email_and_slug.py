"""Which texts may be an e-mail address or a slug."""

import pytest

from app.domain.email_and_slug import is_slug, normal_email

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
