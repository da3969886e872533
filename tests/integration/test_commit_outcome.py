"""The line to PostgreSQL breaks around a COMMIT: everybody gets the right answer, and nothing is stored twice."""

from __future__ import annotations

import gevent
import pytest
from cut_line import AFTER, ANSWERED, BEFORE, CutLine

from app.domain.event import NewEvent
from app.errors import OutcomeUnknown, Unavailable
from app.ingest.committer import Committer
from app.postgres.engines import background_engine


@pytest.fixture
def line(postgres, tmp_path):
    line = CutLine(postgres.url, tmp_path)
    line.start()
    yield line
    line.stop()


@pytest.fixture
def announced() -> list:
    return []


@pytest.fixture
def engine(line, app):
    """Connects through the line."""
    engine = background_engine(line.url)
    yield engine
    engine.dispose()


@pytest.fixture
def commit(engine, announced):
    """A worker's committer at the far end of the line."""
    one = Committer(engine, announced.extend)
    one.start()
    yield one
    one.stop(1)


@pytest.fixture
def submit(commit, cast, sql):
    """`submit("a", "b")`: post a request of these events, and wait for the answer."""
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")

    def post(*event_ids: str):
        events = [NewEvent(acme.id, event_id, "user.active", {}, cast["mika"]) for event_id in event_ids]
        return [(receipt.event_id, receipt.seq, receipt.duplicate) for receipt in commit.submit(events)]

    return post


@pytest.fixture
def stored(sql):
    return lambda: [tuple(row) for row in sql("SELECT event_id, seq FROM events ORDER BY seq")]


def news(announced) -> list[int]:
    """The numbers that streams were told of."""
    return [announcement.first + n for announcement in announced for n in range(len(announcement.frames))]


def test_a_commit_that_never_arrived_is_made_again(line, submit, stored, announced):
    line.cuts.append(BEFORE)
    assert submit("a") == [("a", 1, False)]
    assert stored() == [("a", 1)]
    assert news(announced) == [1]


def test_a_commit_whose_answer_was_lost_is_found_out_and_is_no_repeat(line, submit, stored, announced):
    line.cuts.append(AFTER)
    assert submit("a", "b") == [("a", 1, False), ("b", 2, False)]
    assert stored() == [("a", 1), ("b", 2)]
    assert news(announced) == [1, 2]
    assert submit("c") == [("c", 3, False)]


def test_what_was_a_repeat_before_the_line_broke_is_one_afterwards(line, submit, stored, announced):
    submit("a")
    line.cuts.append(AFTER)
    assert submit("a", "b") == [("a", 1, True), ("b", 2, False)]
    assert stored() == [("a", 1), ("b", 2)]
    assert news(announced) == [1, 2]


@pytest.mark.parametrize(
    "cuts", [[AFTER, AFTER], [BEFORE, AFTER], [AFTER, BEFORE], [BEFORE, AFTER, AFTER, BEFORE]]
)
def test_a_line_that_breaks_again_and_again(line, submit, stored, announced, cuts):
    line.cuts.extend(cuts)
    assert submit("a") == [("a", 1, False)]
    assert stored() == [("a", 1)]
    assert news(announced) == [1]


def test_a_line_that_breaks_after_the_answer_has_broken_no_commit(line, engine, submit, stored, announced):
    """Also where something is left to say to PostgreSQL, as SQLAlchemy's isolation levels have it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SELECT 1")
    line.cuts.append(ANSWERED)
    assert submit("a") == [("a", 1, False)]
    assert stored() == [("a", 1)]
    assert news(announced) == [1]
    assert submit("b") == [("b", 2, False)]


def test_a_connection_that_dies_as_it_is_made_is_the_databases_fault(line, submit, stored, announced):
    """Not the events': they are tried again together, as what the broken commit may have stored."""
    submit("before")
    line.cuts.append(AFTER)
    line.stillborn = 2
    asking = [gevent.spawn(submit, event_id) for event_id in ("a", "b")]
    assert sorted(greenlet.get()[0] for greenlet in asking) == [("a", 2, False), ("b", 3, False)]
    assert stored() == [("before", 1), ("a", 2), ("b", 3)]
    assert news(announced) == [1, 2, 3]


def test_many_requests_in_one_broken_commit_each_get_their_own_answer(line, submit, stored):
    line.cuts.append(AFTER)
    asking = [gevent.spawn(submit, f"e-{number}") for number in range(10)]
    answers = [answer for greenlet in asking for answer in greenlet.get()]
    assert sorted(seq for _, seq, _ in answers) == list(range(1, 11))
    assert not any(duplicate for _, _, duplicate in answers)
    assert sorted(stored()) == sorted((event_id, seq) for event_id, seq, _ in answers)


@pytest.fixture
def impatient(commit):
    commit.retry_for = 0.5


def test_a_database_that_is_away_from_the_start_has_stored_nothing(line, submit, stored, impatient):
    line.is_down = True
    with pytest.raises(Unavailable):
        submit("a")
    line.is_down = False
    assert stored() == []
    assert submit("a") == [("a", 1, False)]


def test_a_database_that_stays_away_after_a_commit_leaves_the_outcome_unknown(
    line, submit, stored, impatient, announced
):
    submit("before")
    line.cuts.append(AFTER)
    line.is_down = True
    with pytest.raises(OutcomeUnknown):
        submit("a")
    line.is_down = False
    assert stored() == [("before", 1), ("a", 2)]
    assert submit("a") == [("a", 2, True)], "the retry that the answer asks for"


def test_a_database_that_is_back_is_used_again_at_once(line, submit, impatient):
    line.is_down = True
    with pytest.raises(Unavailable):
        submit("a")
    line.is_down = False
    assert submit("b") == [("b", 1, False)]
