"""Our exceptions: outcomes by code, status and title; app/http/problem_responses.py answers with them."""

from __future__ import annotations

from typing import ClassVar

import psycopg2
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Errors = dict[str, list[str]]
# RFC 6750; a browser shows no prompt for this scheme. `error` is given only for a token that was sent.
CHALLENGE = 'Bearer realm="pulse"'


class ConfigError(Exception):
    """A setting is missing or wrong; the text is one line that names it."""


class JobRefused(Exception):
    """A job saw that it would do harm, and left it; the message says why, and what to do."""


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
    headers: ClassVar = {"WWW-Authenticate": CHALLENGE}


class InvalidToken(AuthRequired):
    headers: ClassVar = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}


class BadCredentials(Problem):
    status, code, title = 401, "BAD_CREDENTIALS", "The e-mail address or the password is wrong"
    headers: ClassVar = {"WWW-Authenticate": CHALLENGE}


class Forbidden(Problem):
    status, code, title = 403, "FORBIDDEN", "Your role, or your token, does not allow this"


class MissingScope(Forbidden):
    def __init__(self, scope: str, detail: str = ""):
        """`scope` is what the token lacks."""
        super().__init__(detail or f"This takes a token with the scope {scope}.")
        self.headers = {  # type: ignore[misc]
            "WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'
        }


class ReauthRequired(Problem):
    status, code, title = 403, "REAUTH_REQUIRED", "Enter your password again first"


class CrossSite(Problem):
    status, code, title = 403, "CROSS_SITE", "This request came from another site"


class NotFound(Problem):
    status, code, title = 404, "NOT_FOUND", "There is no such thing, or it is not yours"


class NotAcceptable(Problem):
    status, code, title = 406, "NOT_ACCEPTABLE", "None of the accepted types can be served"
    headers: ClassVar = {"Vary": "Accept"}


class BodyTooSlow(Problem):
    status, code, title = 408, "REQUEST_TIMEOUT", "The body did not arrive in time"


class PayloadTooLarge(Problem):
    status, code, title = 413, "PAYLOAD_TOO_LARGE", "The body is too large"


class UnsupportedType(Problem):
    status, code, title = 415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json"


class CompressedBody(UnsupportedType):
    headers: ClassVar = {"Accept-Encoding": "identity"}  # RFC 9110, 12.5.3


class InvalidEvent(Problem):
    status, code, title = 422, "INVALID_EVENT", "The event is not valid"


class InvalidInput(Problem):
    status, code, title = 422, "INVALID_INPUT", "Some fields are not valid"


class TooCostly(Problem):
    status, code, title = 422, "TOO_COSTLY", "This would make the database read too much"


class TooManyMetrics(Problem):
    status, code, title = 422, "TOO_MANY_METRICS", "The workspace has as many custom metrics as it may have"


class TooManyAnnotations(Problem):
    status, code, title = 422, "TOO_MANY_ANNOTATIONS", "The workspace has as many annotations as it may have"


class TooManyStreams(Problem):
    status, code, title = 503, "TOO_MANY_STREAMS", "Too many streams are open already"


class TooManyOfYours(TooManyStreams):
    status = 429


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


class TooBusy(Problem):
    status, code, title = 503, "TOO_BUSY", "Too many large questions are being answered; ask again later"


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
# What is DATABASE_TROUBLE, but none of these by its class, is raised as OperationalError (postgres_link.py).
DATABASE_AWAY = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
)
# SQLSTATEs, or their first letters, by which PostgreSQL says that it is the cause and not what was sent to it:
# connection, plan from before a migration, a right that the role lacks, read-only after a failover, timeouts of
# transactions, rollback, resources, lock, operator, system.
DATABASE_TROUBLE = ("08", "0A", "42501", "25006", "25P03", "25P04", "40", "53", "55", "57", "58")
READ_ONLY = ("25006", "42501")


def sqlstate(error: BaseException) -> str | None:
    """What PostgreSQL calls an error of psycopg2 or SQLAlchemy; None if PostgreSQL did not say anything."""
    return getattr(getattr(error, "orig", error), "pgcode", None)


def is_database_trouble(error: BaseException) -> bool:
    """Whether PostgreSQL says that it is the cause, so that the same request may succeed later."""
    return (sqlstate(error) or "").startswith(DATABASE_TROUBLE)
