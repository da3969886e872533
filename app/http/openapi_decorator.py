"""What a route says of itself: put above its view, in words of its own code, and read by app/openapi.

Who may ask is said by `app/auth/authorization.py`; the rest (summary, path, problems that follow from a body or
from parameters) is read off the view, so that nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from marshmallow import Schema

from app.errors import InvalidInput, Problem

View = TypeVar("View", bound=Callable[..., Any])

JSON = "application/json"
DESCRIPTION = "description"  # attribute of a described view
# By media type: the schema of what is sent, or words for what has none.
Content = Mapping[str, type[Schema] | Schema | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """An operation: what it takes, what it answers with `status`, and which problems of its own it may meet."""

    answers: Content = field(default_factory=dict)
    status: int = 200
    or_else: int = 0  # another status with the same answer
    sends: Mapping[str, str] = field(default_factory=dict)  # headers of the answer, in words
    parameters: type[Schema] | None = None
    headers: type[Schema] | None = None
    body: Content = field(default_factory=dict)
    frames: Content = field(default_factory=dict)  # of a stream: what `data:` holds, by `event:`
    refuses: tuple[type[Problem], ...] = ()


def description_of(view: Callable[..., Any]) -> Description | None:
    """What `described` says of the view; None for one that is no part of the API."""
    found: Description | None = getattr(view, DESCRIPTION, None)
    return found


def described(
    *,
    answers: type[Schema] | Content | None = None,
    status: int = 0,
    or_else: int = 0,
    sends: Mapping[str, str] | None = None,
    parameters: type[Schema] | None = None,
    headers: type[Schema] | None = None,
    body: type[Schema] | Schema | Content | None = None,
    frames: Content | None = None,
    invalid: type[Problem] = InvalidInput,
    refuses: tuple[type[Problem], ...] = (),
) -> Callable[[View], View]:
    """Describe the view below; a schema alone stands for JSON, no answer at all for 204.

    `invalid` is what a body gets that is JSON but not valid.
    """
    description = Description(
        answers=_content(answers),
        status=status or (200 if answers else 204),
        or_else=or_else,
        sends=sends or {},
        parameters=parameters,
        headers=headers,
        body=_content(body),
        frames=frames or {},
        refuses=(*((invalid,) if body else ()), *refuses),
    )

    def describe(view: View) -> View:
        setattr(view, DESCRIPTION, description)
        return view

    return describe


def _content(content: type[Schema] | Schema | Content | None) -> Content:
    if content is None:
        return {}
    return content if isinstance(content, Mapping) else {JSON: content}
