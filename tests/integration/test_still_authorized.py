"""The re-check of authorization: one query for all streams ends those whose rights have ended."""

from __future__ import annotations

import contextlib

import pytest
from conftest import new_browser
from frames import FrameParser
from posting import REALTIME
from sql_runner import executed

ENDINGS = {
    "signed out": "DELETE FROM sessions WHERE user_id = :id",
    "session expired": "UPDATE sessions SET expires_at = now() WHERE user_id = :id",
    "deactivated": "UPDATE users SET is_active = false WHERE id = :id",
    "removed from the workspace": "DELETE FROM memberships WHERE user_id = :id",
}


@pytest.fixture
def listen(app, cast):
    """`listen("mika")`: what a fresh session of hers is sent, frame by frame."""
    with contextlib.ExitStack() as opened:

        def start(name: str):
            browser = new_browser(app, cast[name])
            response = opened.enter_context(browser.get(REALTIME, headers={"Accept": "text/event-stream"}))
            next(response.response)
            return response.response

        yield start


def said_at_the_end(body) -> dict:
    return list(FrameParser().feed(b"".join(body)))[-1].json


@pytest.mark.parametrize("ending", ENDINGS)
def test_lost_rights_end_streams(app, cast, sql, listen, ending):
    theirs = [listen("mika") for _ in range(3)]
    listen("vera")
    listen("olivia")
    sql(ENDINGS[ending], id=cast["mika"])
    worker = app.extensions["pulse"]
    with executed(worker.hub._engine, by_jobs=False) as seen:
        assert worker.revocation.recheck() == 3
    assert len(seen) == 1
    assert [said_at_the_end(body) for body in theirs] == [{"reason": "revoked"}] * 3
    assert worker.revocation.recheck() == 0


def test_no_streams_no_query(app):
    worker = app.extensions["pulse"]
    with executed(worker.hub._engine, by_jobs=False) as seen:
        assert worker.revocation.recheck() == 0
    assert seen == []
