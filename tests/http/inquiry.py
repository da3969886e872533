"""Asks a route what its description says it may be asked, and much that it may not, and checks what it answers.

Schemathesis makes the questions from /api/openapi.json and has the checks: no fault of the server; no statuses,
types, headers or bodies but those described; wrong data refused, right data taken; no access without credentials.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis
from flask import Flask
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import Case, Response
from schemathesis.auths import AuthContext, AuthStorage, set_on_generated_case
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import allow_header_conformance

from app.openapi.fields import fields_of

Place = tuple[str, str]  # a method and a path as the description has it

BOTH = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CHECKS = {
    # No schema can say which metrics and timezones there are, or that one moment must come before another.
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409", "422"]
    }
}


@schemathesis.serializer("application/x-ndjson")
def _lines(_context: object, text: str) -> dict[str, bytes]:
    return {"data": str(text).encode("utf-8", "replace")}


class Cookie:
    """Asks with the cookie of a session: a new one each time, for the last question may have ended it."""

    def __init__(self, browser: Any):
        self._browser = browser

    def get(self, _case: Case, _context: AuthContext) -> str:
        """What to send."""
        self._browser.sign_in(self._browser.user_id)
        return self._browser.get_cookie("pulse_session").value

    def set(self, case: Case, value: str, _context: AuthContext) -> None:
        """Send it."""
        case.cookies = {**(case.cookies or {}), "pulse_session": value}


class Bearer:
    """Asks with a token."""

    def __init__(self, token: str):
        self._token = token

    def get(self, _case: Case, _context: AuthContext) -> str:
        """What to send."""
        return self._token

    def set(self, case: Case, value: str, _context: AuthContext) -> None:
        """Send it."""
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {value}"}


def description(app: Flask) -> BaseSchema:
    """What an app says of itself. Making it is slow: it also collects the constants of all the code."""
    config = SchemathesisConfig.from_dict({"seed": 1, "checks": CHECKS})
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app, config=config)


class Inquiry:
    """The questions to an app; `askers` take turns, and `real` fills in what paths have to name."""

    def __init__(self, document: BaseSchema, askers: list[Any], real: Mapping[str, str]):
        self.document = document
        self._turns = itertools.cycle(askers)
        self._real = real

    def operation(self, place: Place) -> Any:
        """What the description says of a route."""
        method, path = place
        return self.document[path][method]

    def usual(self, place: Place, request: Mapping[str, Any]) -> Case:
        """A question that is answered, as the test client would ask it."""
        body = {"body": request["json"], "media_type": "application/json"} if "json" in request else {}
        names = re.findall(r"{(\w+)}", place[1])
        return self.operation(place).Case(
            path_parameters={name: self._real[name] for name in names},
            query=request.get("query_string", {}),
            **body,
        )

    def unseen_fields(self, place: Place, answer: Response) -> set[str]:
        """The fields that a JSON answer must have and has not, such as `data[].userId` of an empty list."""
        document = self.document.raw_schema
        method, path = place
        content = document["paths"][path][method.lower()]["responses"][str(answer.status_code)].get(
            "content", {}
        )
        if "application/json" not in content:
            return set()
        lines = list(fields_of(content["application/json"]["schema"], document))
        optional = {line.name for line in lines if not line.is_required}
        within = tuple(f"{name}{end}" for name in optional for end in (".", "["))
        required = {line.name for line in lines if not line.name.startswith(within)} - optional
        return required - set(_field_names(answer.json()))

    def edges(self, place: Place) -> Iterator[Case]:
        """Questions at the edges of what is described, right and wrong ones: always the same."""
        asked = self.operation(place)
        config = self.document.config.generation_for(operation=asked)
        return self.document.iter_coverage_cases(asked, generation_modes=BOTH, generation_config=config)

    def guesses(self, place: Place) -> SearchStrategy[Case]:
        """Any question, right or wrong."""
        asked = self.operation(place)
        return one_of(*(asked.as_strategy(generation_mode=mode) for mode in BOTH))

    def ask(self, case: Case) -> Response:
        """Ask as the next caller in turn. Raises what the checks have against the answer."""
        for name in case.path_parameters:
            if name in self._real:
                case.path_parameters[name] = self._real[name]
        context = AuthContext(operation=case.operation, app=self.document.app)
        set_on_generated_case(case, context, AuthStorage([next(self._turns)]))
        # The WSGI transport does not decode what is compressed. Buffered: the test client then closes what it has
        # read, as servers do.
        case.headers = {**(case.headers or {}), "Accept-Encoding": "identity"}
        of_two_routes = case.operation.path.endswith("/custom-metrics/preview")  # a metric may be called so
        return case.call_and_validate(
            buffered=True, excluded_checks=[allow_header_conformance] if of_two_routes else []
        )


def _field_names(value: Any, within: str = "") -> Iterator[str]:
    """The names of all fields in an answer, with those that they are in: `data[].id`, `meta.count`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            path = f"{within}.{name}".removeprefix(".")
            yield path
            yield from _field_names(inner, path)
    elif isinstance(value, list):
        for inner in value:
            yield from _field_names(inner, f"{within}[]")
