"""Temporary refusals of streams: 200, `retry:` and `bye`, after which an EventSource reconnects.

A browser's EventSource that gets any status but 200 is dead until its page is reloaded, so a limit that is full
for a moment, or a database that restarts, would end every dashboard that connects meanwhile. What another attempt
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
REASONS = {  # by the code of the problem; any other one is UNAVAILABLE
    TooManyStreams.code: "limit",
    RateLimited.code: "limit",
    Maintenance.code: "maintenance",
}
UNAVAILABLE = "unavailable"
# Seconds; longer than after a stream's end, since a refused client is likely to be refused again.
RETRY_SECONDS = (5.0, 15.0)
RETRY_AFTER_JITTER = 5.0  # seconds beyond a `Retry-After`, so that not all clients come at that moment


def refuse_stream(reason: str, retry_after: float = 0.0) -> Response:
    """A response of one `bye` with the reason; its `retry:` is at least `retry_after` seconds."""
    wait = max(
        random.uniform(*RETRY_SECONDS),
        retry_after + random.uniform(0, RETRY_AFTER_JITTER) if retry_after else 0.0,
    )
    return Response(sse.frame("bye", {"reason": reason}, retry=round(1000 * wait)), headers=HEADERS)


def convert_refusal(response: Response) -> Response:
    """Turn a temporary refusal (429, 5xx) of a request for a stream into a `bye`.

    It runs after the request, so that it does not matter what refused: the view, the authorization, maintenance,
    or an error handler because the database is away.
    """
    if (response.status_code != 429 and response.status_code < 500) or not _is_for_stream():
        return response
    code = (response.get_json(silent=True) or {}).get("code", "")
    retry_after = response.headers.get("Retry-After", "")
    return refuse_stream(REASONS.get(code, UNAVAILABLE), float(retry_after) if retry_after.isdigit() else 0.0)


def _is_for_stream() -> bool:
    is_reading = request.endpoint == "live.realtime" and request.method in ("GET", "HEAD")
    return is_reading and asks_for_stream(request)
