"""OpenAPI's operation object of one method and path."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from werkzeug.routing import Rule

from app.auth.authorization import Requirement, requirement_of
from app.http.openapi_decorator import Description, description_of
from app.openapi import problems
from app.openapi.schemas import Plugin, purpose_of

SESSION, TOKEN = "session", "token"
STREAM = "text/event-stream"
IN_PATHS = {
    "workspace": "A workspace's slug (`acme`) or its id.",
    "token_id": "A token's id.",
    "session_id": "As `GET /api/auth/sessions` tells it.",
    "connection_id": "From the `connected` frame of a stream.",
    "event_id": "An event's id, percent-encoded.",
    "name": "A custom metric's name, without `custom.`.",
}
UNIVERSAL = {"X-Request-ID": "By which the server's log knows this request."}


class Route(NamedTuple):
    """A method of a rule, and the view that answers it."""

    method: str
    rule: Rule
    view: Callable[..., Any]

    @property
    def path(self) -> str:
        """The rule as OpenAPI writes it: `/api/workspaces/{workspace}/tokens`."""
        return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", self.rule.rule)

    @property
    def part(self) -> str:
        """What it belongs to: the name of its blueprint."""
        endpoint: str = self.rule.endpoint
        return endpoint.partition(".")[0]

    @property
    def description(self) -> Description | None:
        """The description in the view's decorator."""
        return description_of(self.view)

    @property
    def requirement(self) -> Requirement | None:
        """What it requires; None for a public route."""
        return requirement_of(self.view)


def operation(route: Route, description: Description, plugin: Plugin) -> dict[str, Any]:
    """OpenAPI's object for a route."""
    parameters = [
        *_in_path(route.rule),
        *plugin.parameters(description.parameters, "query"),
        *plugin.parameters(description.headers, "header"),
    ]
    body = {"requestBody": {"required": True, "content": plugin.content(description.body)}}
    return {
        "operationId": route.rule.endpoint.replace(".", "_"),
        "summary": purpose_of(route.view).rstrip("."),
        "description": _in_words(route),
        "tags": [route.part],
        **({"parameters": parameters} if parameters else {}),
        **(body if description.body else {}),
        "responses": _responses(route, description, plugin),
        "security": _security(route.requirement),
        **(
            {"x-least-role": route.requirement.at_least}
            if route.requirement and route.requirement.at_least
            else {}
        ),
    }


def _responses(route: Route, description: Description, plugin: Plugin) -> dict[str, Any]:
    content = plugin.content(description.answers)
    if description.frames:
        frames = {name: plugin.reference(schema) for name, schema in description.frames.items()}
        content[STREAM] |= {"x-frames": frames}
    headers = {**UNIVERSAL, **description.sends}
    answer = {
        "description": _answer_in_words(description),
        "headers": {
            name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()
        },
        **({"content": content} if content else {}),
    }
    refused = problems.refusals(route.method, route.requirement, description)
    found = {str(description.status): answer, **problems.responses(refused, plugin.document)}
    if description.or_else:  # as an answer, and as a problem where it is one too
        content = content | problems.ANY
        found[str(description.or_else)] = answer | {"content": content}
    return found


def _answer_in_words(description: Description) -> str:
    schemas = [what for what in description.answers.values() if not isinstance(what, str)]
    return purpose_of(schemas[0]) if schemas else "Done." if description.status == 204 else "The answer."


def _in_words(route: Route) -> str:
    rest = (inspect.getdoc(route.view) or "").partition("\n\n")[2]
    return "\n\n".join(filter(None, [rest, _who(route.requirement)]))


def _who(requirement: Requirement | None) -> str:
    if requirement is None:
        return "Public."
    if not requirement.at_least:
        return "Needs a session; tokens are refused."
    if not requirement.scope:
        return f"Needs a session, and the role `{requirement.at_least}` or a higher one; tokens are refused."
    role, scope = requirement.at_least, requirement.scope
    return f"Needs the role `{role}` or a higher one; of a token also the scope `{scope}`."


def _security(requirement: Requirement | None) -> list[dict[str, list[str]]]:
    if requirement is None:
        return []
    return [{SESSION: []}, *([{TOKEN: [requirement.scope]}] if requirement.scope else [])]


def _in_path(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "in": "path",
            "name": name,
            "required": True,
            "description": IN_PATHS.get(name, ""),
            "schema": {"type": "string", "minLength": 1}
            | ({"format": "uuid"} if re.search(rf"<uuid:{name}>", rule.rule) else {}),
        }
        for name in re.findall(r"<(?:[^:<>]+:)?([^<>]+)>", rule.rule)
    ]
