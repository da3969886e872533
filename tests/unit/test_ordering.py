"""A sequencer lets numbered frames through once and in order, whatever a careless bus does to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ordering import GAP_TIMEOUT, MAX_HELD, Sequencer

WAITED = GAP_TIMEOUT + 0.001  # long enough


def frames(first: int, last: int) -> list[str]:
    return [f"frame {number}" for number in range(first, last + 1)]


@pytest.fixture
def sequencer() -> Sequencer[str]:
    """It has let 1 to 10 through."""
    return Sequencer("a1b2c3d4", 10)


def test_ordered_frames_pass_at_once(sequencer):
    assert sequencer.add(11, frames(11, 12), now=0) == frames(11, 12)
    assert sequencer.add(13, frames(13, 13), now=0) == frames(13, 13)
    assert (sequencer.head, sequencer.known_head, sequencer.has_gap) == (13, 13, False)


def test_repeated_frames_are_dropped(sequencer):
    assert sequencer.add(3, frames(3, 10), now=0) == []
    assert sequencer.add(10, frames(10, 10), now=0) == []
    assert (sequencer.head, sequencer.has_gap) == (10, False)


def test_overlapping_range_passes_its_new_part(sequencer):
    assert sequencer.add(8, frames(8, 12), now=0) == frames(11, 12)
    assert sequencer.head == 12


def test_early_frames_wait(sequencer):
    assert sequencer.add(12, frames(12, 13), now=0) == []
    assert (sequencer.head, sequencer.known_head, sequencer.has_gap) == (10, 13, True)
    assert sequencer.add(11, frames(11, 11), now=0.05) == frames(11, 13)
    assert (sequencer.head, sequencer.has_gap) == (13, False)


def test_overlapping_early_ranges_pass_once(sequencer):
    assert sequencer.add(13, frames(13, 15), now=0) == []
    assert sequencer.add(12, frames(12, 14), now=0) == []
    assert sequencer.add(11, frames(11, 13), now=0) == frames(11, 15)


def test_gap_is_due_after_its_timeout(sequencer):
    sequencer.add(13, frames(13, 13), now=100)
    sequencer.add(16, frames(16, 16), now=100)
    assert sequencer.overdue_gap(100 + GAP_TIMEOUT / 2) is None
    assert sequencer.overdue_gap(100 + WAITED) == (11, 12)


def test_progress_restarts_the_timeout(sequencer):
    sequencer.add(13, frames(13, 13), now=100)
    sequencer.add(11, frames(11, 11), now=100 + WAITED)
    assert sequencer.overdue_gap(100 + WAITED) is None
    assert sequencer.overdue_gap(100 + 2 * WAITED) == (12, 12)


def test_early_frames_do_not_restart_timeout(sequencer):
    sequencer.add(12, frames(12, 12), now=100)
    sequencer.add(13, frames(13, 13), now=100 + WAITED)
    assert sequencer.overdue_gap(100 + WAITED) == (11, 11)


def test_head_reveals_a_lost_last_frame(sequencer):
    sequencer.note_head(12, now=100)
    assert sequencer.has_gap
    assert sequencer.overdue_gap(100 + WAITED) == (11, 12)
    assert sequencer.add(11, frames(11, 12), now=101) == frames(11, 12)
    assert sequencer.overdue_gap(200) is None


def test_older_head_changes_nothing(sequencer):
    sequencer.note_head(4, now=100)
    assert (sequencer.head, sequencer.known_head, sequencer.has_gap) == (10, 10, False)


def test_partly_filled_gap_is_due_again(sequencer):
    sequencer.add(21, frames(21, 21), now=100)
    assert sequencer.add(11, frames(11, 15), now=101) == frames(11, 15)
    assert sequencer.overdue_gap(101 + WAITED) == (16, 20)
    assert sequencer.add(16, frames(16, 20), now=102) == frames(16, 21)


def test_frames_too_far_ahead_are_not_held(sequencer):
    far = 10 + MAX_HELD
    sequencer.add(far, frames(far, far + 5), now=100)
    assert sequencer.overdue_gap(101) == (11, far - 1)
    ready = sequencer.add(11, frames(11, far - 1), now=101)
    assert ready[-1] == f"frame {far}"
    assert sequencer.overdue_gap(200) == (far + 1, far + 5)


LENGTH = 40

ranges = st.tuples(st.integers(1, LENGTH), st.integers(1, 8)).map(
    lambda r: (r[0], min(r[0] + r[1] - 1, LENGTH))
)


@given(head=st.integers(0, LENGTH), news=st.lists(ranges, max_size=40), ticks=st.sets(st.integers(0, 40)))
def test_every_frame_passes_once_in_order(head, news, ticks):
    sequencer: Sequencer[int] = Sequencer("a1b2c3d4", head)
    out: list[int] = []
    for moment, (first, last) in enumerate(news):
        out += sequencer.add(first, range(first, last + 1), now=moment)
        if moment in ticks and (gap := sequencer.overdue_gap(moment + WAITED)):
            out += sequencer.add(gap[0], range(gap[0], gap[1] + 1), now=moment + WAITED)
        assert out == list(range(head + 1, head + 1 + len(out)))

    now = float(len(news))
    sequencer.note_head(LENGTH, now)
    while gap := sequencer.overdue_gap(now := now + WAITED):
        out += sequencer.add(gap[0], range(gap[0], gap[1] + 1), now)
    assert out == list(range(head + 1, LENGTH + 1))
    assert not sequencer.has_gap


@given(head=st.integers(0, LENGTH), news=st.lists(ranges, max_size=20))
def test_gap_holds_nothing_known(head, news):
    sequencer: Sequencer[int] = Sequencer("a1b2c3d4", head)
    known = set(range(1, head + 1))
    for first, last in news:
        sequencer.add(first, range(first, last + 1), now=0)
        known |= set(range(first, last + 1))
        if gap := sequencer.overdue_gap(WAITED):
            assert gap[0] == sequencer.head + 1
            assert known.isdisjoint(range(gap[0], gap[1] + 1))
