"""Links to our pages, from PULSE_PUBLIC_URL: the Host header is the client's choice, and must not reach a mail."""

from __future__ import annotations

from flask import current_app, has_request_context, request


def link_to(path: str) -> str:
    """The whole link. Without the setting, with the host of this request: only for whoever sent it.

    At the command line and without the setting it is the path alone.
    """
    origins = current_app.config["PULSE"].public_origins
    if origins:
        return f"{origins[0]}{path}"
    return f"{request.host_url.rstrip('/')}{path}" if has_request_context() else path


def sends_mail() -> bool:
    """Whether there is a mail server, so that links need not be handed over."""
    return bool(current_app.config["PULSE"].smtp_url)
