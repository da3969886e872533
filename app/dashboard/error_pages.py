"""Error pages: a problem+json response becomes HTML where a browser navigates, and stays JSON for API clients."""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask, Response, current_app, request

from app.errors import Forbidden, Maintenance, NotFound, Unavailable
from app.http.accept_header import media_ranges

PROBLEM = "application/problem+json"
RELOAD_AFTER = 5  # seconds; a wall screen has no one to reload it
API_PATHS = ("/api/", "/assets/", "/static/")


class ErrorWords(NamedTuple):
    """The text of an error page, and whether trying again can help."""

    title: str
    text: str
    may_retry: bool = False


BY_CODE = {
    Forbidden.code: ErrorWords(
        "Access denied",
        "Your role in this workspace does not allow it. An owner can change that.",
    ),
    NotFound.code: ErrorWords(
        "Page not found",
        "Either there is no such page, or it belongs to a workspace you are not a member of.",
    ),
    Maintenance.code: ErrorWords(
        "Pulse is under maintenance",
        "It will be back soon, and this page tries again by itself. Recorded events are safe.",
        may_retry=True,
    ),
    Unavailable.code: ErrorWords(
        "Pulse is unavailable",
        "Its database does not answer. Recorded events are safe, and this page tries again by itself.",
        may_retry=True,
    ),
}
REFUSED = "Go back and try again, or start from your workspace."
BROKEN = "The error is in the server's log. Trying again may help."


def init_app(app: Flask) -> None:
    """Render the errors of pages as HTML."""
    app.after_request(_render_html)


def words_for(status: int, code: str, title: str) -> ErrorWords:
    """The words for a problem."""
    is_ours = status >= 500
    return BY_CODE.get(code) or ErrorWords(title, BROKEN if is_ours else REFUSED, may_retry=is_ours)


def _render_html(response: Response) -> Response:
    if response.status_code < 400 or response.mimetype != PROBLEM or request.path.startswith(API_PATHS):
        return response
    response.vary.add("Accept")
    if not _prefers_html():
        return response
    problem = response.get_json()
    words = words_for(response.status_code, problem["code"], problem["title"])
    reload_after = RELOAD_AFTER if response.status_code == 503 else None
    # Not render_template: its context brings the signed-in user, and the database may be what is broken.
    page = current_app.jinja_env.get_template("message.html")
    response.set_data(page.render(reload_after=reload_after, **words._asdict()))
    response.content_type = "text/html; charset=utf-8"
    return response


def _prefers_html() -> bool:
    return media_ranges(request).best_match([PROBLEM, "text/html"]) == "text/html"
