"""The stream as any WSGI server can send it: a generator, which lets go of everything however it ends.

What a test leaves open fails it, so these need not look.
"""

import pytest
from frames import FrameParser
from posting import REALTIME

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def stream(mika):
    """A response whose body has not been asked for yet; the test's own client closes nothing by itself."""
    response = mika.get(REALTIME, headers=STREAM)
    yield response
    response.close()


def test_the_first_bytes_are_connected_and_stats(stream):
    frames = list(FrameParser().feed(next(stream.response)))
    assert [frame.event for frame in frames] == ["connected", "stats"]


def test_it_is_sent_as_it_comes(stream):
    assert (stream.status_code, stream.is_streamed, stream.content_length) == (200, True, None)


def test_a_client_that_left_before_the_first_byte(mika):
    mika.get(REALTIME, headers=STREAM).close()
    assert mika.get(REALTIME).get_json()["meta"]["connections"] == 0


def test_a_client_that_left_after_the_first_byte(mika):
    response = mika.get(REALTIME, headers=STREAM)
    next(response.response)
    assert mika.get(REALTIME).get_json()["meta"]["connections"] == 1
    response.close()
    assert mika.get(REALTIME).get_json()["meta"]["connections"] == 0


def test_an_event_is_the_next_thing_it_sends(mika, stream):
    body = stream.response
    next(body)
    posted = mika.post(REALTIME, json={"eventType": "user.active"}).get_json()
    assert posted["notified"] == 1
    parser = FrameParser()
    frame = next(frame for chunk in body for frame in parser.feed(chunk) if frame.event == "event")
    assert frame.json["eventId"] == posted["eventId"]


def test_closing_all_ends_it_with_a_goodbye(olivia, stream):
    body = stream.response
    next(body)
    assert olivia.delete(REALTIME).get_json()["closedCount"] == 1
    frames = list(FrameParser().feed(b"".join(body)))
    assert (frames[-1].event, frames[-1].json) == ("bye", {"reason": "closed-by-admin"})
