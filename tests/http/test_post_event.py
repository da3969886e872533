"""POST: an event is committed, numbered and answered; a retry gets the first response again."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from posting import REALTIME, ago, stored_ids

from app.domain.catalogue import CATALOGUE

MESSAGE = {"eventType": "message.sent", "eventData": {"messageId": "m-1", "channelId": "general"}}


def test_answer_equals_the_stored_event(mika, sql):
    answer = mika.post(REALTIME, json=MESSAGE | {"sessionId": "s-1"})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    [stored] = sql("SELECT * FROM events")
    assert answer.get_json() == {
        "success": True,
        "message": "Event tracked successfully",
        "eventType": "message.sent",
        "eventId": stored.event_id,
        "seq": 1,
        "notified": 0,
        "timestamp": stored.occurred_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    assert (stored.seq, stored.event_type, stored.event_data) == (1, "message.sent", MESSAGE["eventData"])
    assert (stored.user_id, stored.session_id) == (mika.user_id, "s-1")
    assert stored.occurred_at == stored.received_at


def test_generated_id_sorts_by_time(mika):
    ids = [mika.post(REALTIME, json=MESSAGE).get_json()["eventId"] for _ in range(2)]
    assert {uuid.UUID(event_id).version for event_id in ids} == {7}
    assert ids[0] != ids[1]


def test_seq_has_no_gaps(mika, olivia, sql):
    for number, person in enumerate([mika, olivia, mika, olivia], start=1):
        person.post(REALTIME, json={"eventType": "no"})
        answer = person.post(REALTIME, json={"eventType": "user.active", "eventId": f"e-{number}"})
        assert answer.get_json()["seq"] == number
    assert stored_ids(sql) == ["e-1", "e-2", "e-3", "e-4"]


@pytest.mark.parametrize("event_type", sorted(CATALOGUE))
def test_catalogue_examples_are_accepted(mika, sql, event_type):
    answer = mika.post(
        REALTIME, json={"eventType": event_type, "eventData": dict(CATALOGUE[event_type].example)}
    )
    assert (answer.status_code, answer.get_json()["eventType"]) == (200, event_type)
    assert sql("SELECT event_data FROM events") == [(CATALOGUE[event_type].example,)]


def test_what_is_refused_leaves_nothing(client, vera, oscar, sql):
    for person, status in ((client, 401), (vera, 403), (oscar, 404)):
        assert person.post(REALTIME, json=MESSAGE).status_code == status
    assert sql("SELECT count(*), (SELECT max(last_seq) FROM event_heads) FROM events") == [(0, 0)]


def test_client_time_has_milliseconds(mika, sql):
    moment = datetime.now(UTC).replace(microsecond=123_456) - timedelta(hours=2)
    answer = mika.post(REALTIME, json=MESSAGE | {"timestamp": moment.isoformat()})
    assert answer.get_json()["timestamp"] == moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert sql("SELECT occurred_at FROM events") == [(moment.replace(microsecond=123_000),)]


@pytest.mark.parametrize("age", [{"hours": 23, "minutes": 59}, {"minutes": -4, "seconds": -50}])
def test_bounds_of_client_times(mika, age):
    assert mika.post(REALTIME, json=MESSAGE | {"timestamp": ago(**age)}).status_code == 200


def test_time_with_offset_is_converted(mika, sql):
    moment = (datetime.now(UTC) - timedelta(hours=1)).replace(microsecond=0)
    for offset in ("+05:30", "-08:00"):
        sign = -1 if offset[0] == "-" else 1
        shift = sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))
        local = (moment + shift).strftime("%Y-%m-%dT%H:%M:%S") + offset
        mika.post(REALTIME, json=MESSAGE | {"timestamp": local})
    assert sql("SELECT DISTINCT occurred_at FROM events") == [(moment,)]


def test_data_round_trips(mika, sql):
    data = {
        "text": "Grüße, 世界 👋 <b>'\"\\</b>\u2028\t\n",
        "": "an empty key",
        "deep": {"a": [{"b": [[1, 2.5, -1e-7, None, True]]}]},
        "most": 2**63 - 1,
        "least": -(2**63) + 1,
    }
    assert mika.post(REALTIME, json={"eventType": "note.taken", "eventData": data}).status_code == 200
    [stored] = sql("SELECT event_data FROM events")
    assert stored.event_data == data


def test_content_type_may_have_parameters(mika):
    answer = mika.post(
        REALTIME, data='{"eventType":"user.active"}', content_type="application/json; charset=utf-8"
    )
    assert answer.status_code == 200


def test_projections_are_committed_with_event(mika, sql):
    mika.post(REALTIME, json=MESSAGE | {"sessionId": "s-1"})
    assert sql("SELECT event_type, count, retracted FROM minute_counts") == [("message.sent", 1, 0)]
    assert sql("SELECT user_id FROM user_presence") == [(mika.user_id,)]
    assert sql("SELECT session_id FROM session_presence") == [("s-1",)]
    assert sql("SELECT channel_id FROM channels WHERE last_message_at IS NOT NULL") == [("general",)]


EVENT = {"eventType": "message.sent", "eventData": {"messageId": "m-1"}, "sessionId": "s-1", "eventId": "e-1"}


def post(person, event=EVENT, **options):
    answer = person.post(REALTIME, json=event, **options)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def counts(sql) -> list:
    """Events by their minutes, events in the log, and the log's last number."""
    by_minute = "SELECT sum(count) FROM minute_counts"
    return sql(f"SELECT ({by_minute}), (SELECT count(*) FROM events), max(last_seq) FROM event_heads")  # noqa: S608


