"""The reader that judges our frames reads the standard's own examples as the standard says."""

import pytest
from standard_parser import Dispatched, StandardParser

EXAMPLES = {
    "three lines of data": (
        b"data: YHOO\ndata: +2\ndata: 10\n\n",
        [Dispatched("message", "YHOO\n+2\n10", "")],
    ),
    "a comment, an id, an id reset, two blanks": (
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        [
            Dispatched("message", "first event", "1"),
            Dispatched("message", "second event", ""),
            Dispatched("message", " third event", ""),
        ],
    ),
    "empty data, and one that never ends": (
        b"data\n\ndata\ndata\n\ndata:",
        [Dispatched("message", "", ""), Dispatched("message", "\n", "")],
    ),
    "with and without a blank": (
        b"data:test\n\ndata: test\n\n",
        [Dispatched("message", "test", ""), Dispatched("message", "test", "")],
    ),
    "event types": (
        b"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n",
        [Dispatched("add", "73857293", ""), Dispatched("remove", "2153", "")],
    ),
}


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=["LF", "CR", "CRLF"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_standard(example, end):
    text, expected = EXAMPLES[example]
    whole = text.replace(b"\n", end)
    assert StandardParser().feed_all([whole]).dispatched == expected
    assert StandardParser().feed_all(bytes([byte]) for byte in whole).dispatched == expected


def test_marks_nulls_and_nonsense():
    parser = StandardParser().feed_all(
        ["\ufeffid: 7\nid: a\0b\nretry: 1e3\nretry: 25\ndata: ü\u2028\n\n".encode()]
    )
    assert parser.dispatched == [Dispatched("message", "ü\u2028", "7")]
    assert parser.reconnection_time == 25
