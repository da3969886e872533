"""The schema of a posted event loads and refuses as marshmallow would, without its hooks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from app.http.validation import FlatSchema, by_field
from app.ingest.schema import EVENT_SCHEMA, load_event

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


def outcome(load, value) -> object:
    try:
        return load(value)
    except ValidationError as error:
        return by_field(error)


@given(EVENTS)
def test_flat_schema_loads_as_marshmallow(value):
    assert outcome(EVENT_SCHEMA.load, value) == outcome(super(FlatSchema, EVENT_SCHEMA).load, value)


@pytest.mark.parametrize("hook", ["pre_load", "post_load", "validates", "validates_schema"])
def test_flat_schema_has_no_hooks(hook):
    assert EVENT_SCHEMA._hooks[hook] == []


@given(EVENTS)
def test_event_is_loaded_or_refused(value):
    loaded, errors = load_event(value, strict=False, now=datetime(2025, 12, 6, 12, tzinfo=UTC))
    assert errors or loaded["event_type"] == value["eventType"]
    assert all(isinstance(field, str) and texts for field, texts in errors.items())


def test_events_share_no_data():
    first, second = (EVENT_SCHEMA.load({"eventType": "a.b"}) for _ in range(2))
    first["event_data"]["a"] = 1
    assert second["event_data"] == {}
