"""Answers of the API and the dashboard leave gzipped where asked: complete ones of 1 KB and more, to GET alone."""

import gzip
import json

import pytest
from posting import BATCH, EVENTS, REALTIME

GZIP = {"Accept-Encoding": "gzip, deflate"}
ANALYTICS = EVENTS.removesuffix("/events")
STREAM = {"Accept": "text/event-stream"}
TOKENS = "/api/workspaces/acme/tokens"


@pytest.fixture
def many(olivia):
    """Fifty events: more than 1 KB to list."""
    events = [{"eventType": "user.active", "sessionId": f"s-{number}"} for number in range(50)]
    answer = olivia.post(BATCH, json={"events": events}, headers=GZIP)
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize(
    "path",
    [EVENTS, "/api/openapi.json", f"{ANALYTICS}/event-types", f"{ANALYTICS}/history?metric=onlineUsers"],
)
def test_long_answer_is_gzipped(olivia, many, path):
    plain, zipped = olivia.get(path), olivia.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert int(zipped.headers["Content-Length"]) == len(zipped.data) < len(plain.data)
    assert json.loads(gzip.decompress(zipped.data)).keys() == plain.get_json().keys()
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in zipped.vary


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br", "gzip;q=0.5, identity;q=1", "*;q=0"])
def test_no_gzip_unless_accepted(olivia, many, accepted):
    answer = olivia.get(EVENTS, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert len(answer.get_json()["data"]) == 50


def test_short_answer_is_not_gzipped(olivia):
    assert "Content-Encoding" not in olivia.get("/api/auth/me", headers=GZIP).headers


def test_stream_is_never_gzipped(olivia, many):
    with olivia.get(REALTIME, headers=GZIP | STREAM) as stream:
        assert (stream.status_code, "Content-Encoding" in stream.headers) == (200, False)


def test_export_is_never_gzipped(olivia, many):
    with olivia.get(f"{EVENTS}/export", headers=GZIP) as answer:
        assert ("Content-Encoding" in answer.headers, len(answer.data.splitlines())) == (False, 50)


def test_answer_to_a_post_is_never_gzipped(olivia, many):
    assert len(many.data) > 1_024
    assert "Content-Encoding" not in many.headers
    made = olivia.post(TOKENS, json={"name": "n" * 100, "scopes": ["events:write"]}, headers=GZIP)
    assert (made.status_code, "Content-Encoding" in made.headers) == (201, False)


def test_head_describes_what_get_gives(olivia, many):
    got, head = (olivia.open(EVENTS, method=method, headers=GZIP) for method in ("GET", "HEAD"))
    for name in ("Content-Encoding", "Content-Length", "Vary"):
        assert head.headers[name] == got.headers[name]


def test_document_keeps_its_etag_in_weak_form(client):
    plain, zipped = client.get("/api/openapi.json"), client.get("/api/openapi.json", headers=GZIP)
    assert zipped.headers["ETag"] == f"W/{plain.headers['ETag']}"
    again = client.get("/api/openapi.json", headers=GZIP | {"If-None-Match": zipped.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_dashboard_is_gzipped(olivia):
    plain, zipped = olivia.get("/w/acme"), olivia.get("/w/acme", headers=GZIP)
    assert ("Content-Encoding" in plain.headers, zipped.headers["Content-Encoding"]) == (False, "gzip")
    assert gzip.decompress(zipped.data).endswith(plain.data[-100:])
    assert "Accept-Encoding" in zipped.vary


def test_length_of_a_gzipped_page_is_random(olivia):
    """A file name of random length is in the header, which flag 8 announces."""
    pages = [olivia.get("/w/acme", headers=GZIP).data for _ in range(8)]
    assert len({data.index(b"\0", 10) for data in pages if data[3] & 8}) > 2


def test_dashboard_holds_no_secret(app, olivia):
    """Neither the session nor anything that an attacker could use in its place."""
    page = olivia.get("/w/acme").text
    values = [cookie.value for cookie in olivia._cookies.values()]
    assert values
    assert not any(value in page for value in values)
    assert app.secret_key not in page
    assert 'type="hidden"' not in page


@pytest.mark.parametrize("path", ["/login", "/w/acme/tokens", "/w/acme/members", "/account"])
def test_other_pages_are_never_gzipped(olivia, path):
    answer = olivia.get(path, headers=GZIP | {"Accept": "text/html"})
    assert (answer.mimetype, "Content-Encoding" in answer.headers) == ("text/html", False)
