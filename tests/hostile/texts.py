"""Hostile texts, and hostile values in JSON: each by the name of what it tries."""

from __future__ import annotations

import json

FORGED = "forged"  # no line of the log may have a field of this name
LINE = f'{{"event":"request","status":200,"{FORGED}":true}}'.encode()
SCRIPT = b'<script>alert("' + FORGED.encode() + b'")</script>'

# As bytes: in a query they are percent-encoded, in a header they stand as they are, in JSON they are text.
TEXTS: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b"  \t ",
    "a line of the log": b"x\r\n" + LINE + b"\r\n",
    "a line after a bare line feed": b"x\n" + LINE,
    "a line after a bare return": b"x\r" + LINE,
    "a header": b"x\r\nSet-Cookie: forged=1\r\nX-Forged: 1",
    "a whole answer": b"x\r\n\r\nHTTP/1.1 200 OK\r\nX-Forged: 1\r\n\r\n",
    "a frame": b'a.b\n\nevent: bye\ndata: {"reason":"forged"}\n\n',
    "other line ends": "x\u2028y\u2029z\u0085\x0b\x0c\x1c".encode(),
    "terminal commands": b"\x1b[2J\x1b]0;forged\x07",
    "a null character": b"a\x00b",
    "a null character in disguise": b"a%00b",
    "a byte that is no UTF-8": b"a\xffb",
    "UTF-8 that is too long": b"\xc0\xaf\xe0\x80\xaf",
    "half a surrogate pair in UTF-8": b"\xed\xa0\x80",
    "half a character": b"\xe2\x82",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "right to left": "\u202eforged\u2066".encode(),
    "accents without end": b"a" + "\u0301".encode() * 300,
    "a family": "👩\u200d👩\u200d👧".encode(),
    "digits of elsewhere": "１２３٤".encode(),
    "letters that look like others": "аcme".encode(),
    "letters that grow": "ﬃİß".encode(),
    "a script": SCRIPT,
    "an attribute": b'" onmouseover="alert(1)" x="',
    "SQL": b"' OR 1=1; DROP TABLE events; --",
    "SQL with a backslash": b"\\'; SELECT pg_sleep(30); --",
    "a formula": b'=HYPERLINK("http://x.test")',
    "a template": b"{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
    "a format": b"%s%n%(x)d{0.__class__.__mro__}",
    "a command": b"$(id);`id`|id&id",
    "a lookup": b"${jndi:ldap://127.0.0.1/x}",
    "an entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "a way up": b"../../../../etc/passwd",
    "a way up in disguise": b"..%2f..%5c%2e%2e/%252e%252e/",
    "a name from Python": b"__class__",
    "a prototype": b"__proto__",
    "a pattern": b"((a+)+)+$" + b"a" * 40 + b"!",
    "a wildcard": b"%_*?[a-z]",
    "null": b"null",
    "true": b"true",
    "not a number": b"NaN",
    "infinite": b"-Infinity",
    "minus one": b"-1",
    "nought": b"0",
    "minus nought": b"-0",
    "one too many": b"9223372036854775808",
    "one too few": b"-9223372036854775809",
    "a large power": b"1e999",
    "hexadecimal": b"0x10",
    "an underscore": b"1_000",
    "digits without end": b"9" * 2_000,
    "letters without end": b"x" * 3_000,
    "the first moment": b"0001-01-01T00:00:00+14:00",
    "the last moment": b"9999-12-31T23:59:59-14:00",
    "a leap second": b"2016-12-31T23:59:60Z",
    "a week": b"2025-W01-1T00:00:00Z",
    "a timezone that is a file": b"../UTC",
    "another URL": b"//forged.test/",
    "a URL with code": b"javascript:alert(1)",
    "commas": b"," * 200,
    "separators": b"&a=b;c=d#e?f",
    "an array in a name": b"[]=1&[$ne]=2",
}

# As they stand in a body.
LITERALS: dict[str, bytes] = {
    "null": b"null",
    "true": b"true",
    "nought": b"0",
    "minus nought": b"-0.0",
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "minus Infinity": b"-Infinity",
    "a float beyond all": b"1e999",
    "a float below all": b"1e-999",
    "an integer of 5,000 digits": b"9" * 5_000,
    "a negative one": b"-" + b"9" * 5_000,
    "one too many": b"9223372036854775808",
    "an empty list": b"[]",
    "an empty object": b"{}",
    "a list of all kinds": b'[null, true, 1, "a", [], {}]',
    "a list of a thousand": b"[" + b",".join([b"0"] * 1_000) + b"]",
    "a list too deep": b"[" * 12 + b"]" * 12,
    "a list deeper than any stack": b"[" * 20_000 + b"]" * 20_000,
    "an object too deep": b'{"a":' * 12 + b"1" + b"}" * 12,
    "a key twice": b'{"a": 1, "a": 2}',
    "a key of nothing": b'{"": {"": ""}}',
    "a key with a line end": b'{"a\\r\\n' + json.dumps(LINE.decode())[1:-1].encode() + b'": 1}',
    "a key with a null character": b'{"a\\u0000": 1}',
    "a key that is half a pair": b'{"\\udc00": 1}',
    "a key without end": b'{"' + b"k" * 5_000 + b'": 1}',
    "a thousand keys": b"{" + b",".join(b'"k%d":NaN' % number for number in range(1_000)) + b"}",
    "a prototype": b'{"__proto__": {"isAdmin": true}, "constructor": {"prototype": {}}}',
    "an operator": b'{"$ne": null, "$where": "1"}',
    "a null character": b'"\\u0000"',
    "half a surrogate pair": b'"\\ud800"',
    "the halves the wrong way round": b'"\\udc00\\ud800"',
    "a noncharacter": b'"\\uffff"',
    "a text that does not end": b'"a',
    "an escape that is none": b'"\\x41"',
    "a raw line end": b'"a\nb"',
}


def as_json(text: bytes) -> bytes:
    """A text as a JSON string, in UTF-8 where it can be."""
    return json.dumps(text.decode("utf-8", "replace")).encode()


VALUES: dict[str, bytes] = LITERALS | {f"text: {name}": as_json(text) for name, text in TEXTS.items()}
