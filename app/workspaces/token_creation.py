"""Creating an API token: its schema, and the request to make one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import fields, validate

from app.auth import tokens
from app.auth.access import Access
from app.auth.reauthentication import require_recent
from app.domain.instants import to_millisecond
from app.domain.scopes import SCOPES
from app.errors import InvalidInput
from app.http.validation import ShortList, load_body
from app.workspaces.schema import Body, Name

MAX_SCOPES = 50
MAX_LIFETIME = timedelta(days=3_650)  # a token for ever is one without an expiry


class NewToken(Body):
    """`{"name", "scopes", "expiresAt"?}`; any other field is refused."""

    name = Name(required=True)
    scopes = ShortList(
        fields.String(validate=validate.OneOf(SCOPES, error=f"Must be one of: {', '.join(SCOPES)}.")),
        required=True,
        validate=[
            validate.Length(min=1, error="Name at least one scope."),
            validate.Length(max=MAX_SCOPES, error=f"Name at most {MAX_SCOPES} scopes."),
        ],
    )
    expires_at = fields.AwareDateTime(
        data_key="expiresAt",
        format="iso",
        default_timezone=UTC,
        load_default=None,
        allow_none=True,
        error_messages={"invalid": "Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z."},
    )


def create(access: Access, body: object) -> dict[str, Any]:
    """Make a token of the requesting user; its entry, and `token`, which no other answer holds.

    Raises ReauthRequired, InvalidInput or InvalidToken.
    """
    require_recent(access)
    wanted = new_token(body, datetime.now(UTC))
    token, entry = tokens.issue(access.workspace_id, access.user_id, made_by=access.token_id, **wanted)
    return {**entry._asdict(), "token": token}


def new_token(value: object, now: datetime) -> dict[str, Any]:
    """`name`, `scopes` and `expires_at` as `tokens.issue` takes them; raises InvalidInput."""
    wanted = load_body(NewToken, value)
    wanted["scopes"] = [scope for scope in SCOPES if scope in wanted["scopes"]]
    wanted["expires_at"] = _expiry(wanted["expires_at"], now)
    return wanted


def _expiry(moment: datetime | None, now: datetime) -> datetime | None:
    if moment is None:
        return None
    if not now < moment <= now + MAX_LIFETIME:
        raise InvalidInput(
            errors={
                "expiresAt": [f"Must lie ahead, at most {MAX_LIFETIME.days} days; leave it out for never."]
            }
        )
    return to_millisecond(moment)
