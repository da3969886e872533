"""A token in steady use costs no query a request; a session always does, so that signing out is immediate."""

import pytest
from scripts import REALTIME
from sqlalchemy import event

from app.extensions import db


@pytest.fixture
def asked(app):
    """The statements that ask who somebody is."""
    statements = []
    with app.app_context():
        engine = db.engine

    def note(*details: object) -> None:
        if details[2].startswith("SELECT") and "memberships" in details[2]:
            statements.append(details[2])

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_token_look_ups_are_cached(script, clock, asked):
    token = script("events:write")
    asked.clear()
    for _ in range(100):
        assert token.post_event().status_code == 200
        clock.now += 1 / 512
    assert len(asked) == 1


def test_actor_look_ups_are_cached(script, clock, asked):
    token = script("events:write-as")
    asked.clear()
    for _ in range(10):
        assert token.post_event(actor="mika@acme.test").status_code == 200
    assert len(asked) == 2


def test_every_token_is_looked_up_for_itself(script, clock, asked):
    reader, writer = script("stats:read"), script("events:write")
    asked.clear()
    assert [reader.get(REALTIME).status_code, writer.get(REALTIME).status_code] == [200, 403]
    assert len(asked) == 2


def test_sessions_are_not_remembered(mika, asked):
    asked.clear()
    for _ in range(3):
        mika.get(REALTIME)
    assert len(asked) == 3
