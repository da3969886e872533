"""Authorization: decorators with the requirement of a view, enforced before it runs and shown in the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from app.auth.access import require_member, require_person
from app.domain import scopes
from app.errors import Forbidden

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a view requires: a role and, of a token, a scope; neither for any signed-in user."""

    at_least: str = ""
    scope: str = ""


def for_members(
    at_least: str = "viewer", scope: str = scopes.ADMIN, in_person: bool = False
) -> Callable[[View], View]:
    """The view gets the member's `Access` in place of the workspace's name. Raises as `require_member` does.

    `in_person` requires a session: a token is refused, whatever its scopes.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(workspace: str, **rest: Any) -> Any:
            access = require_member(workspace, at_least, scope)
            if in_person and access.token_id is not None:
                raise Forbidden("This takes a signed-in user, not a token.")
            return view(access, **rest)

        return _with_requirement(guarded, Requirement(at_least, "" if in_person else scope))

    return guard


def for_people(view: View) -> View:
    """The view gets the `Person` who is signed in; tokens are refused."""

    @wraps(view)
    def guarded(**rest: Any) -> Any:
        return view(require_person(), **rest)

    return _with_requirement(guarded, Requirement())


REQUIREMENT = "requirement"  # attribute of a guarded view


def requirement_of(view: View) -> Requirement | None:
    """What the view requires; None for a public one."""
    found: Requirement | None = getattr(view, REQUIREMENT, None)
    return found


def _with_requirement(view: View, requirement: Requirement) -> View:
    setattr(view, REQUIREMENT, requirement)
    return view
