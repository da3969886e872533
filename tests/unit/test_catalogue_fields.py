"""Each known type says what it holds, shows it in its example, and holds senders to it."""

import pytest

from app.domain.catalogue import CATALOGUE, ID, faults
from app.domain.effects import BY_TYPE

# What the projections read of an event's data, by the first word of its type.
READ = {"message": {"messageId", "channelId"}, "channel": {"channelId"}, "orchestrator": {"orchestratorId"}}
READ["task"] = {"taskId"}

FIELDS = [(name, field) for name, known in CATALOGUE.items() for field in known.fields]


@pytest.mark.parametrize("name", CATALOGUE)
def test_examples_have_required_fields(name):
    known = CATALOGUE[name]
    assert known.required <= set(known.example) <= set(known.fields)
    assert known.example or not known.fields


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_malformed_field_is_refused(name, field):
    known = CATALOGUE[name]
    found = faults(name, {**known.example, field: ["wrong"]})
    assert found == {f"eventData.{field}": [f"{name} expects {field}: {known.fields[field].expected}."]}


@pytest.mark.parametrize("name", [name for name, known in CATALOGUE.items() if known.required])
def test_missing_field_is_named(name):
    known = CATALOGUE[name]
    for field in known.required:
        data = {key: value for key, value in known.example.items() if key != field}
        expected = known.fields[field].expected
        assert faults(name, data) == {f"eventData.{field}": [f"{name} needs {field}: {expected}."]}


@pytest.mark.parametrize("name", BY_TYPE)
def test_figures_use_ids_of_the_type(name):
    known = CATALOGUE[name]
    for field in READ[name.split(".")[0]]:
        assert known.fields[field] is ID
