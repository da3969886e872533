"""What an API token may be for: its scopes, what each includes, and the role that each takes."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.roles import is_at_least

READ = "stats:read"  # the stream, the snapshot and whatever else only tells
WRITE = "events:write"  # post events as oneself
WRITE_AS = "events:write-as"  # post events and say who acted
ADMIN = "admin"  # everything

# A token never does what its user may not. Speaking for others is an admin's to give, so it ends when
# the giver is an admin no more.
REQUIRED_ROLE = {WRITE: "member", WRITE_AS: "admin", READ: "viewer", ADMIN: "admin"}
SCOPES = tuple(REQUIRED_ROLE)
INCLUDES = {WRITE_AS: {WRITE}, ADMIN: set(SCOPES)}

# Of somebody who signed in with a password: all that the role allows, but only in their own name.
SESSION_SCOPES = tuple(scope for scope in SCOPES if scope != WRITE_AS)


def expand(scopes: Iterable[str]) -> tuple[str, ...]:
    """These scopes and those that they include, in order."""
    held = set(scopes)
    held = held.union(*(INCLUDES.get(scope, ()) for scope in held))
    return tuple(scope for scope in SCOPES if scope in held)


def scopes_above_role(role: str, scopes: Iterable[str]) -> list[str]:
    """Those of the scopes that take a higher role, in order."""
    asked = set(scopes)
    return [scope for scope in SCOPES if scope in asked and not is_at_least(role, REQUIRED_ROLE[scope])]
