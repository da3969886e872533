"""A last event id that is none of ours is refused, wherever it stands; one of ours is no reason to refuse."""

from urllib.parse import quote

import pytest
from posting import REALTIME

STREAM = {"Accept": "text/event-stream"}
MALFORMED = [
    "812",
    "a1b2c3d4",
    "a1b2c3d4-",
    "A1B2C3D4-1",
    "a1b2c3d4-01",
    "a1b2c3d4--1",
    "a1b2c3d4-1 x",
    "é-1",
]


def refusal(answer) -> tuple[int, str, str]:
    return answer.status_code, answer.mimetype, answer.get_json()["code"]


@pytest.mark.parametrize("text", [*MALFORMED, "a1b2c3d4-" + "9" * 30, "x" * 5000])
def test_a_malformed_cursor_is_refused(mika, text):
    expected = (400, "application/problem+json", "INVALID_CURSOR")
    assert refusal(mika.get(f"{REALTIME}?lastEventId={quote(text)}", headers=STREAM)) == expected
    if text.isascii():
        assert refusal(mika.get(REALTIME, headers={**STREAM, "Last-Event-ID": text})) == expected


def test_the_header_wins_also_when_it_is_the_one_that_is_wrong(mika):
    answer = mika.get(f"{REALTIME}?lastEventId=a1b2c3d4-1", headers={**STREAM, "Last-Event-ID": "nonsense"})
    assert refusal(answer) == (400, "application/problem+json", "INVALID_CURSOR")


def test_a_refused_stream_is_not_counted(mika):
    mika.get(f"{REALTIME}?lastEventId=nonsense", headers=STREAM)
    assert mika.get(REALTIME).get_json()["meta"]["connections"] == 0


def test_a_snapshot_takes_no_notice_of_a_cursor(mika):
    assert mika.get(REALTIME, headers={"Last-Event-ID": "nonsense"}).status_code == 200
