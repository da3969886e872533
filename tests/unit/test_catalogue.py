"""The catalogue knows the event types and the fields of their data; other well-formed types are custom."""

import pytest

from app.domain.catalogue import CATALOGUE, ID, MAX_ID_LENGTH, MAX_TEXT_LENGTH, faults, is_well_formed
from app.domain.effects import BY_TYPE

LISTED = """
    message.sent message.received message.edited message.deleted reaction.added thread.created
    file.uploaded file.downloaded channel.created channel.joined channel.left channel.archived
    call.started call.joined call.ended vp.message.sent vp.message.received vp.task.completed
    search.performed user.active user.login user.logout
    orchestrator.online orchestrator.busy orchestrator.offline
    task.created task.started task.completed task.failed task.cancelled
"""
SOURCE_TYPES = LISTED.split()
REQUIRED = {
    "message.deleted": "messageId",
    "channel.created": "channelId",
    "channel.archived": "channelId",
    "orchestrator.online": "orchestratorId",
    "orchestrator.busy": "orchestratorId",
    "orchestrator.offline": "orchestratorId",
    "task.created": "taskId",
    "task.started": "taskId",
    "task.completed": "taskId",
    "task.failed": "taskId",
    "task.cancelled": "taskId",
}


def test_catalogue_matches_source_system():
    assert sorted(CATALOGUE) == sorted(SOURCE_TYPES)


@pytest.mark.parametrize("name", SOURCE_TYPES)
def test_known_types_and_examples_are_valid(name):
    known = CATALOGUE[name]
    assert (known.name, is_well_formed(name)) == (name, True)
    assert known.meaning.endswith(".")
    assert faults(name, known.example, strict=True) == {}


@pytest.mark.parametrize("name", SOURCE_TYPES)
def test_missing_field_is_named(name):
    needed = REQUIRED.get(name)
    assert list(faults(name, {})) == ([f"eventData.{needed}"] if needed else [])


@pytest.mark.parametrize("value", ["", "x" * (MAX_ID_LENGTH + 1), 7, None, True, ["m-1"], {"id": "m-1"}])
def test_bounds_of_ids(value):
    assert list(faults("message.sent", {"messageId": value})) == ["eventData.messageId"]


def test_longest_ids_and_texts_pass():
    assert faults("message.sent", {"messageId": "x" * MAX_ID_LENGTH}) == {}
    assert faults("search.performed", {"query": "x" * MAX_TEXT_LENGTH}) == {}
    assert list(faults("search.performed", {"query": "x" * (MAX_TEXT_LENGTH + 1)})) == ["eventData.query"]


@pytest.mark.parametrize("value", [-1, 1.5, "12", True, None])
def test_count_is_a_whole_number(value):
    assert list(faults("search.performed", {"results": value})) == ["eventData.results"]
    assert faults("search.performed", {"results": 0}) == {}


@pytest.mark.parametrize("value", [-0.5, "640", False, None])
def test_seconds_are_a_number(value):
    assert list(faults("call.ended", {"seconds": value})) == ["eventData.seconds"]
    assert faults("call.ended", {"seconds": 0.5}) == {}


def test_every_error_is_named():
    assert sorted(faults("file.uploaded", {"fileId": 1, "bytes": -1, "name": None})) == [
        "eventData.bytes",
        "eventData.fileId",
        "eventData.name",
    ]


def test_additional_data_is_accepted():
    assert faults("message.sent", {"mood": "cheerful", "nested": {"a": [1]}}) == {}


@pytest.mark.parametrize("name", ["a.b", "a.b.c.d", "deploy.finished", "a1_b.c_2", "x." + "y" * 62])
def test_well_formed_type(name):
    assert is_well_formed(name)
    assert faults(name, {"anything": None}) == {}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        ".a",
        "a.",
        "a..b",
        "a.b.c.d.e",
        "A.b",
        "a.B",
        "1a.b",
        "a.1b",
        "_a.b",
        "a.b\n",
        " a.b",
        "a b.c",
        "a-b.c",
        "ä.b",
        "a.б",
        "a.b\u2028",
        "x." + "y" * 63,
    ],
)
def test_malformed_type(name):
    assert not is_well_formed(name)


def test_strict_workspace_suggests_known_types():
    assert faults("message.send", {}, strict=True) == {
        "eventType": [
            "message.send is not a known type, and this workspace is strict. Did you mean message.sent?"
        ]
    }
    assert faults("deploy.finished", {}, strict=True) == {
        "eventType": ["deploy.finished is not a known type, and this workspace is strict."]
    }


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
def test_missing_field_of_data_is_named(name):
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
