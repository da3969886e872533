"""Roles in a workspace, and which of them reaches how far."""

from __future__ import annotations

OWNER = "owner"
ROLES = (OWNER, "admin", "member", "viewer")
RANKS = {role: rank for rank, role in enumerate(reversed(ROLES))}  # viewer < member < admin < owner


def is_at_least(role: str, at_least: str) -> bool:
    """Is the role this one or a higher one?"""
    return RANKS[role] >= RANKS[at_least]


def may_assign(role: str, other: str) -> bool:
    """May somebody of this role give and take the other one? An admin may not say who is an owner."""
    return role == OWNER or (role == "admin" and other != OWNER)
