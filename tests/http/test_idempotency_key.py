"""Idempotency-Key as the IETF's draft writes it: a quoted string is its content, one key, without parameters."""

import pytest
from posting import BATCH, REALTIME, post_batch, stored_ids
from werkzeug.datastructures import Headers

EVENT = {"eventType": "user.active"}


def post(person, *keys, event=EVENT):
    headers = Headers([("Idempotency-Key", key) for key in keys])
    return person.post(REALTIME, json=event, headers=headers)


@pytest.mark.parametrize(
    ("key", "event_id"),
    [
        ('"k-1"', "k-1"),
        ('"a,b;c=1"', "a,b;c=1"),
        (r'"say \"hi\" \\"', None),
        (r'"\"\\"', '"\\'),
        ("a=b", "a=b"),
    ],
)
def test_quoted_key_is_its_content(mika, sql, key, event_id):
    answer = post(mika, key)
    if event_id is None:  # a blank is allowed in a quoted string, but not in an event's id
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["Idempotency-Key"])
        return
    assert (answer.status_code, answer.get_json()["eventId"]) == (200, event_id)
    assert post(mika, event=EVENT | {"eventId": event_id}).get_json()["duplicate"]
    assert stored_ids(sql) == [event_id]


def test_bare_and_quoted_form_are_one_key(mika, sql):
    first, second = post(mika, "k-1").get_json(), post(mika, '"k-1"').get_json()
    assert second == first | {"duplicate": True}
    headers = {"Idempotency-Key": '"import"'}
    assert post_batch(mika, EVENT, EVENT, headers=headers)["events"][1]["eventId"] == "import:1"
    assert post_batch(mika, EVENT, EVENT, headers={"Idempotency-Key": "import"})["duplicates"] == 2
    assert stored_ids(sql) == ["k-1", "import:0", "import:1"]


def test_quoted_key_has_full_length(mika):
    assert post(mika, f'"{"k" * 128}"').status_code == 200
    assert post(mika, f'"{"k" * 129}"').status_code == 422


@pytest.mark.parametrize(
    "keys",
    [('"k";v=1',), ("k;v=1",), ("d1", "d2"), ('"d1"', '"d2"'), ('"k',), ('"k"x',), (r'"\k"',)],
    ids=str,
)
def test_malformed_key_headers_are_refused(mika, sql, keys):
    for answer in (post(mika, *keys), post_to_batch(mika, *keys)):
        assert answer.status_code == 422
        assert answer.get_json()["errors"] == {
            "Idempotency-Key": [
                "Must be one key without parameters, in double quotes if it has a comma or a semicolon."
            ]
        }
    assert stored_ids(sql) == []


def post_to_batch(person, *keys):
    headers = Headers([("Idempotency-Key", key) for key in keys])
    return person.post(BATCH, json={"events": [EVENT]}, headers=headers)


def test_retry_across_upgrade_is_stored_once(mika, sql):
    one = post(mika, '"k-1"').get_json()
    headers = {"Idempotency-Key": '"import"'}
    many = post_batch(mika, EVENT, EVENT, headers=headers)
    # As the version before stored them: with the quotes.
    sql("""UPDATE event_ids SET event_id = regexp_replace(event_id, '^([^:]*)', '"\\1"')""")
    sql("""UPDATE events SET event_id = regexp_replace(event_id, '^([^:]*)', '"\\1"')""")
    assert post(mika, '"k-1"').get_json() == one | {"eventId": '"k-1"', "duplicate": True}
    again = post_batch(mika, EVENT, EVENT, headers=headers)
    assert [event["seq"] for event in again["events"]] == [event["seq"] for event in many["events"]]
    assert (again["duplicates"], len(stored_ids(sql))) == (2, 3)
    other = post(mika, '"k-1"', event={"eventType": "user.login"})
    assert (other.status_code, other.get_json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")
