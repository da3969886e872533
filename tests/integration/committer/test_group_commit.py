"""Group commit: waiting requests are committed together; copies are stored once; any text is kept."""

from __future__ import annotations

from dataclasses import replace

import gevent
import pytest
from sqlalchemy import create_engine

from app.postgres.engines import ENGINE_OPTIONS
from app.postgres.statements import Script, Statement


@pytest.fixture
def submit_all(committer, busy, blocked):
    """Submit requests, in order: the first is being committed when the others come; their receipts."""

    def submit(requests):
        with busy():
            waiting = [gevent.spawn(committer.submit, requests[0])]
            blocked()
            waiting += [gevent.spawn(committer.submit, request) for request in requests[1:]]
            gevent.sleep(0)
        return [greenlet.get().receipts for greenlet in waiting]

    return submit


def transactions(rows) -> list[int]:
    """How many events each transaction brought, in order."""
    names = [row.transaction for row in rows]
    return [names.count(name) for name in dict.fromkeys(names)]


def test_waiting_posts_share_a_commit(submit_all, events, log):
    submit_all([events(1) for _ in range(100)])
    assert transactions(log()) == [1, 99]


def test_commit_holds_500_events_at_most(submit_all, events, log):
    submit_all([events(1), *(events(7) for _ in range(150))])
    assert transactions(log()) == [1, 497, 497, 56]


def test_larger_request_commits_alone(submit_all, events, log):
    submit_all([events(1), events(1), events(1000), events(1)])
    assert transactions(log()) == [1, 1, 1000, 1]


def test_posts_get_their_numbers_in_order(submit_all, events, log):
    requests = [events(size) for size in (1, 3, 2, 5)]
    receipts = submit_all(requests)
    assert [[receipt.seq for receipt in own] for own in receipts] == [
        [1],
        [2, 3, 4],
        [5, 6],
        [7, 8, 9, 10, 11],
    ]
    ids = [event.event_id for request in requests for event in request]
    assert [receipt.event_id for own in receipts for receipt in own] == ids
    assert [row.event_id for row in log()] == ids


def test_commit_is_announced_once(submit_all, events, announced):
    submit_all([events(1), *(events(2) for _ in range(10))])
    assert [(news.first, len(news.frames)) for news in announced] == [(1, 1), (2, 20)]


def test_failed_publish_undoes_nothing(start, engine, events, log):
    def fail(_news):
        raise RuntimeError("no subscriber")

    committer = start(engine, fail)
    assert [receipt.seq for receipt in committer.submit(events(2)).receipts] == [1, 2]
    assert [receipt.seq for receipt in committer.submit(events(1)).receipts] == [3]
    assert len(log()) == 3


PAIRS = Statement("pairs", "SELECT * FROM unnest($1::text[], $2::int[])")
TEXTS = [
    "",
    "NULL",
    "null",
    '"',
    "\\",
    '\\"',
    "{}",
    "{a,b}",
    ",",
    " ",
    "\n\t\r",
    "'",
    "';--",
    "%s %(x)s",
    "é👍",
]


def test_array_elements_are_unchanged(engine):
    script = Script()
    script.add(PAIRS, [*TEXTS, None], list(range(len(TEXTS) + 1)))
    with engine.connect() as connection:
        rows = script.run(connection)
    assert [tuple(row) for row in rows] == [(text, place) for place, text in enumerate([*TEXTS, None])]


@pytest.mark.parametrize("text", TEXTS[1:])
def test_session_and_data_are_unchanged(committer, event, sql, workspace, text):
    committer.submit([replace(event(), session_id=text, event_data={text: [text]})])
    [row] = sql("SELECT session_id, event_data FROM events WHERE workspace_id = :id", id=workspace)
    assert (row.session_id, row.event_data) == (text, {text: [text]})


COPIES, EVENTS = 4, 50


@pytest.fixture
def workers(app, start, database_url):
    engines = [create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **ENGINE_OPTIONS) for _ in range(COPIES)]
    yield [start(engine) for engine in engines]
    for engine in engines:
        engine.dispose()


def test_racing_copies_are_stored_once(workers, event, log, announced):
    originals = [event(f"e-{number}", number=number) for number in range(EVENTS)]
    races = [[gevent.spawn(worker.submit, [original]) for worker in workers] for original in originals]
    for race in races:
        receipts = [greenlet.get().receipts[0] for greenlet in race]
        assert len({(receipt.seq, receipt.occurred_at) for receipt in receipts}) == 1
        assert sorted(receipt.duplicate for receipt in receipts) == [False] + [True] * (COPIES - 1)
    assert [row.seq for row in log()] == list(range(1, EVENTS + 1))
    numbers_announced = sorted(news.first + n for news in announced for n in range(len(news.frames)))
    assert numbers_announced == list(range(1, EVENTS + 1))


def test_workers_that_race_leave_no_gap(workers, events, log):
    requests = [gevent.spawn(workers[n % COPIES].submit, events(1 + n % 7)) for n in range(100)]
    numbers = [receipt.seq for greenlet in requests for receipt in greenlet.get().receipts]
    assert sorted(numbers) == [row.seq for row in log()] == list(range(1, len(numbers) + 1))
