"""What strict_json takes, and what it says of everything else."""

import contextlib
import json
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.strict_json import INTEGER_LIMIT, MAX_FAULTS, JsonError, faults, parse

TOO_BIG = f"Must be an integer between -{INTEGER_LIMIT} and {INTEGER_LIMIT}."
TOO_DEEP = "Must not be nested deeper than 10 levels."
NOT_FINITE = "Must be a finite number."
NULL_TEXT = "The text must not contain the null character (\\u0000)."


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


SYNTAX = [
    (b"", "The body is empty"),
    (b"{", "Expecting property name enclosed in double quotes at line 1 column 2"),
    (b'{"a":\n  x}', "Expecting value at line 2 column 3"),
    (b'{"a":1} 2', "Extra data at line 1 column 9"),
    (b'"abc', "Unterminated string starting at line 1 column 1"),
    (b'"\x01"', "Invalid control character at line 1 column 2"),
    (b"\xef\xbb\xbf{}", "The body starts with a byte order mark"),
    (b'{"a":"\xff"}', "Not UTF-8 at byte 6"),
    (b'"\xed\xa0\x80"', "Not UTF-8 at byte 1"),  # a surrogate encoded as if it were a character
    ('{"a":1}'.encode("utf-16"), "Not UTF-8 at byte 0"),
    (b'{"a":1,"b":{"c":1,"d":2,"c":3}}', 'The key "c" appears twice in one object'),
    (nested(100_000), "Nested too deeply"),
    (b'{"a":' * 100_000, "Nested too deeply"),
]


@pytest.mark.parametrize(("body", "message"), SYNTAX)
def test_invalid_json_has_a_position(body, message):
    with pytest.raises(JsonError) as refused:
        parse(body)
    assert str(refused.value) == message


VALUES = [
    (b"NaN", {"body": [NOT_FINITE]}),
    (b'{"a":NaN,"b":[1,Infinity,-Infinity]}', {"a": [NOT_FINITE], "b.1": [NOT_FINITE], "b.2": [NOT_FINITE]}),
    (b'{"eventData":{"a":[{"b":1e999}]}}', {"eventData.a.0.b": [NOT_FINITE]}),
    (b'{"a":"x\\u0000y"}', {"a": [NULL_TEXT]}),
    (b'["\\ud800"]', {"0": ["The text must not contain half of a surrogate pair (\\ud800)."]}),
    (b'["\\ude00\\ud83d"]', {"0": ["The text must not contain half of a surrogate pair (\\ude00)."]}),
    (b'{"a\\u0000":1}', {"a\ufffd": ["The key must not contain the null character (\\u0000)."]}),
    (
        b'{"\\udfff":"\\u0000"}',
        {"\ufffd": ["The key must not contain half of a surrogate pair (\\udfff).", NULL_TEXT]},
    ),
    (b'{"n":9223372036854775808}', {"n": [TOO_BIG]}),
    (b'{"n":-9223372036854775808}', {"n": [TOO_BIG]}),
    (b'{"n":' + b"9" * 5_000 + b"}", {"n": [TOO_BIG]}),
    (b'{"n":-' + b"9" * 5_000 + b"}", {"n": [TOO_BIG]}),
    (nested(11), {".".join("0" * 10): [TOO_DEEP]}),
    (nested(900), {".".join("0" * 10): [TOO_DEEP]}),
    (b'{"' + b"k" * 1_000 + b'":NaN}', {"k" * 64: [NOT_FINITE]}),
]


@pytest.mark.parametrize(("body", "expected"), VALUES)
def test_unstorable_value_has_a_path(body, expected):
    assert faults(parse(body)) == expected


HARMLESS = [
    b"null",
    b'{"eventType":"message.sent","eventData":{"n":9223372036854775807,"ok":true}}',
    b"[-9223372036854775807, 0.1, 1e22, -0.0]",
    b'"\\ud83d\\ude00 \\u0001 \xf0\x9f\x98\x80"',
    nested(10),
]


@pytest.mark.parametrize("body", HARMLESS)
def test_valid_json_is_unchanged(body):
    value = parse(body)
    assert faults(value) == {}
    assert value == json.loads(body)


def test_errors_are_bounded():
    found = faults(parse(b"[" + b"NaN," * 10_000 + b"NaN]"))
    assert list(found) == [str(index) for index in range(MAX_FAULTS)]


def test_max_depth_is_a_parameter():
    assert faults(parse(nested(3)), max_depth=2) == {"0.0": ["Must not be nested deeper than 2 levels."]}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec=None)), inner),
    max_leaves=20,
)


@given(ANYTHING)
def test_valid_value_round_trips(value):
    value = parse(json.dumps(value).encode())
    if faults(value):
        return
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    assert parse(text.encode("utf-8")) == value
    assert "\0" not in text


@given(st.binary(max_size=200))
def test_fuzzed_bytes_fail_cleanly(body):
    with contextlib.suppress(JsonError):
        value = parse(body)
        if not faults(value):
            assert value == json.loads(body.decode())


@given(st.floats(allow_infinity=True, allow_nan=True))
def test_finite_floats_pass(number):
    short = math.isfinite(number) and len(format(Decimal(repr(number)), "f")) <= 25
    assert (faults(number) == {}) == short


@pytest.mark.parametrize(
    ("text", "passes"),
    [("1e24", True), ("1e25", False), ("-1e24", False), ("1e-23", True), ("1e-24", False), ("5e-324", False)]
    + [
        (f"{sign}{number}", True)
        for sign in ("", "-")
        for number in ("1.2345678901234567e-6", "9.87654321e22")
    ],
)
def test_numbers_have_short_notation(text, passes):
    assert (faults(parse(text.encode())) == {}) == passes


def test_faults_in_long_lists_are_found():
    value = [0] * 1_000 + [math.nan] + ["a"] * 1_000 + [{"k\0": 1}]
    assert list(faults({"a": value})) == ["a.1000", "a.2001.k\N{REPLACEMENT CHARACTER}"]
