"""The frames of a stream are as /api/openapi.json describes them."""

import pytest
from frames import FrameParser
from jsonschema_rs import validator_for
from posting import REALTIME

from app.domain.ids import Cursor
from app.live.frames import degraded_frame, ping_frame, recovered_frame, reset_frame

STREAM = {"Accept": "text/event-stream"}
PATH = "/api/workspaces/{workspace}/analytics/realtime"


@pytest.fixture
def check(client):
    """Compares a frame with the schema of its name."""
    document = client.get("/api/openapi.json").get_json()
    described = document["paths"][PATH]["get"]["responses"]["200"]["content"]["text/event-stream"]["x-frames"]
    validators = {
        name: validator_for({**schema, "components": document["components"]}, validate_formats=True)
        for name, schema in described.items()
    }
    seen = []

    def compare(frame):
        validators[frame.event].validate(frame.json)
        seen.append(frame.event)

    compare.seen, compare.described = seen, set(described)
    return compare


def test_frames_match_their_schemas(olivia, check):
    path = f"{REALTIME}?compare=1&lastEventId=00000000-1"  # of another life of the log
    with olivia.get(path, headers=STREAM) as stream:
        frames = frames_of(stream)
        check(next(frames))
        olivia.post(REALTIME, json={"eventType": "user.active"})
        for frame in frames:
            check(frame)
            if frame.event == "event":
                olivia.delete(REALTIME)
    assert check.seen[:3] == ["connected", "stats", "reset"]
    assert (check.seen.count("event"), check.seen[-1]) == (1, "bye")


def frames_of(stream):
    parser = FrameParser()
    return (frame for chunk in stream.response for frame in parser.feed(chunk))


def test_rare_frames_match_their_schemas(check):
    document = (
        ping_frame(),
        degraded_frame(),
        recovered_frame(),
        reset_frame(Cursor("a1b2c3d4", 812)),
    )
    for frame in FrameParser().feed(b"".join(frame.raw for frame in document)):
        check(frame)
    assert check.seen == ["ping", "degraded", "recovered", "reset"]


def test_list_of_streams_matches_schema(olivia, client):
    document = client.get("/api/openapi.json").get_json()
    schema = {"$ref": "#/components/schemas/Connections", "components": document["components"]}
    with olivia.get(REALTIME, headers=STREAM) as stream:
        next(stream.response)
        listed = olivia.get(REALTIME.replace("realtime", "connections")).get_json()
    assert listed["meta"]["count"] == 1
    validator_for(schema, validate_formats=True).validate(listed)
