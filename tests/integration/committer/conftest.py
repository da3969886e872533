"""Committers on real servers, a workspace, and what they publish."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from servers import until
from sqlalchemy import Engine, Row, text

from app.domain.event import NewEvent
from app.errors import Problem
from app.ingest.committed_events import CommittedEvents
from app.ingest.committer import Committer, Publish
from app.redis.bus_messages import EventsAppended

MIKA = UUID(int=2)
HOLD = text("SELECT FROM event_heads WHERE workspace_id = :id FOR UPDATE")


def outcome(committer: Committer, request: Sequence[NewEvent]) -> list[int] | type[Problem]:
    """The numbers that a request was given, or the kind of error that it got."""
    try:
        return [receipt.seq for receipt in committer.submit(request).receipts]
    except Problem as problem:
        return type(problem)


@pytest.fixture
def announced() -> list[EventsAppended]:
    """What committers have published, in order."""
    return []


@pytest.fixture
def start(app: Flask, announced: list[EventsAppended]) -> Iterator[Callable[..., Committer]]:
    """`start(engine)`: another committer, as of another worker."""
    started: list[Committer] = []

    def publish(commits: Sequence[CommittedEvents], _workspaces: object) -> Mapping[UUID, int]:
        announced.extend(commit.appended for commit in commits)
        return {}

    def begin(engine: Engine, publish: Publish = publish) -> Committer:
        started.append(Committer(engine, publish))
        started[-1].start()
        return started[-1]

    yield begin
    for committer in started:
        committer.stop(5)


@pytest.fixture
def committer(start: Callable[..., Committer], engine: Engine) -> Committer:
    return start(engine)


@pytest.fixture
def event(workspace: UUID) -> Callable[..., NewEvent]:
    """`event("e-1", "message.sent", messageId="m-1")`; with an id of its own if none is given."""

    def make(event_id: str = "", event_type: str = "user.active", **data: Any) -> NewEvent:
        return NewEvent(workspace, event_id or str(uuid4()), event_type, data, MIKA)

    return make


@pytest.fixture
def events(event: Callable[..., NewEvent]) -> Callable[[int], Sequence[NewEvent]]:
    """`events(3)`: so many different ones."""
    return lambda count: [event() for _ in range(count)]


@pytest.fixture
def busy(engine: Engine, workspace: UUID) -> Callable[[], AbstractContextManager[None]]:
    """`with busy():` another transaction holds the head of the log, so that commits wait."""

    @contextmanager
    def hold() -> Iterator[None]:
        with engine.begin() as connection:
            connection.execute(HOLD, {"id": workspace})
            yield

    return hold


@pytest.fixture
def blocked(sql: Callable[..., list[Row]]) -> Callable[[], None]:
    """`blocked()` returns once a commit waits for the lock on its head."""
    waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return lambda: until(lambda: sql(waiting), "a commit that waits")


@pytest.fixture
def log(sql: Callable[..., list[Row]], workspace: UUID) -> Callable[[], list[Row]]:
    """The log's rows in order: seq, event_id, and in which transaction they came."""
    query = (
        "SELECT seq, event_id, xmin::text AS transaction FROM events WHERE workspace_id = :id ORDER BY seq"
    )
    return lambda: sql(query, id=workspace)
