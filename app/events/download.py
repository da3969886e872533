"""Downloads with a reliable end: one that fails is cut off, so that clients see that it failed."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterable, Iterator
from socket import socket

from flask import Response, request

from app.errors import OldHttp

log = logging.getLogger(__name__)

RESPONSE_HEADERS = {"Content-Disposition": "The name of the file."}  # for the API's description
WRITE_TIMEOUT = 60.0  # seconds; a client that stops reading would hold its greenlet for ever


def download(parts: Iterable[bytes], *, name: str, content_type: str) -> Response:
    """The parts as a file. Raises OldHttp for HTTP/1.0, in which a cut looks like an end."""
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        raise OldHttp(
            "Downloads need HTTP/1.1: before it, one that breaks off looks like one that is complete."
        )
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(_all_or_cut(parts, request.environ.get("gunicorn.socket")), headers=headers)


def _all_or_cut(parts: Iterable[bytes], connection: socket | None) -> Iterator[bytes]:
    _set_timeout(connection, WRITE_TIMEOUT)
    try:
        yield from parts
    except Exception as error:
        log.warning("a download was cut off: %s", type(error).__name__)
        # gunicorn takes this for a client that is gone, and closes the connection without the last chunk.
        raise ConnectionResetError(errno.ECONNRESET, "the download cannot be completed") from error
    finally:
        _set_timeout(connection, None)


def _set_timeout(connection: socket | None, seconds: float | None) -> None:
    if connection is not None:
        connection.settimeout(seconds)
