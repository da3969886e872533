"""Refusals of streams that clients come back from: 200, `retry:` and `bye`, and the end of the answer.

A browser's EventSource that gets any status but 200 is dead until its page is reloaded, so a limit that is full
for a moment, or a database that restarts, would end every dashboard that asks meanwhile. What another attempt
cannot change (400, 401, 403, 404, 406) stays as it is.
"""

from __future__ import annotations

import random

from flask import Response, request

from app.domain import sse
from app.errors import Maintenance, RateLimited, TooManyStreams
from app.http.accept_header import asks_for_stream

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
    "Vary": "Accept",
}
REASONS = {  # by the code of the problem; any other one is the server's own trouble
    TooManyStreams.code: "limit",
    RateLimited.code: "limit",
    Maintenance.code: "maintenance",
}
UNAVAILABLE = "unavailable"
# Seconds; longer than after a stream's end, since a refused client is likely to be refused again.
COME_BACK = (5.0, 15.0)
SPREAD = 5.0  # seconds after a time that is known, so that not all come at that very moment


def refuse_stream(reason: str, retry_after: float = 0.0) -> Response:
    """A stream that only says why there is none, and when to come back: not before `retry_after` seconds."""
    wait = max(random.uniform(*COME_BACK), retry_after + random.uniform(0, SPREAD) if retry_after else 0.0)
    return Response(sse.frame("bye", {"reason": reason}, retry=round(1000 * wait)), headers=HEADERS)


def convert_refusal(response: Response) -> Response:
    """In place of a temporary refusal (429, 5xx) of a request for a stream, the refusal that ends no EventSource.

    After the request, so that it does not matter who refused: the view, the authorization, maintenance, or an
    error handler because the database is away.
    """
    if (response.status_code != 429 and response.status_code < 500) or not _is_for_a_stream():
        return response
    code = (response.get_json(silent=True) or {}).get("code")
    known = response.headers.get("Retry-After", "")
    return refuse_stream(REASONS.get(code, UNAVAILABLE), float(known) if known.isdigit() else 0.0)


def _is_for_a_stream() -> bool:
    is_reading = request.endpoint == "live.realtime" and request.method in ("GET", "HEAD")
    return is_reading and asks_for_stream(request)
