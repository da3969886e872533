"""Frames are exactly the bytes that the standard asks for, and no text of a user's can break out of one."""

import math

import pytest
from frames import FrameParser
from hypothesis import given
from hypothesis import strategies as st

from app.domain import sse

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_a_frame_is_its_name_and_its_json():
    assert (
        sse.frame("ping", {"timestamp": 1764978000123})
        == b'event: ping\ndata: {"timestamp":1764978000123}\n\n'
    )


def test_retry_and_id_come_before_the_name():
    assert sse.frame("reset", {}, id="a1b2c3d4-7", retry=3127) == (
        b"retry: 3127\nid: a1b2c3d4-7\nevent: reset\ndata: {}\n\n"
    )


@given(st.dictionaries(st.text(), json_values))
def test_whatever_the_data_say_they_stay_one_frame_with_one_line_of_data(data):
    (frame,) = FrameParser().feed(sse.frame("event", data, id="a1b2c3d4-1"))
    assert (frame.event, frame.id, frame.json) == ("event", "a1b2c3d4-1", data)
    assert frame.raw.count(b"\n") == 4
    assert b"\r" not in frame.raw


def test_line_ends_in_a_text_are_escaped():
    evil = "x\n\nevent: bye\ndata: {}\r\u2028\u2029\x85"
    frame = sse.frame("event", {"name": evil})
    assert len(list(FrameParser().feed(frame))) == 1
    assert frame.isascii()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused_not_sent_to_every_dashboard(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        sse.frame("stats", {"value": number})
