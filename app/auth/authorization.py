"""Who is let in to a view: said once, above it; kept before it runs, and told by the API's description."""

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
class Door:
    """What it takes to be let in: a role and, for a token, a scope; neither for any signed-in person."""

    at_least: str = ""
    scope: str = ""


def for_members(
    at_least: str = "viewer", scope: str = scopes.ADMIN, in_person: bool = False
) -> Callable[[View], View]:
    """The view gets their `Access` in place of the workspace's name. Refusals are those of `require_member`.

    What is done `in_person` takes somebody who is signed in: a token is refused, whatever its scopes.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(workspace: str, **rest: Any) -> Any:
            access = require_member(workspace, at_least, scope)
            if in_person and access.token_id is not None:
                raise Forbidden("This takes somebody who is signed in, not a token.")
            return view(access, **rest)

        return _behind(guarded, Door(at_least, "" if in_person else scope))

    return guard


def for_people(view: View) -> View:
    """The view gets the `Person` who is signed in; a token opens it to nobody."""

    @wraps(view)
    def guarded(**rest: Any) -> Any:
        return view(require_person(), **rest)

    return _behind(guarded, Door())


def _behind(view: View, door: Door) -> View:
    view.door = door  # type: ignore[attr-defined]
    return view