def test_retry_gets_the_first_response(mika, sql):
    first = post(mika)
    post(mika, {"eventType": "user.active"})
    assert post(mika) == first | {"duplicate": True}
    assert counts(sql) == [(2, 2, 2)]


def test_header_and_id_are_equivalent(mika, sql):
    event = {"eventType": "user.active"}
    first = post(mika, event, headers={"Idempotency-Key": "k-1"})
    assert first["eventId"] == "k-1"
    assert post(mika, event, headers={"Idempotency-Key": "k-1"}) == first | {"duplicate": True}
    assert post(mika, event | {"eventId": "k-1"}) == first | {"duplicate": True}
    assert post(mika, event | {"eventId": "k-1"}, headers={"Idempotency-Key": "k-1"})["duplicate"]
    assert counts(sql) == [(1, 1, 1)]


def test_header_and_id_must_agree(mika, sql):
    answer = mika.post(REALTIME, json=EVENT, headers={"Idempotency-Key": "other"})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["eventId"])
    assert sql("SELECT * FROM events") == []


@pytest.mark.parametrize(
    "change",
    [
        {"eventType": "message.edited"},
        {"eventData": {"messageId": "m-2"}},
        {"eventData": {}},
        {"sessionId": "s-2"},
        {"sessionId": None},
        {"timestamp": ago(minutes=1)},
    ],
)
def test_taken_id_is_a_conflict(mika, sql, change):
    post(mika)
    answer = mika.post(REALTIME, json=EVENT | change)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert "e-1" in answer.get_json()["detail"]
    assert counts(sql) == [(1, 1, 1)]


def test_id_of_other_user_is_a_conflict(mika, olivia):
    post(mika)
    assert olivia.post(REALTIME, json=EVENT).status_code == 409


def test_ids_are_per_workspace(mika, oscar):
    post(mika)
    answer = oscar.post(REALTIME.replace("acme", "elsewhere"), json=EVENT).get_json()
    assert (answer["seq"], "duplicate" in answer) == (1, False)


def test_key_order_is_irrelevant(mika):
    post(mika, EVENT | {"eventData": {"a": 1, "b": {"c": 2, "d": 3}}})
    assert post(mika, EVENT | {"eventData": {"b": {"d": 3, "c": 2}, "a": 1}})["duplicate"]


@pytest.mark.parametrize("key", ["", " ", "x" * 129, "with space", "tab\t", "ünï"])
def test_invalid_key_is_named(mika, key):
    answer = mika.post(REALTIME, json={"eventType": "user.active"}, headers={"Idempotency-Key": key})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["Idempotency-Key"])
