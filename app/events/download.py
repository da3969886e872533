"""A download whose end can be trusted: whatever cannot be completed is cut off, never ended in order."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, request

from app.errors import OldHttp

log = logging.getLogger(__name__)

ATTACHED = {"Content-Disposition": "The name of the file."}  # for the API's description
STALLED = 60.0  # seconds for a part to be taken; a client that stops reading would hold its greenlet for ever


def download(parts: Iterable[bytes], *, name: str, content_type: str) -> Response:
    """The response that carries the parts as a file. Raises OldHttp where a cut could not be told from an end."""
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        raise OldHttp(
            "Downloads need HTTP/1.1: before it, one that breaks off looks like one that is complete."
        )
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(_all_or_cut(parts, request.environ.get("gunicorn.socket")), headers=headers)


def _all_or_cut(parts: Iterable[bytes], connection: Any) -> Iterator[bytes]:
    _limit(connection, STALLED)
    try:
        yield from parts
    except Exception as error:
        log.warning("a download was cut off: %s", type(error).__name__)
        # To the server, the client's connection is gone: it closes it without the last chunk.
        raise ConnectionResetError(errno.ECONNRESET, "the download cannot be completed") from error
    finally:
        _limit(connection, None)


def _limit(connection: Any, seconds: float | None) -> None:
    if connection is not None:
        connection.settimeout(seconds)
