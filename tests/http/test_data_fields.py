"""GET …/analytics/fields: what the latest events of a type held, for those who may see it."""

from __future__ import annotations

from posting import post_batch

FIELDS = "/api/workspaces/acme/analytics/fields"


def fields_of(client, event_type: str) -> tuple[dict[str, dict], dict]:
    answer = client.get(f"{FIELDS}?type={event_type}")
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    return {field.pop("name"): field for field in body["data"]}, body["meta"]


def test_fields_have_kind_share_and_example(mika, olivia):
    data = [
        {"order": {"total": 12.5, "lines": [{"sku": "a"}]}, "vip": True, "note": None},
        {"order": {"total": 7, "größe": "XL"}, "code": "x" * 300, "a.b": 1, "note": None},
        {"order": "free", "code": 7, "deep": {"a": {"b": {"c": {"d": {"e": 1}}}}}},
        {},
    ]
    post_batch(mika, *[{"eventType": "order.placed", "eventData": each} for each in data])
    post_batch(mika, {"eventType": "other.thing", "eventData": {"other": 1}})
    found, meta = fields_of(olivia, "order.placed")

    def field(kind: str, count: int, example: object = None, kinds: tuple[str, ...] = ()) -> dict:
        return {"kind": kind, "kinds": sorted(kinds or (kind,)), "share": count / 4, "example": example}

    assert found == {
        "order": field("mixed", 3, "free", ("object", "text")),
        "order.total": field("number", 2, 7),
        "order.lines": field("list", 1),
        "order.größe": field("text", 1, "XL"),
        "vip": field("boolean", 1, True),
        "note": field("null", 2),
        "code": field("mixed", 2, 7, ("text", "number")),
        "deep": field("object", 1),
        "deep.a": field("object", 1),
        "deep.a.b": field("object", 1),
        "deep.a.b.c": field("object", 1),
        "deep.a.b.c.d": field("object", 1),
    }
    assert next(iter(found)) == "order", "the most frequent first"
    assert (meta["eventType"], meta["events"]) == ("order.placed", 4)


def test_a_type_never_seen_has_no_fields(olivia):
    assert fields_of(olivia, "never.seen") == ({}, {"eventType": "never.seen", "events": 0, "since": None})


def test_latest_thousands_are_looked_at(mika, olivia):
    for start in range(0, 5000, 1000):
        post_batch(mika, *[{"eventType": "tick.tock", "eventData": {"n": start + n}} for n in range(1000)])
    found, meta = fields_of(olivia, "tick.tock")
    assert (found["n"]["example"], found["n"]["share"], meta["events"]) == (4999, 1, 4000)


def test_fields_are_for_readers_of_data(olivia, mika, vera, script):
    readers = [olivia, mika, vera, script("stats:read"), script("admin")]
    answers = [reader.get(f"{FIELDS}?type=order.placed").status_code for reader in readers]
    assert answers == [200, 403, 403, 403, 200]


def test_wrong_type_is_named(olivia):
    for query in ("", "type=", "type=Order", "type=a.b,c.d", "type=a.b&type=c.d", "type=a.b&of=x"):
        assert olivia.get(f"{FIELDS}?{query}").status_code == 400, query
