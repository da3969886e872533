"""Counters on a real Redis, and commits that reach them, or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import Engine

from app.domain.event import NewEvent
from app.ingest.committed_events import CommittedEvents, committed_events
from app.ingest.transaction import commit
from app.redis import link as redis_link
from app.redis.counters import KEY, Counters
from app.redis.link import RedisLink

MIKA = UUID(int=2)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """A database that the app's worker does not know: its repair job would correct what a test makes wrong."""
    client = redis_link.connect(redis_url.replace("db=0", "db=1"))
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def link(redis: Redis) -> RedisLink:
    return RedisLink(redis)


@pytest.fixture
def counters(link: RedisLink) -> Counters:
    return Counters(link)


@pytest.fixture
def key(workspace: UUID) -> str:
    """Where the workspace's counts are in Redis."""
    return f"pulse:{KEY}{workspace}"


@pytest.fixture
def post(engine: Engine, workspace: UUID) -> Callable[..., CommittedEvents]:
    """`post(NOON, "user.login", "message.sent")`: commit events of these types; what is to be counted of it."""

    def run(at: datetime, *types: str, timestamp: datetime | None = None, **data: str) -> CommittedEvents:
        request = [NewEvent(workspace, str(uuid4()), name, data, MIKA, None, timestamp) for name in types]
        [news] = committed_events([request], commit(engine, [request], at))
        return news

    return run


@pytest.fixture
def add_counts(counters: Counters, link: RedisLink) -> Callable[..., None]:
    """`add_counts(news, …)`: count what has been committed, in this order."""

    def add(news: CommittedEvents) -> None:
        appended, counts = news
        numbers = range(appended.first, appended.last + 1)
        link.pipeline(
            lambda pipe: counters.add_into(pipe, appended.workspace_id, appended.epoch, numbers, counts)
        )

    def run(*commits: CommittedEvents) -> None:
        for news in commits:
            add(news)

    return run
