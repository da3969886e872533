"""The connection to PostgreSQL breaks around a COMMIT: the committer finds out by id what became of it.

However it was, each event is stored, counted and announced once, and is no duplicate to the client that posted it.
"""

from __future__ import annotations

import gevent
import pytest
from cut_line import AFTER, ANSWERED, BEFORE, DURING, CutLine

from app.errors import OutcomeUnknown, Unavailable
from app.postgres.engines import background_engine

CUTS = pytest.mark.parametrize(
    "cuts",
    [
        [BEFORE],
        [AFTER],
        [DURING],
        [BEFORE, AFTER],
        [AFTER, AFTER],
        [DURING, DURING],
        [BEFORE, AFTER, AFTER, BEFORE],
    ],
    ids=" and ".join,
)


@pytest.fixture
def line(postgres, tmp_path):
    line = CutLine(postgres.url, tmp_path)
    line.start()
    yield line
    line.stop()


@pytest.fixture
def cut_engine(app, line):
    """Connects through the line."""
    engine = background_engine(line.url)
    yield engine
    engine.dispose()


@pytest.fixture
def committer(start, cut_engine):
    return start(cut_engine)


@pytest.fixture
def impatient(committer):
    committer.retry_for = 0.5


@pytest.fixture
def submit(committer, event):
    """`submit("a", "b")`: post a request of these events, and wait for the answer."""

    def post(*event_ids):
        receipts = committer.submit([event(event_id) for event_id in event_ids]).receipts
        return [(receipt.event_id, receipt.seq, receipt.duplicate) for receipt in receipts]

    return post


@pytest.fixture
def stored(log):
    return lambda: [(row.event_id, row.seq) for row in log()]


def numbers(announced):
    """The numbers that were published."""
    return [news.first + n for news in announced for n in range(len(news.frames))]


@CUTS
def test_cut_commit_is_stored_once(committer, line, event, submit, stored, announced, sql, cuts):
    submit("a")
    line.cuts.extend(cuts)
    receipts = committer.submit([event("b"), event("c")]).receipts
    assert [(r.event_id, r.seq, r.duplicate) for r in receipts] == [("b", 2, False), ("c", 3, False)]
    assert not line.cuts
    assert submit("d") == [("d", 4, False)]
    assert stored() == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]
    assert sum(row.count for row in sql("SELECT count FROM minute_counts")) == 4
    assert numbers(announced) == [1, 2, 3, 4]
    [row] = sql("SELECT occurred_at FROM events WHERE seq = 2")
    assert row.occurred_at == receipts[0].occurred_at


@CUTS
def test_duplicates_stay_duplicates(start, engine, line, event, submit, stored, cuts):
    start(engine).submit([event("a")])
    line.cuts.extend(cuts)
    assert submit("a") == [("a", 1, True)]
    line.cuts.extend(cuts)
    assert submit("a", "b", "b") == [("a", 1, True), ("b", 2, False), ("b", 2, True)]
    assert submit("b") == [("b", 2, True)]
    assert stored() == [("a", 1), ("b", 2)]


def test_cut_after_the_answer_is_harmless(line, cut_engine, submit, stored, announced):
    """Also where something is left to say to PostgreSQL, as SQLAlchemy's isolation levels have it."""
    with cut_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SELECT 1")
    line.cuts.append(ANSWERED)
    assert submit("a") == [("a", 1, False)]
    assert stored() == [("a", 1)]
    assert numbers(announced) == [1]
    assert submit("b") == [("b", 2, False)]


def test_connection_cut_at_login_is_retried(line, submit, stored, announced):
    """The database's fault, not the events': they are tried again together, as what the commit may have stored."""
    submit("before")
    line.cuts.append(AFTER)
    line.stillborn = 2
    asking = [gevent.spawn(submit, event_id) for event_id in ("a", "b")]
    assert sorted(greenlet.get()[0] for greenlet in asking) == [("a", 2, False), ("b", 3, False)]
    assert stored() == [("before", 1), ("a", 2), ("b", 3)]
    assert numbers(announced) == [1, 2, 3]


def test_cut_group_gets_its_own_answers(line, submit, stored):
    line.cuts.append(AFTER)
    asking = [gevent.spawn(submit, f"e-{number}") for number in range(10)]
    answers = [answer for greenlet in asking for answer in greenlet.get()]
    assert sorted(seq for _, seq, _ in answers) == list(range(1, 11))
    assert not any(duplicate for _, _, duplicate in answers)
    assert sorted(stored()) == sorted((event_id, seq) for event_id, seq, _ in answers)


def test_no_connection_stores_nothing(line, submit, stored, impatient):
    line.is_down = True
    with pytest.raises(Unavailable):
        submit("a")
    line.is_down = False  # it is used again at once
    assert stored() == []
    assert submit("a") == [("a", 1, False)]


def test_outage_after_commit_is_unknown(line, submit, stored, impatient):
    submit("before")
    line.cuts.append(AFTER)
    line.is_down = True
    with pytest.raises(OutcomeUnknown) as unknown:
        submit("a")
    assert unknown.value.retry_after == 2
    line.is_down = False
    assert stored() == [("before", 1), ("a", 2)]
    assert submit("a") == [("a", 2, True)], "the retry that the answer asks for"
