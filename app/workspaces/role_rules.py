"""Which role may give and remove which other."""

from __future__ import annotations

from marshmallow import validate

from app.domain.roles import ROLES, may_assign
from app.errors import Forbidden, InvalidInput

IS_ROLE = validate.OneOf(ROLES, error=f"Must be one of: {', '.join(ROLES)}.")


def check_role(role: str) -> None:
    """Raise InvalidInput for an unknown role."""
    if role not in ROLES:
        raise InvalidInput(errors={"role": [f"Must be one of: {', '.join(ROLES)}."]})


def check_governs(by: str, *roles: str) -> None:
    """Raise Forbidden unless the role `by` may give and remove all of these."""
    if not all(may_assign(by, role) for role in roles):
        raise Forbidden(f"Only owners can make or change owners; your role is {by}.")
