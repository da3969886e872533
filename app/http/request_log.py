"""The request log: a line for each request; refusals and faults always, successes only at level DEBUG.

While the database is away or maintenance is on, all requests are refused alike: that is one line a minute.
"""

from __future__ import annotations

import logging
import random
import re
from time import monotonic

from flask import Flask, Response, g, request

from app.logs.repeated_log import RepeatedLog

log = logging.getLogger(__name__)
_outage_log = RepeatedLog(log)
OUTAGES = frozenset(["UNAVAILABLE", "MAINTENANCE"])  # outcomes

HEADER = "X-Request-ID"
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def init_app(app: Flask) -> None:
    """Give every request an id, and log its outcome."""
    app.before_request(_begin_with_proxys_id if app.config["PULSE"].trusted_proxies else _begin)
    app.after_request(_end)


def _begin(name: str = "") -> None:
    about = g._get_current_object()  # each use of the proxy looks it up again
    about.began = monotonic()
    about.request_id = name or f"{random.getrandbits(64):016x}"  # it distinguishes requests, and is no secret


def _begin_with_proxys_id() -> None:
    # A trusted proxy may have named it already; any other client could make two requests look like one.
    given = request.headers.get(HEADER, "")
    _begin(given if REQUEST_ID.fullmatch(given) else "")


def _end(response: Response) -> Response:
    about = g._get_current_object()
    response.headers.add(HEADER, about.get("request_id", ""))
    level = _level(response.status_code, "outcome" in about)
    if about.get("outcome") in OUTAGES:
        _outage_log.warning(f"requests are refused: {about.outcome}")
        level = logging.DEBUG
    if log.isEnabledFor(level):
        milliseconds = round((monotonic() - about.get("began", monotonic())) * 1000, 1)
        details = {"status": response.status_code, "outcome": about.get("outcome", "OK"), "ms": milliseconds}
        log.log(level, "request", extra=details)
    return response


def _level(status: int, is_refusal: bool) -> int:
    if status >= 500:
        return logging.WARNING
    return logging.INFO if status >= 400 or is_refusal else logging.DEBUG
