"""The realtime endpoint: content negotiation, HEAD, Vary, 406, and cursors."""

from urllib.parse import quote

import pytest
from frames import FrameParser
from posting import REALTIME

STREAM = "text/event-stream; charset=utf-8"
JSON = "application/json"
CASES = [
    ("text/event-stream;charset=utf-8", STREAM),
    ("text/event-stream;q=0.1, application/json", JSON),
    ("application/json;q=0.5, text/event-stream;q=0.5", STREAM),
    ("text/html, */*;q=0.1", JSON),
]


@pytest.mark.parametrize(("accept", "content_type"), CASES)
def test_get_and_head_agree_on_format_and_vary(mika, accept, content_type):
    with mika.get(REALTIME, headers={"Accept": accept}) as answer:
        head = mika.head(REALTIME, headers={"Accept": accept})
        counted = mika.get(REALTIME).get_json()["meta"]["connections"]
    assert (
        (answer.status_code, answer.content_type)
        == (head.status_code, head.content_type)
        == (200, content_type)
    )
    assert "Accept" in answer.headers["Vary"]
    assert _comparable(head) == _comparable(answer)
    assert head.data == b""
    assert counted == (1 if content_type == STREAM else 0), "HEAD registers nothing"


def _comparable(answer):
    """Its headers, but for those that differ from one answer to the next; a Content-Length only by being there."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if "content-length" in headers:
        headers["content-length"] = "some"
    return {name: value for name, value in headers.items() if name != "x-request-id"}


def test_head_with_bad_parameter_is_refused(mika):
    for query in ("?lastEventId=nonsense", "?metrics=nonsense"):
        answers = [
            ask(f"{REALTIME}{query}", headers={"Accept": "text/event-stream"})
            for ask in (mika.get, mika.head)
        ]
        assert [answer.status_code for answer in answers] == [400, 400]


@pytest.mark.parametrize("accept", ["application/xml", "text/html", "application/json;q=0"])
def test_neither_form_accepted_is_406(mika, accept):
    answer = mika.get(REALTIME, headers={"Accept": accept})
    assert (answer.status_code, answer.get_json()["code"]) == (406, "NOT_ACCEPTABLE")
    assert "Accept" in answer.headers["Vary"]


AS_STREAM = {"Accept": "text/event-stream"}
MALFORMED = ["812", "a1b2c3d4-01", "A1B2C3D4-1", "a1b2c3d4-1 x"]  # all forms: unit/test_ids.py


def refusal(answer) -> tuple[int, str, str]:
    return answer.status_code, answer.mimetype, answer.get_json()["code"]


@pytest.mark.parametrize("text", [*MALFORMED, "é-1", "x" * 5000])
def test_malformed_parameter_is_refused(mika, text):
    expected = (400, "application/problem+json", "INVALID_CURSOR")
    assert refusal(mika.get(f"{REALTIME}?lastEventId={quote(text)}", headers=AS_STREAM)) == expected


@pytest.mark.parametrize("text", [*MALFORMED, "x" * 5000])
def test_malformed_header_is_a_reset(mika, text):
    """Of another system at the same address, say: any other status would end an EventSource for good."""
    with mika.get(REALTIME, headers={**AS_STREAM, "Last-Event-ID": text}) as answer:
        connected, _stats, reset = FrameParser().feed(next(answer.response))
    assert (connected.id, reset.event) == (None, "reset")
    assert reset.id == connected.json["lastEventId"] == mika.get(REALTIME).get_json()["meta"]["lastEventId"]


def test_malformed_header_beats_parameter(mika):
    path = f"{REALTIME}?lastEventId={mika.get(REALTIME).get_json()['meta']['lastEventId']}"
    with mika.get(path, headers={**AS_STREAM, "Last-Event-ID": "nonsense"}) as answer:
        assert [frame.event for frame in FrameParser().feed(next(answer.response))][-1] == "reset"


def test_refused_stream_is_not_counted(mika):
    mika.get(f"{REALTIME}?lastEventId=nonsense", headers=AS_STREAM)
    assert mika.get(REALTIME).get_json()["meta"]["connections"] == 0


def test_snapshot_ignores_a_cursor(mika):
    assert mika.get(REALTIME, headers={"Last-Event-ID": "nonsense"}).status_code == 200
