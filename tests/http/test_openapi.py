"""GET /api/openapi.json: every route, role, schema and frame as it is."""

import re

import pytest
from frames import FrameParser
from jsonschema_rs import validator_for
from posting import REALTIME
from role_matrix import rows

from app import errors
from app.domain.ids import Cursor
from app.domain.roles import ROLES
from app.domain.scopes import INCLUDES, REQUIRED_ROLE
from app.live.frames import degraded_frame, ping_frame, recovered_frame, reset_frame
from app.openapi.document import routes

TABLE = re.compile(r"^\| ((?:`[A-Z]+ [^`]+`(?:, )?)+) \|[^|]*\|([^|]*)\|([^|]*)\|$", re.MULTILINE)

# Below the role that the matrix has seen, another user may do it too.
ALSO_LET_IN = {
    ("GET", "/api/workspaces/{workspace}/analytics/events/{event_id}"): "viewer",  # an event's author
    ("PATCH", "/api/workspaces/{workspace}/analytics/annotations/{annotation_id}"): "member",  # its author
    ("DELETE", "/api/workspaces/{workspace}/analytics/annotations/{annotation_id}"): "member",
}


@pytest.fixture
def document(client):
    return client.get("/api/openapi.json").get_json()


def operations(document):
    """Each operation by method and path."""
    return {
        (method.upper(), path): operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


def as_matrix_has_it(rule):
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)


def test_every_route_of_the_api_is_described(app, document):
    missing = [
        f"{route.method} {route.rule.rule} ({route.view.__module__}.{route.view.__name__})"
        for route in routes(app)
        if (route.method, route.path) not in operations(document)
    ]
    assert not missing, (
        f"put @described(…) above the view: app/http/openapi_decorator.py says how. Missing: {missing}"
    )


def test_document_names_only_what_exists(app, document):
    """Routes with their path parameters, problem codes, scopes, and components that something refers to."""
    existing = {
        (method, as_matrix_has_it(rule.rule)) for rule in app.url_map.iter_rules() for method in rule.methods
    }
    assert operations(document).keys() <= existing
    for (_, path), operation in operations(document).items():
        named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path)), path
        scopes = {scope for scheme in operation["security"] for names in scheme.values() for scope in names}
        assert scopes <= REQUIRED_ROLE.keys(), path
    codes = {getattr(kind, "code", None) for kind in vars(errors).values()} | {*errors.HTTP_CODES.values()}
    for name, schema in document["components"]["schemas"].items():
        assert set(schema.get("properties", {}).get("code", {}).get("enum", ())) <= codes, name
    components = document["components"]
    made = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in components[kind]}
    assert made == set(references(document))
    tags = {tag for one in operations(document).values() for tag in one["tags"]}
    assert tags == {tag["name"] for tag in document["tags"]}


def test_workspace_routes_have_requirements(document):
    silent = [
        place
        for place, one in operations(document).items()
        if "{workspace}" in place[1] and not one["security"]
    ]
    assert not silent, f"put @for_members(…) above the view, see app/auth/authorization.py: {silent}"


def test_requirements_match_the_role_matrix(document):
    seen = {(method, as_matrix_has_it(rule)): row for (method, rule), row in rows().items()}
    for place, operation in operations(document).items():
        if "x-least-role" in operation:
            role, scopes = least_seen(seen[place])
            assert least_of(operation) == (ALSO_LET_IN.get(place, role), scopes), place


def least_of(operation):
    scopes = next(iter(scheme["token"] for scheme in operation["security"] if "token" in scheme), [])
    return operation["x-least-role"], scopes


def least_seen(row):
    """The lowest role that was let in; and of tokens, which all are an owner's, the narrowest scope."""
    in_order = [role for role in reversed(ROLES) if row[role] == "ok"]
    narrow = {
        "write": "events:write",
        "write-as": "events:write-as",
        "read": "stats:read",
        "admin-token": "admin",
    }
    let_in = {scope for asker, scope in narrow.items() if row[asker] == "ok"}
    wide = {scope for scope in let_in for other in INCLUDES.get(scope, ()) if other in let_in - {scope}}
    return in_order[0], [scope for scope in REQUIRED_ROLE if scope in let_in - wide]


def test_api_md_has_the_same_requirements(root, document):
    table = {
        route: (role.split(",")[0].split(";")[0].strip(), scope.split(";")[0].strip(" `"))
        for routes_, role, scope in TABLE.findall((root / "docs" / "api.md").read_text())
        for route in re.findall(r"`([A-Z]+ [^`]+)`", routes_)
    }
    for (method, path), operation in operations(document).items():
        shown = f"{method} {path}".replace("{workspace}", "<ws>")
        role, scopes = least_of(operation) if "x-least-role" in operation else ("", [])
        written = next(document for route, document in table.items() if same_route(route, shown))
        assert written == (role, *scopes, *([""] if not scopes else [])), shown


def same_route(written, shown):
    return re.sub(r"<[^>]*>", "{}", written) == re.sub(r"<[^>]*>|{[^}]*}", "{}", shown)


def test_frames_and_problems_have_schemas(document):
    stream = document["paths"]["/api/workspaces/{workspace}/analytics/realtime"]["get"]["responses"]["200"]
    frames = stream["content"]["text/event-stream"]["x-frames"]
    log, health = {"connected", "event", "reset", "bye"}, {"ping", "degraded", "recovered"}
    assert set(frames) == log | health | {"stats", "annotation"}
    assert all(frame["$ref"].split("/")[-1] in document["components"]["schemas"] for frame in frames.values())


def test_every_operation_has_a_name_of_its_own(document):
    names = [operation["operationId"] for operation in operations(document).values()]
    assert len(names) == len(set(names))


def test_every_response_has_a_model(document):
    """Generators make none of an `allOf`, of a number's `const`, or of a list of they know not what."""
    for schema in objects(document):
        assert not schema.keys() & {"allOf", "oneOf"}, schema
        assert not isinstance(schema.get("const"), int), schema
        assert "items" in schema or "array" not in schema.get("type", ()), schema


def objects(value):
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


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
