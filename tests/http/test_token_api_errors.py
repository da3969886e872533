"""POST /api/workspaces/<ws>/tokens with what cannot be a token: a 4xx that names the field, and no token."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from scripts import TOKENS

GOOD = {"name": "Build server", "scopes": ["events:write"]}
MISSING = ["Missing data for required field."]
UNKNOWN_SCOPE = ["Must be one of: events:write, events:write-as, stats:read, admin."]
NAME = ["Must be 1 to 100 visible characters."]
NOT_A_TIME = ["Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z."]
NOT_AHEAD = ["Must lie ahead, at most 3650 days; leave it out for never."]


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


CASES = [
    ({}, {"name": MISSING, "scopes": MISSING}),
    (GOOD | {"name": ""}, {"name": NAME}),
    (GOOD | {"name": "x" * 101}, {"name": NAME}),
    (GOOD | {"name": "a\nb"}, {"name": NAME}),
    (GOOD | {"name": 7}, {"name": ["Not a valid string."]}),
    (GOOD | {"name": "\0"}, {"name": ["The text must not contain the null character (\\u0000)."]}),
    (GOOD | {"scopes": []}, {"scopes": ["Name at least one scope."]}),
    (GOOD | {"scopes": "admin"}, {"scopes": ["Not a valid list."]}),
    (GOOD | {"scopes": ["admin", "root"]}, {"scopes.1": UNKNOWN_SCOPE}),
    (GOOD | {"scopes": [["admin"]]}, {"scopes.0": ["Not a valid string."]}),
    (GOOD | {"expiresAt": "tomorrow"}, {"expiresAt": NOT_A_TIME}),
    (GOOD | {"expiresAt": 1_900_000_000}, {"expiresAt": NOT_A_TIME}),
    (GOOD | {"expiresAt": in_days(-0.001)}, {"expiresAt": NOT_AHEAD}),
    (GOOD | {"expiresAt": in_days(3_651)}, {"expiresAt": NOT_AHEAD}),
    (GOOD | {"expiresAt": "0001-01-01T00:00:00+14:00"}, {"expiresAt": NOT_AHEAD}),
    (GOOD | {"expiresAt": "9999-12-31T23:59:59-14:00"}, {"expiresAt": NOT_AHEAD}),
]


@pytest.mark.parametrize(("body", "errors"), CASES)
def test_wrong_field_is_named(olivia, sql, body, errors):
    answer = olivia.post(TOKENS, data=json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert (answer.get_json()["code"], answer.get_json()["errors"]) == ("INVALID_INPUT", errors)
    assert sql("SELECT * FROM tokens") == []
