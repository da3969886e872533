"""GET …/analytics/breakdown with a wrong parameter: 400, naming it."""

import pytest

BREAKDOWN = "/api/workspaces/acme/analytics/breakdown"
BY = "Must be one of: type, channel, user, hour."
LIMIT = "Must be a whole number from 1 to 1000."


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("", {"by": ["Missing data for required field."]}),
        ("by=day", {"by": [BY]}),
        ("by=type&by=hour", {"by": ["Give it once."]}),
        ("by=type&limit=0", {"limit": [LIMIT]}),
        ("by=type&limit=1001", {"limit": [LIMIT]}),
        ("by=type&limit=ten", {"limit": [LIMIT]}),
        ("by=type&metric=users", {"metric": ["Must be events or messages."]}),
        (
            "by=type&metric=messages&type=a.b",
            {"type": ["Cannot be combined with metric=messages, which is of one type."]},
        ),
        (
            "by=type&since=2025-12-06&until=2025-12-06",
            {"until": ["Must be later than since, which is today's midnight unless given."]},
        ),
        (
            "by=type&until=2025-12-06",
            {"until": ["Must be later than since, which is today's midnight unless given."]},
        ),
        ("by=type&since=2024-12-04&until=2025-12-06", {"since": ["Must lie at most 366 days before until."]}),
        ("by=type&since=1970-01-01", {"since": ["Must lie at most 366 days before until."]}),
        ("by=type&colour=red", {"colour": ["Unknown parameter."]}),
    ],
)
def test_it_is_named(vera, query, errors):
    answer = vera.get(f"{BREAKDOWN}?{query}")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "INVALID_PARAMETER")
    assert answer.get_json()["errors"] == errors


def test_the_bounds_themselves_are_fine(vera):
    assert vera.get(f"{BREAKDOWN}?by=user&since=2024-12-05&until=2025-12-06&limit=1000").status_code == 200
    assert vera.get(f"{BREAKDOWN}?by=hour&since=2999-12-31").status_code == 200
    assert vera.get(f"{BREAKDOWN}?by=channel&since=1970-01-01&until=1970-01-02").status_code == 200
