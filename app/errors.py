"""Our exceptions, and the one table that maps them to answers (problem documents, RFC 9457)."""

from __future__ import annotations

import logging
from typing import ClassVar

import psycopg2
from flask import Flask, Response, g, json, request
from psycopg2.errors import QueryCanceled
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)

Errors = dict[str, list[str]]


class ConfigError(Exception):
    """A setting is missing or wrong; the text is one line that names it."""


class Problem(Exception):
    """An outcome with a name, a status and words for the client. Subclasses are the table."""

    status = 500
    code = "INTERNAL"
    title = "Something went wrong on the server"
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, detail: str = "", *, errors: Errors | None = None, retry_after: int | None = None):
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after


class InvalidJson(Problem):
    status, code, title = 400, "INVALID_JSON", "The body is not valid JSON"


class InvalidCursor(Problem):
    status, code, title = 400, "INVALID_CURSOR", "The last event id is not one of ours"


class InvalidParameter(Problem):
    status, code, title = 400, "INVALID_PARAMETER", "A query parameter is wrong"


class AuthRequired(Problem):
    status, code, title = 401, "AUTH_REQUIRED", "Sign in first"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}  # a browser shows no prompt for this one


class BadCredentials(Problem):
    status, code, title = 401, "BAD_CREDENTIALS", "The e-mail address or the password is wrong"


class Forbidden(Problem):
    status, code, title = 403, "FORBIDDEN", "Your role does not allow this"


class MissingScope(Problem):
    status, code, title = 403, "FORBIDDEN", "The token does not allow this"


class CrossSite(Problem):
    status, code, title = 403, "CROSS_SITE", "This request came from another site"


class NotFound(Problem):
    status, code, title = 404, "NOT_FOUND", "There is no such thing, or it is not yours"


class NotAcceptable(Problem):
    status, code, title = 406, "NOT_ACCEPTABLE", "None of the accepted types can be served"
    headers: ClassVar = {"Vary": "Accept"}


class PayloadTooLarge(Problem):
    status, code, title = 413, "PAYLOAD_TOO_LARGE", "The body is too large"


class UnsupportedType(Problem):
    status, code, title = 415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json"


class InvalidEvent(Problem):
    status, code, title = 422, "INVALID_EVENT", "The event is not valid"


class InvalidInput(Problem):
    status, code, title = 422, "INVALID_INPUT", "Some fields are not valid"


class TooCostly(Problem):
    status, code, title = 422, "TOO_COSTLY", "This would make the database read too much"


class TooManyMetrics(Problem):
    status, code, title = 422, "TOO_MANY_METRICS", "The workspace has as many custom metrics as it may have"


class TooManyStreams(Problem):
    status, code, title = 503, "TOO_MANY_STREAMS", "This server has no room for another stream"


class TooManyOfYours(Problem):
    status, code, title = 429, "TOO_MANY_STREAMS", "Too many streams are open already"


class RateLimited(Problem):
    status, code, title = 429, "RATE_LIMITED", "Too often in too short a time"

    def __init__(self, name: str, amount: int, seconds: int, wait: int):
        """`amount` in `seconds` is the limit called `name`; in `wait` seconds it allows one more."""
        super().__init__(f"At most {amount} in {seconds} seconds; try again in {wait}.", retry_after=wait)
        # draft-ietf-httpapi-ratelimit-headers
        self.headers = {  # type: ignore[misc]
            "RateLimit-Policy": f'"{name}";q={amount};w={seconds}',
            "RateLimit": f'"{name}";r=0;t={wait}',
        }


class TooManyExports(Problem):
    status, code, title = 503, "TOO_MANY_EXPORTS", "Other exports are under way; try again when one has ended"


class TookTooLong(Problem):
    status, code, title = 503, "TOOK_TOO_LONG", "The database took too long over this, and was stopped"


class OldHttp(Problem):
    status, code, title = 505, "HTTP_VERSION_NOT_SUPPORTED", "This needs HTTP/1.1 or newer"


class AlreadyExists(Problem):
    status, code, title = 409, "ALREADY_EXISTS", "There is one already"


class LastOwner(Problem):
    status, code, title = 409, "LAST_OWNER", "A workspace needs an owner, and this is its last"


class Conflicting(Problem):
    status, code, title = 409, "IDEMPOTENCY_CONFLICT", "This event id already stands for another event"


class OutcomeUnknown(Problem):
    status, code = 503, "OUTCOME_UNKNOWN"
    title = "The database went away during the commit; send it again with the same eventId"


class Overloaded(Problem):
    status, code, title = 503, "OVERLOADED", "Too many events are waiting; nothing was stored"


class Maintenance(Problem):
    status, code, title = 503, "MAINTENANCE", "The service is being maintained"


class Unavailable(Problem):
    status, code, title = 503, "UNAVAILABLE", "The service cannot do this right now; nothing was stored"


# What other libraries raise, in our words. HTTPException is handled apart: it brings its own status.
HTTP_CODES = {
    400: "BAD_REQUEST",
    404: NotFound.code,
    405: "METHOD_NOT_ALLOWED",
    406: NotAcceptable.code,
    413: PayloadTooLarge.code,
    415: UnsupportedType.code,
}
# psycopg2's own come through where SQLAlchemy does not wrap them: at the edges of a transaction.
DATABASE_AWAY = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
)


def problem_response(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    errors: Errors | None = None,
    retry_after: int | None = None,
) -> Response:
    """A problem document; `errors` maps dotted field names to messages, `retry_after` is seconds."""
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "code": code}
    g.outcome = code  # for the log and the metrics
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    headers = {"Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Response(json.dumps(body), status, headers, mimetype="application/problem+json")


def init_app(app: Flask) -> None:
    """Answer every error of this app with a problem document, without internals."""
    app.register_error_handler(Problem, _answer_problem)
    app.register_error_handler(HTTPException, _answer_http)
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, _answer_database_away)
    app.register_error_handler(Exception, _answer_bug)


def _answer_problem(error: Problem) -> Response:
    response = problem_response(
        error.status, error.code, error.title, error.detail, error.errors, error.retry_after
    )
    response.headers.update(error.headers)
    return response


def _answer_http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:  # a redirect is an answer, not a problem
        return error.get_response()  # type: ignore[return-value]
    code = HTTP_CODES.get(error.code, error.name.upper().replace(" ", "_"))
    response = problem_response(error.code, code, error.name)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _answer_database_away(error: Exception) -> Response:
    if isinstance(getattr(error, "orig", None), QueryCanceled):  # by its time limit
        log.warning("query took too long: %s %s", request.method, request.path)
        return _answer_problem(
            TookTooLong("Asking for less may help: a shorter stretch of time.", retry_after=5)
        )
    log.warning("database away: %s %s: %s", request.method, request.path, type(error).__name__)
    return _answer_problem(Unavailable("The database is not answering.", retry_after=2))


def _answer_bug(error: Exception) -> Response:
    log.exception("unhandled error: %s %s", request.method, request.path, exc_info=error)
    return _answer_problem(Problem())
