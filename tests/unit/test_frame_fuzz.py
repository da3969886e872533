"""Frames of any content: a reader built from the standard gets exactly them, also when they are cut."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from bodies import Chunked
from hypothesis import given
from hypothesis import strategies as st
from standard_parser import Dispatched, StandardParser

from app.domain import sse
from app.domain.event import event_frame
from app.domain.ids import Cursor
from app.domain.stats import Stats

# Every kind of line end, separator, mark and lone half of a character that has ever broken a parser.
NASTY = [
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "\u2028",
    "\u2029",
    "\x85",
    "\x0b",
    "\0",
    "\ufeff",
    "\ud800",
    ":",
    "data: x\n\n",
    "id",
]
texts = st.lists(st.text(st.characters(), max_size=8) | st.sampled_from(NASTY), max_size=6).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
payloads = st.dictionaries(texts, values, max_size=4)
cursors = st.builds(Cursor, st.from_regex(r"\A[0-9a-f]{8}\Z"), st.integers(0, 2**63 - 1))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
ABOUT = ["channelId", "taskId", "orchestratorId"]
OUR_NAMES = [
    "connected",
    "stats",
    "event",
    "ping",
    "reset",
    "bye",
    "degraded",
    "recovered",
    "alert",
    "annotation",
]


@st.composite
def frames(draw) -> tuple[bytes, str, dict, Cursor | None, int | None]:
    """A frame and what went into it."""
    name, data = draw(st.sampled_from(OUR_NAMES)), draw(payloads)
    cursor, retry = draw(st.none() | cursors), draw(st.none() | st.integers(0, 60_000))
    frame = sse.frame(name, data, id="" if cursor is None else str(cursor), retry=retry)
    return frame, name, data, cursor, retry


@st.composite
def cut_up(draw, whole: bytes) -> list[bytes]:
    """The same bytes as a network may deliver them."""
    places = sorted(draw(st.sets(st.integers(0, len(whole)), max_size=8)))
    return [whole[start:end] for start, end in zip([0, *places], [*places, len(whole)], strict=True)]


@given(st.lists(frames(), max_size=5), st.data())
def test_standard_parser_reads_our_frames(made, data):
    whole = b"".join(frame for frame, *_ in made)
    parser = StandardParser().feed_all(data.draw(cut_up(whole)))
    last_id, expected = "", []
    for _, name, payload, cursor, _ in made:
        last_id = last_id if cursor is None else str(cursor)
        expected.append((name, payload, last_id))
    assert [(one.type, json.loads(one.data), one.last_event_id) for one in parser.dispatched] == expected
    assert parser.last_event_id == last_id
    times = [retry for *_, retry in made if retry is not None]
    assert parser.reconnection_time == (times[-1] if times else None)


@given(st.lists(frames(), min_size=1, max_size=4), st.data())
def test_chunks_hold_whole_frames(made, data):
    """Feeding joins frames into one chunk, pushing sends each in one of its own; a client cannot tell."""
    raw = [frame for frame, *_ in made]
    at = data.draw(st.integers(0, len(raw)))
    body = b"".join(sse.chunk(part) for part in (b"".join(raw[:at]), *raw[at:]) if part) + sse.LAST_CHUNK
    decoder = Chunked()
    content = b"".join(decoder.feed(piece) for piece in data.draw(cut_up(body)) if piece)
    assert decoder.ended
    assert content == b"".join(raw)


@given(cursors, texts, st.uuids(), moments, texts, payloads, st.dictionaries(st.sampled_from(ABOUT), values))
def test_event_texts_round_trip(cursor, event_type, user, occurred_at, event_id, data, about):
    raw = event_frame(cursor.epoch, cursor.seq, event_type, user, occurred_at, event_id, data | about)
    parser = StandardParser().feed_all([raw])
    [dispatched] = parser.dispatched
    assert (dispatched.type, dispatched.last_event_id) == ("event", str(cursor))
    told = json.loads(dispatched.data)
    assert {name: told[name] for name in told if name in ABOUT} == {
        name: value for name, value in about.items() if isinstance(value, str) and 1 <= len(value) <= 200
    }
    assert [name for name in told if name not in ABOUT] == ["eventType", "userId", "timestamp", "eventId"]
    assert (told["eventType"], told["eventId"], told["userId"]) == (event_type, event_id, str(user))
    told_at = datetime.fromisoformat(told["timestamp"])
    assert timedelta(0) <= occurred_at - told_at < timedelta(milliseconds=1)
    assert Cursor.parse(dispatched.last_event_id) == cursor


@given(st.dictionaries(texts, st.integers(0), max_size=5), cursors)
def test_stats_are_one_frame_without_id(counts, cursor):
    stats = Stats({"eventCounts": counts, "timestamp": "2025-12-06T12:00:00.000Z"}, cursor)
    raw = stats.frame()
    [dispatched] = StandardParser().feed_all([raw]).dispatched
    assert dispatched == Dispatched("stats", dispatched.data, "")
    assert json.loads(dispatched.data)["eventCounts"] == counts


@given(frames())
def test_frames_are_ascii(made):
    frame, _, _, cursor, retry = made
    assert frame.isascii()
    assert frame.endswith(b"\n\n")
    assert frame.count(b"\n") == 3 + (cursor is not None) + (retry is not None)
    assert not set(frame) & {0, 0x0B, 0x0C, 0x0D}


def test_retry_and_id_come_before_the_name():
    assert sse.frame("reset", {"at": 1}, id="a1b2c3d4-7", retry=3127) == (
        b'retry: 3127\nid: a1b2c3d4-7\nevent: reset\ndata: {"at":1}\n\n'
    )


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_lacks_are_refused(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        sse.frame("stats", {"value": number})


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


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=6), st.data())
def test_cut_event_is_completed(payloads, data):
    chunks = [sse.chunk(payload) for payload in payloads]
    whole = b"".join(chunks)
    sent = data.draw(st.integers(0, len(whole)))
    begun, rest = sse.split_sent(whole, sent)
    assert whole[:sent] + rest == b"".join(chunks[:begun])
    assert whole[:sent] + rest + b"".join(chunks[begun:]) == whole
    assert len(rest) < max(map(len, chunks))
