"""A cursor of unknown form: a reset where a browser repeats it, 400 where a program put it into the address."""

from urllib.parse import quote

import pytest
from frames import FrameParser
from posting import REALTIME

STREAM = {"Accept": "text/event-stream"}
MALFORMED = ["812", "a1b2c3d4-01", "A1B2C3D4-1", "a1b2c3d4-1 x"]  # all forms: unit/test_ids.py


def refusal(answer) -> tuple[int, str, str]:
    return answer.status_code, answer.mimetype, answer.get_json()["code"]


@pytest.mark.parametrize("text", [*MALFORMED, "é-1", "x" * 5000])
def test_malformed_parameter_is_refused(mika, text):
    expected = (400, "application/problem+json", "INVALID_CURSOR")
    assert refusal(mika.get(f"{REALTIME}?lastEventId={quote(text)}", headers=STREAM)) == expected


@pytest.mark.parametrize("text", [*MALFORMED, "x" * 5000])
def test_malformed_header_is_a_reset(mika, text):
    """Of another system at the same address, say: any other status would end an EventSource for good."""
    with mika.get(REALTIME, headers={**STREAM, "Last-Event-ID": text}) as answer:
        connected, _stats, reset = FrameParser().feed(next(answer.response))
    assert (connected.id, reset.event) == (None, "reset")
    assert reset.id == connected.json["lastEventId"] == mika.get(REALTIME).get_json()["meta"]["lastEventId"]


def test_malformed_header_beats_parameter(mika):
    path = f"{REALTIME}?lastEventId={mika.get(REALTIME).get_json()['meta']['lastEventId']}"
    with mika.get(path, headers={**STREAM, "Last-Event-ID": "nonsense"}) as answer:
        assert [frame.event for frame in FrameParser().feed(next(answer.response))][-1] == "reset"


def test_refused_stream_is_not_counted(mika):
    mika.get(f"{REALTIME}?lastEventId=nonsense", headers=STREAM)
    assert mika.get(REALTIME).get_json()["meta"]["connections"] == 0


def test_snapshot_ignores_a_cursor(mika):
    assert mika.get(REALTIME, headers={"Last-Event-ID": "nonsense"}).status_code == 200
