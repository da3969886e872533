"""Commit lanes: a workspace whose head is locked delays and refuses no other workspace's posts."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from random import Random
from uuid import UUID, uuid4

import gevent
import pytest
from empty_logs import new_workspace
from servers import until
from sqlalchemy import create_engine

from app.domain.event import NewEvent
from app.errors import Overloaded, Unavailable
from app.ingest.commit_queue import LANES, MAX_POSTS
from app.postgres.engines import ENGINE_OPTIONS

from .conftest import HOLD, MIKA, outcome

BLOCKED = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
def workspaces(sql):
    return lambda count: [new_workspace(sql) for _ in range(count)]


@pytest.fixture
def held(engine):
    """`with held(workspace, …):` another transaction holds the heads of these workspaces."""

    @contextmanager
    def hold(*workspaces: UUID):
        with ExitStack() as stack:
            connection = stack.enter_context(engine.begin())
            for workspace in workspaces:
                connection.execute(HOLD, {"id": workspace})
            yield

    return hold


def make(workspace: UUID, count: int = 1) -> list[NewEvent]:
    return [NewEvent(workspace, str(uuid4()), "user.active", {}, MIKA) for _ in range(count)]


def test_locked_head_stalls_its_workspace(committer, workspaces, held, blocked):
    locked, other = workspaces(2)
    with held(locked):
        stuck = gevent.spawn(outcome, committer, make(locked))
        blocked()
        for seq in range(1, 4):
            assert outcome(committer, make(other)) == [seq]
        assert not stuck.ready()
    assert stuck.get() == [1]


def test_locked_head_spares_queued_others(committer, workspaces, held):
    locked, *others = workspaces(10)
    with held(locked):
        waiting = [gevent.spawn(outcome, committer, make(workspace)) for workspace in [locked, *others]]
        assert [greenlet.get() for greenlet in waiting[1:]] == [[1]] * 9
        assert not waiting[0].ready()
    assert waiting[0].get() == [1]


def test_more_locked_heads_than_lanes(committer, workspaces, held, sql):
    locked, [other, large] = workspaces(2 * LANES), workspaces(2)
    with held(*locked):
        stuck = [gevent.spawn(outcome, committer, make(workspace, 30)) for workspace in locked]
        until(lambda: len(sql(BLOCKED)) == LANES - 1, "all lanes that wait for locks")
        assert outcome(committer, make(other)) == [1]
        assert outcome(committer, make(large, 100)) == list(range(1, 101))
        assert not any(greenlet.ready() for greenlet in stuck)
    assert [greenlet.get() for greenlet in stuck] == [list(range(1, 31))] * len(locked)


def test_lasting_lock_refuses_one_workspace(start, sql, app, workspaces, held, announced):
    """The server is well, so that posts of others are neither refused nor answered without another try."""
    locked, other = workspaces(2)
    arguments = ENGINE_OPTIONS["connect_args"]
    soon = arguments | {"options": arguments["options"].replace("lock_timeout=8s", "lock_timeout=1s")}
    engine = create_engine(app.config["PULSE"].database_url, **ENGINE_OPTIONS | {"connect_args": soon})
    committer = start(engine)
    committer.retry_for = 0
    with held(locked):
        refused = gevent.spawn(outcome, committer, make(locked))
        until(lambda: sql(BLOCKED), "a commit that waits")
        queued = gevent.spawn(outcome, committer, make(locked))
        served = []
        while not refused.ready():
            served.append(outcome(committer, make(other)))
    assert refused.get() is queued.get() is Unavailable
    assert served == [[seq] for seq in range(1, len(served) + 1)]
    assert outcome(committer, make(locked)) == [1]
    committer.stop(5)
    engine.dispose()


def test_full_queue_is_per_workspace(committer, workspaces, held, blocked):
    locked, other = workspaces(2)
    with held(locked):
        stuck = [gevent.spawn(outcome, committer, make(locked))]
        blocked()
        stuck += [gevent.spawn(outcome, committer, make(locked, 1_000)) for _ in range(10)]
        gevent.sleep(0)
        assert outcome(committer, make(locked)) is Overloaded
        assert outcome(committer, make(other, 1_000)) == list(range(1, 1_001))
    assert [len(greenlet.get()) for greenlet in stuck] == [1] + [1_000] * 10


def test_waiting_posts_are_bounded(committer, workspaces, held, blocked):
    """gunicorn accepts 2,000 connections: all of them waiting for one head would silence the worker."""
    [locked] = workspaces(1)
    with held(locked):
        stuck = [gevent.spawn(outcome, committer, make(locked))]
        blocked()
        stuck += [gevent.spawn(outcome, committer, make(locked)) for _ in range(MAX_POSTS)]
        gevent.sleep(0)
        assert outcome(committer, make(locked)) is Overloaded
    assert [greenlet.get() for greenlet in stuck] == [[seq] for seq in range(1, MAX_POSTS + 2)]


def test_commits_are_published_in_order(start, engine, workspaces):
    """With transactions of all sizes side by side, and publications that take their time."""
    dice, news = Random(17), []

    def publish(commits, _workspaces):
        gevent.sleep(dice.random() / 50)
        news.extend(commit.appended for commit in commits)
        return {}

    committer, all_of_them = start(engine, publish), workspaces(6)

    def post(workspace):
        for _ in range(8):
            committer.submit(make(workspace, dice.choice([1, 1, 2, 40])))

    gevent.joinall(
        [gevent.spawn(post, workspace) for workspace in all_of_them for _ in range(5)], raise_error=True
    )
    for workspace in all_of_them:
        numbers = [
            one.first + n for one in news if one.workspace_id == workspace for n in range(len(one.frames))
        ]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 40
