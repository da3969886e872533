"""Content negotiation of the realtime endpoint: stream or snapshot, HEAD, Vary, 406."""

import pytest
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
