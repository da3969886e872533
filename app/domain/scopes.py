"""The scopes of API tokens, the scopes that each includes, and the role that each requires."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.roles import is_at_least

READ = "stats:read"  # the stream, the snapshot and all other reading
WRITE = "events:write"  # post events as oneself
WRITE_AS = "events:write-as"  # post events and say who acted
ADMIN = "admin"  # everything

# A token never exceeds its user's role. Writing as others requires an admin, so it ends when the user who
# created the token is no longer one.
REQUIRED_ROLE = {WRITE: "member", WRITE_AS: "admin", READ: "viewer", ADMIN: "admin"}
SCOPES = tuple(REQUIRED_ROLE)
INCLUDES = {WRITE_AS: {WRITE}, ADMIN: set(SCOPES)}

# Of a sign-in session: everything that the role allows, but only under the user's own name.
SESSION_SCOPES = tuple(scope for scope in SCOPES if scope != WRITE_AS)


def expand(scopes: Iterable[str]) -> tuple[str, ...]:
    """These scopes and those that they include, in order."""
    held = set(scopes)
    held = held.union(*(INCLUDES.get(scope, ()) for scope in held))
    return tuple(scope for scope in SCOPES if scope in held)


def scopes_above_role(role: str, scopes: Iterable[str]) -> list[str]:
    """Those of the scopes that require a higher role, in order."""
    wanted = set(scopes)
    return [scope for scope in SCOPES if scope in wanted and not is_at_least(role, REQUIRED_ROLE[scope])]
