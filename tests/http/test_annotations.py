"""…/analytics/annotations: notes by members and scripts, changed by their authors and by admins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from conftest import new_browser
from frames import FrameParser
from posting import REALTIME, ago

NOTES = "/api/workspaces/acme/analytics/annotations"
NOTE = {
    "text": "Release 7 🚀",
    "at": "2025-12-06T12:00:00.000Z",
    "until": "2025-12-06T12:30:00.000Z",
    "url": "https://example.com/release/7?a=b#c",
    "tags": ["web", "größer"],
    "kind": "deploy",
}


def make(client, **body) -> dict:
    answer = client.post(NOTES, json=body)
    assert answer.status_code == 201, answer.text
    return answer.get_json()["data"]


def listed(client, query: str = "since=2025-12-01&until=2026-01-01") -> list[dict]:
    answer = client.get(f"{NOTES}?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["meta"]["isComplete"] is True
    return answer.get_json()["data"]


def test_note_is_made_and_listed(mika, vera, cast):
    made = make(mika, **NOTE)
    assert made == NOTE | {
        "id": made["id"],
        "userId": str(cast["mika"]),
        "tokenId": None,
        "mayChange": True,
    }
    assert listed(mika) == [made]
    assert listed(vera) == [made | {"mayChange": False}]


def test_note_needs_no_more_than_a_text(script, cast, vera):
    deploy = script("events:write", of="mika")
    before = datetime.now(UTC)
    made = make(deploy, text=" Release 8 ")
    assert before - timedelta(milliseconds=1) <= datetime.fromisoformat(made["at"]) <= datetime.now(UTC)
    assert {**made, "id": "", "at": ""} == {
        "id": "",
        "at": "",
        "until": None,
        "text": "Release 8",
        "url": None,
        "tags": [],
        "kind": "note",
        "userId": str(cast["mika"]),
        "tokenId": str(deploy.token_id),
        "mayChange": True,
    }
    assert [note["id"] for note in listed(vera, "")] == [made["id"]], "of the last 30 days, by default"


WRONG = [
    ({"text": ""}, "text"),
    ({"text": "   "}, "text"),
    ({"text": "x" * 281}, "text"),
    ({"text": "two\nlines"}, "text"),
    ({"text": 7}, "text"),
    ({"at": "yesterday"}, "at"),
    ({"at": None}, "at"),
    ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
    ({"at": "9999-12-31T23:00:00-14:00"}, "at"),
    ({"until": "2025-12-06T12:00:00Z"}, "until"),
    ({"url": "javascript:alert(1)"}, "url"),
    ({"url": "ftp://example.com"}, "url"),
    ({"url": "https://"}, "url"),
    ({"url": "//example.com"}, "url"),
    ({"url": "https://user:secret@example.com"}, "url"),
    ({"url": "https://example.com/a b"}, "url"),
    ({"url": "http://[::1"}, "url"),
    ({"url": "https://example.com/" + "x" * 2_000}, "url"),
    ({"tags": ["a", "a"]}, "tags"),
    ({"tags": ["x" * 33]}, "tags.0"),
    ({"tags": list("abcdefghijk")}, "tags"),
    ({"tags": "web"}, "tags"),
    ({"kind": "event"}, "kind"),
    ({"userId": "me"}, "userId"),
    ({"text": "a\0b"}, "text"),
]


def test_what_is_wrong_is_named(mika):
    made = make(mika, **NOTE)
    for wrong, field in WRONG:
        answers = [mika.post(NOTES, json=NOTE | wrong), mika.patch(f"{NOTES}/{made['id']}", json=wrong)]
        for answer in answers:
            assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field]), answer.text
    assert listed(mika) == [made]


def test_longest_note_is_taken(mika):
    url = "https://example.com/"
    longest = {
        "text": "ä" * 280,
        "url": url + "x" * (2_000 - len(url)),
        "tags": ["x" * 31 + str(n) for n in range(10)],
    }
    assert {name: value for name, value in make(mika, **longest).items() if name in longest} == longest


def test_named_parts_change(mika):
    made = make(mika, **NOTE)
    for change in (
        {"text": "Rolled back"},
        {"until": None, "url": None},
        {"tags": [], "kind": "incident"},
        {},
    ):
        answer = mika.patch(f"{NOTES}/{made['id']}", json=change)
        made |= change
        assert (answer.status_code, answer.get_json()["data"]) == (200, made)
    assert listed(mika) == [made]


def test_only_author_and_admins_change(app, olivia, mika, script, cast, sql):
    """A member cannot touch another's, nor can an admin's token without the scope `admin`."""
    theirs, hers = make(olivia, **NOTE), make(mika, **NOTE)
    tokens = [script("events:write"), script("admin"), script("events:write", of="mika")]
    allowed = {
        theirs["id"]: {olivia: True, mika: False, tokens[0]: True, tokens[1]: True, tokens[2]: False},
        hers["id"]: {olivia: True, mika: True, tokens[0]: False, tokens[1]: True, tokens[2]: True},
    }
    for note, clients in allowed.items():
        for number, (client, may) in enumerate(clients.items()):
            answer = client.patch(f"{NOTES}/{note}", json={"tags": [f"t{number}"]})
            assert answer.status_code == (200 if may else 403), (note, number)
            if not may:
                assert client.delete(f"{NOTES}/{note}").status_code == 403
    sql("UPDATE memberships SET role = 'viewer' WHERE user_id = :user", user=cast["mika"])
    mika = new_browser(app, cast["mika"])
    assert [note["mayChange"] for note in listed(mika)] == [False, False], "an author who only views by now"
    assert mika.delete(f"{NOTES}/{hers['id']}").status_code == 403
    for note in allowed:
        assert olivia.delete(f"{NOTES}/{note}").status_code == 204
        assert olivia.delete(f"{NOTES}/{note}").status_code == 404
    assert listed(olivia) == []


def test_note_of_another_workspace_is_none(olivia, oscar):
    made = make(olivia, **NOTE)
    elsewhere = NOTES.replace("acme", "elsewhere")
    assert oscar.get(f"{elsewhere}?since=2025-12-01").get_json()["data"] == []
    assert oscar.patch(f"{elsewhere}/{made['id']}", json={"text": "mine"}).status_code == 404
    assert oscar.delete(f"{elsewhere}/{made['id']}").status_code == 404
    assert olivia.patch(f"{NOTES}/{uuid4()}", json={"text": "gone"}).status_code == 404
    assert listed(olivia) == [made]


def test_range_and_tag_choose(mika):
    """Notes that touch the stretch of time, whose end is not part of it."""
    spans = {"a": (1, None), "b": (2, 5), "c": (5, 6), "d": (6, None), "e": (7, 9)}
    for tag, (at, until) in spans.items():
        end = until and f"2025-12-0{until}T00:00:00Z"
        make(mika, text=tag, at=f"2025-12-0{at}T00:00:00Z", until=end, tags=[tag, "all"])
    for since in range(1, 10):
        for end in range(since + 1, 11):
            query = f"since=2025-12-0{since}&until=2025-12-{end:02}"
            touching = [tag for tag, (at, until) in spans.items() if at < end and (until or at) >= since]
            assert [note["text"] for note in listed(mika, query)] == touching
            assert [note["text"] for note in listed(mika, f"{query}&tag=b")] == [
                t for t in touching if t == "b"
            ]


WRONG_RANGES = [
    ("since=2025-12-02&until=2025-12-01", "until"),
    ("since=2024-01-01&until=2025-12-01", "since"),
    ("since=then", "since"),
    ("tag=", "tag"),
    ("limit=3", "limit"),
]


def test_wrong_parameter_is_named(vera):
    for query, field in WRONG_RANGES:
        answer = vera.get(f"{NOTES}?{query}")
        assert (answer.status_code, list(answer.get_json()["errors"])) == (400, [field])


def test_workspace_has_a_limit(mika, sql):
    sql("""INSERT INTO annotations (workspace_id, id, at, text, kind, made_by)
        SELECT id, gen_random_uuid(), now(), 'x', 'note', gen_random_uuid()
        FROM workspaces, generate_series(1, 10000) WHERE slug = 'acme'""")
    answer = mika.post(NOTES, json={"text": "one too many"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "TOO_MANY_ANNOTATIONS")
    answer = mika.get(NOTES).get_json()
    assert (len(answer["data"]), answer["meta"]["isComplete"]) == (500, False)


def test_notes_are_audited_without_words(mika, olivia):
    made = make(mika, **NOTE)
    mika.patch(f"{NOTES}/{made['id']}", json={"text": "Secret", "kind": "deploy"})
    mika.delete(f"{NOTES}/{made['id']}")
    entries = olivia.get("/api/workspaces/acme/audit?limit=3").get_json()["data"]
    assert [(entry["action"], entry["details"]) for entry in reversed(entries)] == [
        ("annotation.created", {"id": made["id"], "kind": "deploy", "at": NOTE["at"]}),
        ("annotation.changed", {"id": made["id"], "changed": ["text"]}),
        ("annotation.removed", {"id": made["id"]}),
    ]


def test_open_streams_are_offered_notes(mika, vera, olivia):
    with vera.get(REALTIME, headers={"Accept": "text/event-stream"}) as stream:
        parser = FrameParser()
        frames = (frame for chunk in stream.response for frame in parser.feed(chunk))
        assert [next(frames).event, next(frames).event] == ["connected", "stats"]
        made = make(mika, text="Release 9", at=ago(hours=1))
        made.pop("mayChange")
        told = [next(frames)]
        mika.patch(f"{NOTES}/{made['id']}", json={"tags": ["web"]})
        told.append(next(frames))
        mika.delete(f"{NOTES}/{made['id']}")
        told.append(next(frames))
        olivia.delete(REALTIME)
    assert [(frame.event, frame.id) for frame in told] == [("annotation", None)] * 3
    tagged = made | {"tags": ["web"]}
    assert [frame.json for frame in told] == [
        {"change": "created", "annotation": made},
        {"change": "changed", "annotation": tagged},
        {"change": "removed", "annotation": tagged},
    ]
