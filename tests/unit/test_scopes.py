"""Scopes: what each includes, the role it needs, and the choices of the form."""

import pytest

from app.dashboard.scope_choices import MEANINGS, scope_choices
from app.domain.roles import ROLES
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


@pytest.mark.parametrize("role", ROLES)
def test_every_scope_has_a_meaning(role):
    choices = scope_choices(role)
    assert [choice.name for choice in choices] == list(SCOPES) == list(MEANINGS)
    assert all(choice.meaning for choice in choices)


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("owner", {}),
        ("admin", {}),
        ("member", {"events:write-as": "Takes the role admin", "admin": "Takes the role admin"}),
        (
            "viewer",
            {
                "events:write": "Takes the role member",
                "events:write-as": "Takes the role admin",
                "admin": "Takes the role admin",
            },
        ),
    ],
)
def test_refusal_names_the_role(role, refused):
    assert {choice.name: choice.refusal for choice in scope_choices(role) if choice.refusal} == refused
