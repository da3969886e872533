"""The scopes in the form for a new token: each with its meaning, and whether the role allows it."""

from __future__ import annotations

from typing import NamedTuple

from app.domain.scopes import ADMIN, READ, REQUIRED_ROLE, SCOPES, WRITE, WRITE_AS, scopes_above_role

MEANINGS = {
    WRITE: "Send events, as yourself.",
    WRITE_AS: "Send events and name the member who acted.",
    READ: "Read figures and the live stream.",
    ADMIN: "All that an admin may do, and every scope above.",
}


class ScopeChoice(NamedTuple):
    """A checkbox of the form; `refusal` says why it is disabled, and is empty if it is not."""

    name: str
    meaning: str
    refusal: str


def scope_choices(role: str) -> list[ScopeChoice]:
    """All scopes in order, for a member of this role."""
    too_high = scopes_above_role(role, SCOPES)
    return [
        ScopeChoice(scope, MEANINGS[scope], _refusal(scope) if scope in too_high else "") for scope in SCOPES
    ]


def _refusal(scope: str) -> str:
    return f"Takes the role {REQUIRED_ROLE[scope]}"
