"""What is still right, right next to what is wrong."""

import pytest
from posting import REALTIME


@pytest.fixture
def accepted(mika):
    def post(**fields) -> bool:
        answer = mika.post(REALTIME, json={"eventType": "note.taken", **fields})
        assert answer.status_code in (200, 413, 422), answer.text
        return answer.status_code == 200

    return post


def nested(levels: int) -> dict:
    value: dict = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


def test_ten_levels_of_data_and_no_more(accepted):
    assert accepted(eventData=nested(10))
    assert not accepted(eventData=nested(11))


@pytest.mark.parametrize("field", ["sessionId", "eventId"])
def test_128_characters_for_a_name(accepted, field):
    assert accepted(**{field: "x" * 128})
    assert not accepted(**{field: "x" * 129})


def test_null_for_what_may_be_left_out(accepted):
    assert accepted(sessionId=None, eventId=None, timestamp=None)


def test_surrogate_pair_is_one_character(mika, sql):
    body = '{"eventType": "note.taken", "eventData": {"\\ud83d\\ude00": "\\ud83d\\ude00"}}'
    assert mika.post(REALTIME, data=body, content_type="application/json").status_code == 200
    assert sql("SELECT event_data FROM events") == [({"😀": "😀"},)]
