"""Every route with a JSON body refuses what is no JSON object, and unknown fields under a name that is cut."""

import json

import pytest
from posting import BATCH
from role_matrix import METRIC, NOTE, REQUESTS

from app.domain.strict_json import MAX_SHOWN_KEY

ANNOTATIONS = "/api/workspaces/acme/analytics/annotations"
CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
BODIES = {row: request["json"] for row, request in REQUESTS.items() if "json" in request}
# Bytes, by the last word of the rule; else 16 KiB.
LIMITS = {"batch": 1024 * 1024} | dict.fromkeys(("realtime", "custom-metrics", "preview", "<name>"), 65_536)
JSON = "application/json"


@pytest.fixture
def send(olivia, tim):
    """`send(row, data=…)`: the row's request as Olivia makes it, with another body."""

    def make(row, **body):
        method, rule = row
        if "<name>" in rule:
            assert olivia.post(CUSTOM, json=METRIC).status_code in (201, 409)  # 409 from the second time on
        path = rule.replace("<workspace>", "acme").replace("<name>", METRIC["name"])
        path = path.replace("<uuid:user_id>", str(tim(True)))
        if "<uuid:annotation_id>" in path:
            note = olivia.post(ANNOTATIONS, json=NOTE).get_json()["data"]
            path = path.replace("<uuid:annotation_id>", note["id"])
        return olivia.open(path, method=method, **body)

    return make


@pytest.mark.parametrize("row", BODIES, ids=" ".join)
def test_what_is_no_json_object_is_refused(row, send):
    limit = LIMITS.get(row[1].rpartition("/")[2], 16_384)
    for body, content_type, status, code in (
        (b"{", JSON, 400, "INVALID_JSON"),
        (b"{}", "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b" " * limit + b"1", JSON, 413, "PAYLOAD_TOO_LARGE"),
    ):
        answer = send(row, data=body, content_type=content_type)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    for value in ([], None, "x", 1):
        answer = send(row, data=json.dumps(value), content_type=JSON)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["body"])
    assert send(row, data=b"x".rjust(limit), content_type=JSON).get_json()["code"] == "INVALID_JSON"


@pytest.mark.parametrize("row", BODIES, ids=" ".join)
def test_unknown_key_is_named_cut(row, send):
    answer = send(row, json=BODIES[row] | {"k" * 2_000: 1})
    assert answer.status_code == 422, answer.text
    assert list(answer.get_json()["errors"]) == ["k" * MAX_SHOWN_KEY]


def few_are_named(answer, size):
    assert answer.status_code == 422, answer.text
    assert len(answer.data) < size
    assert len(answer.get_json()["errors"]) <= 201
    return True


@pytest.mark.parametrize("row", BODIES, ids=" ".join)
def test_named_unknown_keys_are_bounded(row, send):
    assert few_are_named(send(row, json=BODIES[row] | {f"{n:x}": 0 for n in range(1_500)}), 12_000)


ENVELOPE = b'{"events":[],' + b",".join(b'"%x":0' % n for n in range(50_000)) + b"}"
EVENT = b"{" + b",".join(b'"%x":0' % n for n in range(50_000)) + b"}"
LINES = b"\n".join([b"{" + b",".join(b'"%x":0' % n for n in range(60)) + b"}"] * 1_000)


@pytest.mark.parametrize(
    ("kind", "body"),
    [("json", ENVELOPE), ("json", b'{"events":[' + EVENT + b"]}"), ("x-ndjson", EVENT), ("x-ndjson", LINES)],
    ids=["envelope", "event", "line", "lines"],
)
def test_unknown_keys_of_a_batch_are_bounded(kind, body, mika):
    assert few_are_named(mika.post(BATCH, data=body, content_type=f"application/{kind}"), 20_000)


def test_named_bad_items_are_bounded(olivia):
    body = {"cards": [0] * 4_000}
    assert few_are_named(olivia.put("/api/workspaces/acme/dashboard", json=body), 4_000)
    assert few_are_named(olivia.post(CUSTOM, json=METRIC | {"types": [0] * 9_000}), 4_000)


def test_unknown_parameters_are_bounded(mika):
    path = "/api/workspaces/acme/analytics/events?" + "&".join(f"{n:x}=1" for n in range(1_000))
    answer = mika.get(path)
    assert (answer.status_code, len(answer.get_json()["errors"]) <= 50) == (400, True)
