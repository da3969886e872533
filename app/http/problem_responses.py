"""Problem documents (RFC 9457): the one place that turns exceptions into answers, without internals."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from flask import Flask, Response, g, json, request
from psycopg2.errors import QueryCanceled
from werkzeug.exceptions import HTTPException, default_exceptions

from app.errors import (
    DATABASE_AWAY,
    HTTP_CODES,
    READ_ONLY,
    Errors,
    Problem,
    TookTooLong,
    Unavailable,
    sqlstate,
)
from app.logs.configuration import logged_path
from app.postgres.database_away import report_database_away

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
DOCUMENTATION = "/api/docs"
NO_TYPE = "about:blank"  # RFC 9457: the status says it all


class ProblemType(NamedTuple):
    """What a code means, wherever it is answered."""

    statuses: tuple[int, ...]
    title: str


@cache
def problem_types() -> dict[str, ProblemType]:
    """Every code that this service answers with; each has an anchor in the documentation."""
    found: dict[str, ProblemType] = {}
    for status, code, title in sorted([*_own(Problem), *_of_http()], key=lambda one: one[0]):
        statuses, known = found.get(code, ProblemType((), title))
        found[code] = ProblemType(tuple(dict.fromkeys((*statuses, status))), known)
    return found


def problem_response(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    errors: Errors | None = None,
    retry_after: int | None = None,
) -> Response:
    """A problem document; `errors` maps dotted field names to messages, `retry_after` is seconds."""
    kind = f"{DOCUMENTATION}#{code}" if code in problem_types() else NO_TYPE
    body: dict[str, object] = {"type": kind, "title": title, "status": status, "code": code}
    g.outcome = code  # for the log and the metrics
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    headers = {"Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Response(json.dumps(body), status, headers, mimetype=MEDIA_TYPE)


def init_app(app: Flask) -> None:
    """Answer every error of this app with a problem document."""
    app.register_error_handler(Problem, _answer_problem)
    app.register_error_handler(HTTPException, _answer_http)
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, _answer_database_away)
    app.register_error_handler(Exception, _answer_bug)


def _own(kind: type[Problem]) -> Iterator[tuple[int, str, str]]:
    yield kind.status, kind.code, kind.title
    for below in kind.__subclasses__():
        yield from _own(below)


def _of_http() -> Iterator[tuple[int, str, str]]:
    ours = {code for _, code, _ in _own(Problem)}
    for status, code in HTTP_CODES.items():
        if code not in ours:
            yield status, code, default_exceptions[status]().name


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
    known = problem_types().get(code)
    response = problem_response(error.code, code, known.title if known else error.name)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _answer_database_away(error: Exception) -> Response:
    if isinstance(getattr(error, "orig", None), QueryCanceled):  # by its time limit
        log.warning("query took too long: %s %s", request.method, logged_path())
        return _answer_problem(
            TookTooLong("Asking for less may help: a shorter stretch of time.", retry_after=5)
        )
    report_database_away(error)
    said = "takes no changes from us" if sqlstate(error) in READ_ONLY else "is not answering"
    return _answer_problem(Unavailable(f"The database {said}.", retry_after=2))


def _answer_bug(error: Exception) -> Response:
    log.exception("unhandled error: %s %s", request.method, logged_path(), exc_info=error)
    return _answer_problem(Problem())
