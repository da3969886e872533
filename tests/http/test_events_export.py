"""GET …/events/export: every event asked for, by number, as NDJSON or CSV."""

import csv
import io
import json

import pytest
from conftest import new_browser
from jsonschema_rs import validator_for
from posting import EVENTS, ago, post_batch

from app.auth import heavy_reads
from app.domain.event_query import EventQuery
from app.events.export_pages import pages
from app.workspaces.workspace import find_workspace

EXPORT = f"{EVENTS}/export"
HEAD = ["seq", "eventId", "eventType", "userId", "sessionId", "timestamp"]
DATA = {"messageId": "m-1", "text": 'é \u2028 "quoted", \'n\n so on', "n": [1, 2.5, None]}


@pytest.fixture
def events(mika) -> list[dict]:
    posted = [
        {"eventType": "message.sent", "eventId": "a", "eventData": DATA, "timestamp": ago(hours=5)},
        {"eventType": "task.created", "eventId": "=b", "eventData": {"taskId": "t"}, "sessionId": "@s,1"},
        {"eventType": "message.sent", "eventId": "c", "timestamp": ago(hours=2)},
    ]
    post_batch(mika, *posted)
    return posted


def text_of(client, query: str) -> str:
    with client.get(f"{EXPORT}?{query}") as answer:  # closed, as every server does
        assert answer.status_code == 200, answer.text
        return answer.data.decode()


def records(client, query: str = "") -> list[dict]:
    lines = text_of(client, query).split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


def table(client, query: str = "") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(client, f"format=csv&{query}"), newline=""), strict=True))


def listed(client) -> list[dict]:
    """The list's entries by the names of an export, which has what events are about in their data alone."""
    return [
        {name: entry[name] for name in HEAD} for entry in client.get(f"{EVENTS}?after=0").get_json()["data"]
    ]


def test_ndjson_of_an_admin_has_data(olivia, events):
    data = [event.get("eventData", {}) for event in events]
    whole = [entry | {"eventData": held} for entry, held in zip(listed(olivia), data, strict=True)]
    assert records(olivia) == whole


def test_ndjson_matches_its_schema(olivia, vera, events):
    document = olivia.get("/api/openapi.json").get_json()
    answer = document["paths"]["/api/workspaces/{workspace}/analytics/events/export"]["get"]["responses"][
        "200"
    ]
    line = answer["content"]["application/x-ndjson"]["schema"] | {"components": document["components"]}
    for record in (*records(olivia), *records(vera)):
        validator_for(line, validate_formats=True).validate(record)


def test_csv_has_data_and_no_formulas(olivia, events, cast):
    [head, first, second, third] = table(olivia)
    assert head == [*HEAD, "eventData"]
    assert first[:4] == ["1", "a", "message.sent", str(cast["mika"])]
    assert json.loads(first[6]) == DATA
    assert (second[1], second[4]) == ("'=b", "'@s,1")
    assert third[4:] == ["", events[2]["timestamp"], "{}"]


@pytest.mark.parametrize("name", ["mika", "vera"])
def test_export_has_data_for_admins_only(request, name, olivia, events):
    client = request.getfixturevalue(name)
    assert records(client) == listed(olivia)
    assert table(client)[0] == HEAD


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3]),
        ("type=message.sent", [1, 3]),
        ("user=me", []),
        (f"since={ago(hours=3)}", [2, 3]),
        (f"until={ago(hours=1)}", [1, 3]),
        (f"since={ago(hours=3)}&until={ago(hours=1)}", [3]),
    ],
)
def test_export_filters_as_the_list(olivia, vera, events, query, expected):
    for client in (olivia, vera):
        assert [record["seq"] for record in records(client, query)] == expected
        assert [row[0] for row in table(client, query)[1:]] == [str(seq) for seq in expected]


def test_empty_export(vera, cast):
    assert records(vera) == []
    assert table(vera) == [HEAD]


@pytest.mark.parametrize(
    ("form", "kind"), [("ndjson", "application/x-ndjson"), ("csv", "text/csv; charset=utf-8")]
)
def test_export_is_an_attachment(olivia, events, form, kind):
    with olivia.get(f"{EXPORT}?format={form}") as answer:
        headers = answer.headers
    assert headers["Content-Type"] == kind
    assert headers["Content-Disposition"] == f'attachment; filename="acme-events.{form}"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_http_1_0_is_refused(olivia, events):
    answer = olivia.get(EXPORT, environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"})
    assert (answer.status_code, answer.get_json()["code"]) == (505, "HTTP_VERSION_NOT_SUPPORTED")


def refusal(answer) -> bool:
    assert (answer.status_code, answer.get_json()["code"]) == (503, "TOO_MANY_EXPORTS")
    assert answer.headers["Retry-After"] == "10"
    return True


def test_four_exports_at_once(olivia, mika, vera, oscar, tim, app, events):
    fifth = new_browser(app, tim(True))
    under_way = [client.get(EXPORT) for client in (olivia, mika, vera)]
    under_way.append(oscar.get(EXPORT.replace("acme", "elsewhere")))
    assert [answer.status_code for answer in under_way] == [200] * 4
    assert refusal(fifth.get(EXPORT))
    for answer in under_way:
        answer.close()
    for _ in range(8):  # nothing of these stays taken
        assert text_of(fifth, "") != ""
        with olivia.head(EXPORT) as answer:
            assert answer.status_code == 200
        assert olivia.get(EXPORT, environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"}).status_code == 505


def test_person_has_one_slot(olivia, mika, script, events):
    with olivia.get(EXPORT) as under_way:
        assert under_way.status_code == 200
        assert refusal(olivia.get(EXPORT))
        assert refusal(script("stats:read").get(EXPORT))  # a token of hers
        assert refusal(olivia.get("/w/acme/audit.csv", headers={"Accept": "application/json"}))
        assert text_of(mika, "") != ""
    assert text_of(olivia, "") != ""


def test_csv_for_excel(olivia, events, sql):
    sql("UPDATE workspaces SET timezone = 'Asia/Tokyo'")
    sql(
        "SET LOCAL session_replication_role = 'replica'; UPDATE events SET occurred_at = '2025-12-06T12:00:00.5Z'"
    )
    text = text_of(olivia, "format=csv&csv=excel")
    assert text.startswith("\ufeffseq;eventId;eventType;userId;sessionId;timestamp;eventData\r\n")
    [_head, first, *_] = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    assert first[5] == "2025-12-06 21:00:00"
    assert json.loads(first[6]) == DATA


def test_huge_events_are_paged_one_by_one(app, olivia, events, sql):
    # Stored before such numbers were refused: 64 KiB then, 3 MB as jsonb writes them.
    sql("""
        SET LOCAL session_replication_role = 'replica';
        UPDATE events SET event_data = ('{"n":[' || repeat('1e308,', 9999) || '1e308]}')::jsonb
    """)
    with app.app_context():
        query = EventQuery(find_workspace("acme").id, limit=1)
        sizes = [len(rows) for rows in pages(heavy_reads.heavy_reads(), query, with_data=True)]
    assert (sum(sizes), max(sizes)) == (len(events), 1)
    assert [record["eventData"]["n"][0] for record in records(olivia)] == [10**308] * len(events)
    assert olivia.get(f"{EVENTS}/a").get_json()["data"]["eventData"]["n"][-1] == 10**308
