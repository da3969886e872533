"""The limit of a body holds for every way to send one, also without a Content-Length."""

import io

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

LIMIT = 16 * 1024


def chunked(client, body: bytes):
    """Post as a server hands a chunked request on: no length, and a stream that ends by itself."""
    return client.post(
        "/api/auth/login",
        input_stream=io.BytesIO(body),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )


def of_size(size: int) -> bytes:
    return b"{}".ljust(size)


@pytest.mark.parametrize("size", [2, LIMIT - 1, LIMIT])
def test_chunked_body_within_limit_is_read(client, size):
    answer = chunked(client, of_size(size))
    assert answer.get_json()["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + 2, 3 * LIMIT, 40 * LIMIT])
def test_chunked_body_beyond_limit_is_refused(client, size):
    answer = chunked(client, of_size(size))
    assert (answer.status_code, answer.get_json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 422), (LIMIT + 1, 413), (40 * LIMIT, 413)])
def test_declared_length_has_same_limit(client, size, status):
    answer = client.post("/api/auth/login", data=of_size(size), content_type="application/json")
    assert answer.status_code == status


def test_body_shorter_than_declared(client):
    answer = client.post(
        "/api/auth/login",
        input_stream=io.BytesIO(b"{}"),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "50"},
    )
    assert (answer.status_code, answer.get_json()["code"]) == (400, "BAD_REQUEST")


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
BROKEN = [b"zz\r\n", b"-1\r\n", b"2\r\n{}", b"2\r\n{}\r\n", b"2\r\n{}XX0\r\n\r\n", b"2;\n{}\r\n"]


@pytest.mark.parametrize("chunks", BROKEN)
@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/api/auth/login", "application/json"), ("/login", "application/x-www-form-urlencoded")],
)
def test_malformed_chunks_are_a_400(client, path, content_type, chunks):
    as_gunicorn_reads_it = next(RequestParser(Config(), iter([HEAD + chunks]), ("127.0.0.1", 1))).body
    answer = client.post(
        path,
        content_type=content_type,
        environ_overrides={"wsgi.input": as_gunicorn_reads_it, "wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.get_json()["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/auth/login", "application/json"),
        ("/login", "application/x-www-form-urlencoded"),
        ("/api/workspaces/acme/analytics/realtime/batch", "application/x-ndjson"),
    ],
)
def test_compressed_bodies_are_refused(mika, path, kind):
    headers = {"Content-Encoding": "gzip", "Accept": "application/json"}
    answer = mika.post(path, data=b"\x1f\x8b", content_type=kind, headers=headers)
    assert (answer.status_code, answer.headers["Accept-Encoding"]) == (415, "identity")
    assert answer.get_json()["detail"] == "Leave Content-Encoding out: bodies are read as they come."


def test_identity_is_no_compression(client):
    answer = client.post("/api/auth/login", json={}, headers={"Content-Encoding": "identity"})
    assert answer.status_code == 422
