"""What the form for a new token offers, by role."""

import pytest

from app.dashboard.scope_choices import MEANINGS, scope_choices
from app.domain.roles import ROLES
from app.domain.scopes import SCOPES


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
