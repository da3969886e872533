"""Scopes: what each includes, and the role below which it is worth nothing."""

import pytest

from app.domain.scopes import SCOPES, SESSION_SCOPES, expand, scopes_above_role

EVERYTHING = ("events:write", "events:write-as", "stats:read", "admin")


@pytest.mark.parametrize(
    ("scopes", "held"),
    [
        (["stats:read"], ("stats:read",)),
        (["events:write"], ("events:write",)),
        (["events:write-as"], ("events:write", "events:write-as")),
        (["admin"], EVERYTHING),
        (["stats:read", "events:write"], ("events:write", "stats:read")),
        (["admin", "stats:read"], EVERYTHING),
        ([], ()),
    ],
)
def test_scope_expands_to_included_ones(scopes, held):
    assert expand(scopes) == held


@pytest.mark.parametrize(
    ("role", "out_of_reach"),
    [
        ("viewer", ["events:write", "events:write-as", "admin"]),
        ("member", ["events:write-as", "admin"]),
        ("admin", []),
        ("owner", []),
    ],
)
def test_role_bounds_its_tokens_scopes(role, out_of_reach):
    assert scopes_above_role(role, SCOPES) == out_of_reach


def test_excess_scopes():
    assert scopes_above_role("viewer", ["stats:read"]) == []


def test_session_cannot_write_as_others():
    assert SESSION_SCOPES == ("events:write", "stats:read", "admin")
