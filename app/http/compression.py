"""Content encoding: answers of the API leave gzipped where the client accepts it, and so do pages without secrets.

Only what answers a GET and is complete: streams and exports go out in pieces, which a compressor would hold back,
and what answers a POST may hold a secret (a new token, an invitation), which could be guessed by the length of a
compressed answer that also repeats what was sent (BREACH). HTML is left out for the same reason, except for pages
without a secret (`CompressiblePage`), whose length is padded at random.
"""

from __future__ import annotations

import gzip
import io
import secrets
from functools import lru_cache

import gevent
from flask import Flask, Response, request
from werkzeug.datastructures import Accept

from app.http.security_headers import ProtectedResponse

MIN_SIZE = 1_024  # bytes; below, no packet is saved
TYPES = ("application/json", "application/problem+json", "text/csv", "text/plain")
LEVEL = 3  # of 190 KB: 37 KB in 1 ms; level 6 takes twice as long for 34 KB
THREAD_SIZE = 32 * 1024  # bytes; from here on a thread compresses, and the event loop goes on
MAX_PAD = 100  # bytes, as in Django's GZipMiddleware


class CompressiblePage(ProtectedResponse):
    """A page of HTML that may be compressed: it holds no token, password or link that opens anything (BREACH)."""


def init_app(app: Flask) -> None:
    """Compress this app's answers."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    # Posts, which are many, leave at the first condition.
    if request.method not in ("GET", "HEAD") or not _is_eligible(response):
        return response
    response.vary.add("Accept-Encoding")
    if accepts_gzip(request.accept_encodings):
        is_page = isinstance(response, CompressiblePage)
        response.set_data(_gzip(response.get_data(), _pad()) if is_page else _compressed(response))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _is_eligible(response: Response) -> bool:
    return (
        response.is_sequence
        and (response.mimetype in TYPES or isinstance(response, CompressiblePage))
        and (response.content_length or 0) >= MIN_SIZE
        and "Content-Encoding" not in response.headers
        and "Set-Cookie" not in response.headers
    )


def accepts_gzip(accepted: Accept) -> bool:
    """Whether an Accept-Encoding header wants gzip at least as much as no encoding."""
    plain = max((quality for name, quality in accepted if name == "identity"), default=0)
    return accepted["gzip"] > 0 and accepted["gzip"] >= plain


def _compressed(response: Response) -> bytes:
    body, (tag, is_weak) = response.get_data(), response.get_etag()
    if tag is None:
        return _gzip(body)
    response.set_etag(tag, weak=True)  # other bytes, same meaning
    return _gzip(body) if is_weak else _gzip_cached(tag, body)


@lru_cache(maxsize=8)
def _gzip_cached(_tag: str, body: bytes) -> bytes:
    """A response with a strong tag is a document that is the same for all clients, so it is compressed once."""
    return _gzip(body)


def _pad() -> str:
    """A file name in the gzip header, which clients ignore: the length of a page says little of what is in it."""
    return "p" * secrets.randbelow(MAX_PAD + 1)


def _gzip(body: bytes, name: str = "") -> bytes:
    if len(body) < THREAD_SIZE:
        return _gzip_now(body, name)
    return gevent.get_hub().threadpool.apply(_gzip_now, (body, name))


def _gzip_now(body: bytes, name: str) -> bytes:
    compressed = io.BytesIO()
    with gzip.GzipFile(name, "wb", LEVEL, compressed, mtime=0) as file:
        file.write(body)
    return compressed.getvalue()
