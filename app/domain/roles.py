"""Roles in a workspace, their order, and which role may assign which."""

from __future__ import annotations

OWNER = "owner"
ROLES = (OWNER, "admin", "member", "viewer")
RANKS = {role: rank for rank, role in enumerate(reversed(ROLES))}  # viewer < member < admin < owner


def is_at_least(role: str, at_least: str) -> bool:
    """Whether the role is `at_least` or a higher one."""
    return RANKS[role] >= RANKS[at_least]


def may_assign(role: str, other: str) -> bool:
    """Whether a member with `role` may assign and remove the role `other`: only owners may do so with owners."""
    return role == OWNER or (role == "admin" and other != OWNER)
