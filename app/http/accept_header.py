"""The `Accept` header of a request: the one place that decides between event stream and JSON.

The endpoint and the cross-site check call the same function: a request that the check takes for JSON must not be
answered with a stream.
"""

from __future__ import annotations

from flask import Request
from werkzeug.datastructures import MIMEAccept

from app.domain.negotiation import STREAM, Format, choose_format, without_parameters


def asks_for_stream(request: Request) -> bool:
    """Whether an event stream is what this request prefers."""
    # Most requests do not name it, and each of them passes here.
    if STREAM not in request.headers.get("Accept", "").lower():
        return False
    return accepted_format(request) is Format.STREAM


def accepted_format(request: Request) -> Format | None:
    """Stream or JSON; None if the request accepts neither."""
    return choose_format(request.accept_mimetypes)


def media_ranges(request: Request) -> MIMEAccept:
    """The accepted media ranges without parameters, which no type of ours has."""
    return MIMEAccept([(without_parameters(name), quality) for name, quality in request.accept_mimetypes])
