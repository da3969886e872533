"""GET …/events with a wrong parameter: 400, naming it and saying what is expected."""

import pytest
from posting import EVENTS

LIMIT = "Must be a whole number from 1 to 1000."
SEQ = "Must be a whole number from 0 to 9223372036854775807."
MOMENT = "Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z."
TYPES = "Must be up to 50 event types, such as message.sent,task.created."


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("limit=0", {"limit": [LIMIT]}),
        ("limit=1001", {"limit": [LIMIT]}),
        ("limit=", {"limit": [LIMIT]}),
        ("limit=1_0", {"limit": [LIMIT]}),
        ("limit=%D9%A3", {"limit": [LIMIT]}),
        ("after=-1", {"after": [SEQ]}),
        ("after=9223372036854775808", {"after": [SEQ]}),
        ("after=99999999999999999999999", {"after": [SEQ]}),
        ("before=0", {"before": [SEQ.replace("from 0", "from 1")]}),
        ("after=1&before=5", {"before": ["Cannot be combined with after."]}),
        ("type=", {"type": [TYPES]}),
        ("type=Message", {"type": [TYPES]}),
        ("type=message.sent,", {"type": [TYPES]}),
        ("type=" + ",".join(f"a.b{n}" for n in range(51)), {"type": [TYPES]}),
        ("user=mika", {"user": ["Must be a user's id, or me."]}),
        ("user=%00", {"user": ["Must be a user's id, or me."]}),
        ("since=yesterday", {"since": [MOMENT]}),
        ("since=2025-13-01", {"since": [MOMENT]}),
        ("until=1764978000", {"until": [MOMENT]}),
        ("since=2025-12-06T12:00:00+01:00", {"since": [f"{MOMENT} (In a URL, + is written %2B.)"]}),
        ("since=0001-01-01T00:00:00%2B23:59", {"since": [MOMENT]}),
        ("since=0001-01-02", {"since": ["Must lie in the years 1970 to 2999."]}),
        ("until=9999-12-31T23:59:59", {"until": ["Must lie in the years 1970 to 2999."]}),
        ("since=2025-12-06&until=2025-12-06", {"until": ["Must be later than since."]}),
        ("untill=2025-12-06", {"untill": ["Unknown parameter."]}),
        ("limit=5&limit=6", {"limit": ["Give it once."]}),
        ("limit=x&user=y", {"limit": [LIMIT], "user": ["Must be a user's id, or me."]}),
    ],
)
def test_it_is_named(vera, query, errors):
    answer = vera.get(f"{EVENTS}?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["code"] == "INVALID_PARAMETER"
    assert answer.get_json()["errors"] == errors


def test_the_bounds_themselves_are_fine(vera):
    assert vera.get(f"{EVENTS}?after=9223372036854775807&limit=1000").status_code == 200
    assert vera.get(f"{EVENTS}?before=9223372036854775807&limit=1").status_code == 200
    assert vera.get(f"{EVENTS}?since=1970-01-01&until=2999-12-31").status_code == 200
