"""An event that is right at a glance is right to the schema too, and means the same."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingest.schema import EVENT_SCHEMA, at_a_glance, load_event

ODD = st.sampled_from([None, "", 0, 1, True, 1.5, [], {}, {"a": 1}, "x" * 129, "x" * 255, "é", "a b", "\n"])
TEXT = st.text(max_size=6) | ODD
MOMENTS = st.datetimes().map(datetime.isoformat) | st.sampled_from(
    ["2025-12-06T12:00:00Z", "2025-12-06", "20251206T1200", "0001-01-01T00:00:00+23:59", "12:00", "Z"]
)
FIELDS = {
    "eventType": st.sampled_from(["message.sent", "a.b", "a", "A.b", "a.b\n", "a." + "b" * 63]) | ODD,
    "eventData": st.dictionaries(st.text(max_size=3), st.integers(), max_size=2) | ODD,
    "sessionId": TEXT,
    "eventId": TEXT,
    "actor": TEXT,
    "timestamp": MOMENTS | ODD,
    "colour": ODD,
}
EVENTS = st.fixed_dictionaries({}, optional=FIELDS) | ODD


@given(EVENTS)
def test_fast_path_equals_schema(value):
    loaded = at_a_glance(value)
    if loaded is not None:
        assert loaded == EVENT_SCHEMA.load(value)


@pytest.mark.parametrize(
    "value",
    [
        {"eventType": "message.sent"},
        {"eventType": "a.b", "eventData": {}, "sessionId": "s", "eventId": "e", "actor": "mika@acme.test"},
        {"eventType": "a.b", "timestamp": "2025-12-06T12:00:00.123+01:00"},
    ],
)
def test_usual_events_take_the_fast_path(value):
    assert at_a_glance(value) == EVENT_SCHEMA.load(value)


@given(EVENTS)
def test_every_value_loads_or_names_its_field(value):
    loaded, errors = load_event(value, strict=False, now=datetime(2025, 12, 6, 12, tzinfo=UTC))
    assert errors or loaded["event_type"] == value["eventType"]
    assert all(isinstance(field, str) and texts for field, texts in errors.items())


def test_two_events_share_no_data():
    first, second = (at_a_glance({"eventType": "a.b"}) for _ in range(2))
    first["event_data"]["a"] = 1
    assert second["event_data"] == {}
