"""A token in steady use costs no query a request; a session always does, so that signing out is immediate."""

import pytest
from scripts import REALTIME
from sql_runner import executed


@pytest.fixture
def look_ups(engine):
    """`look_ups()`: how many statements have asked who a user is since the last call."""
    with executed(engine) as seen:

        def count() -> int:
            found = sum(one.startswith("SELECT") and "memberships" in one for one in seen)
            seen.clear()
            return found

        yield count


def test_token_look_ups_are_cached(script, clock, look_ups):
    token = script("events:write")
    look_ups()
    for _ in range(100):
        assert token.post_event().status_code == 200
        clock.now += 1 / 512
    assert look_ups() == 1


def test_actor_look_ups_are_cached(script, clock, look_ups):
    token = script("events:write-as")
    look_ups()
    for _ in range(10):
        assert token.post_event(actor="mika@acme.test").status_code == 200
    assert look_ups() == 2


def test_each_token_is_looked_up(script, clock, look_ups):
    reader, writer = script("stats:read"), script("events:write")
    look_ups()
    assert [reader.get(REALTIME).status_code, writer.get(REALTIME).status_code] == [200, 403]
    assert look_ups() == 2


def test_sessions_are_not_remembered(mika, look_ups):
    look_ups()
    for _ in range(3):
        mika.get(REALTIME)
    assert look_ups() == 3
