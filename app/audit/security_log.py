"""Security log: one line for each sign-in, failed sign-in, change of password, token and session.

Without these lines, a guessing attack looks like typing errors, and a stolen session cannot be dated.
"""

from __future__ import annotations

import logging

from flask import has_request_context, request

from app.domain.client_address import client_network
from app.domain.email_and_slug import normal_email
from app.redis.rate_limits import fingerprint

log = logging.getLogger(__name__)


def note(event: str, **details: object) -> None:
    """Write `event`, such as `signed in`, with the client's network. Pass no secret and no e-mail address."""
    if has_request_context():
        details["network"] = client_network(request.remote_addr)
    log.info(event, extra={name: _plain(value) for name, value in details.items()})


def account(email: str) -> str:
    """A fingerprint of an e-mail address: the same each time, not reversible by a reader of the log."""
    return fingerprint(normal_email(email) or email)


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | type(None)) else str(value)
