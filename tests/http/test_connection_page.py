"""The page at /w/<slug>/connections: open streams are listed, and closed by forms alone."""

import re

import pytest
from posting import REALTIME

from app.dashboard.connection_page import client_words, closed_words, lag_words

PAGE = "/w/acme/connections"
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def stream(mika):
    """Mika's stream."""
    with mika.get(REALTIME, headers=STREAM) as stream:
        next(stream.response)
        yield stream


def closing_path(olivia) -> str:
    [path] = re.findall(rf'href="({PAGE}/conn_[^"]+/close)"', olivia.get(PAGE).text)
    return path


def test_list_says_who_listens_and_how(olivia, stream):
    page = olivia.get(PAGE).text
    for words in ("Mika", "member", "127.0.0.1", "Just now", "Up to date", "Close Mika’s stream from"):
        assert words in page
    assert "You" not in re.findall(r'<span class="tag">(.*?)</span>', page)


def test_own_stream_is_marked(olivia):
    with olivia.get(REALTIME, headers=STREAM) as own:
        next(own.response)
        assert '<span class="tag">You</span>' in olivia.get(PAGE).text


def test_empty_list(olivia):
    page = olivia.get(PAGE).text
    assert "No open streams" in page
    assert "Close all" not in page


def test_closing_is_confirmed_first(olivia, stream):
    path = closing_path(olivia)
    page = olivia.get(path).text
    assert "Close the stream of Mika?" in page
    assert "127.0.0.1" in page
    assert closing_path(olivia) == path
    answer = olivia.post(path)
    assert (answer.status_code, answer.location) == (303, f"{PAGE}?done=closed&count=1")
    assert b'"closed-by-admin"' in b"".join(stream.response)
    assert "One stream is closed." in olivia.get(answer.location).text
    assert "It had ended already." in olivia.get(olivia.post(path).location).text
    stream.close()
    assert olivia.get(path).location == f"{PAGE}?done=closed&count=0"


def test_all_streams_are_closed(olivia, vera, stream):
    assert "Close the one stream there is?" in olivia.get(f"{PAGE}/close").text
    with vera.get(REALTIME, headers=STREAM) as veras:
        next(veras.response)
        assert "Close all 2 streams?" in olivia.get(f"{PAGE}/close").text
        answer = olivia.post(f"{PAGE}/close")
        assert "2 streams are closed." in olivia.get(answer.location).text
        for one in (stream, veras):
            assert b'"closed-by-admin"' in b"".join(one.response)
    [entry] = olivia.get("/api/workspaces/acme/audit?limit=1").get_json()["data"]
    assert (entry["action"], entry["details"]) == ("streams.closed", {"count": 2})


@pytest.mark.parametrize("count", ["", "-1", "x", "9" * 5000, "²"])
def test_count_of_an_address_is_never_trusted(olivia, count):
    assert "It had ended already." in olivia.get(PAGE, query_string={"done": "closed", "count": count}).text


def test_words():
    assert client_words({"via": "session", "client": "Firefox on Linux"}) == "Firefox on Linux"
    assert client_words({"via": "token", "client": "Wall screen"}) == "token “Wall screen”"
    assert client_words({"via": "session", "client": ""}) == "unknown browser"
    assert lag_words(0, 0) == "Up to date"
    assert lag_words(1, 0) == "1 event behind"
    assert lag_words(1200, 12.5) == "1,200 events behind, for 12.5 s"
    assert [closed_words(count) for count in ("0", "1", "2000")] == [
        "It had ended already.",
        "One stream is closed.",
        "2,000 streams are closed.",
    ]
