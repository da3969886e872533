"""A sequencer lets numbered frames through once and in order, whatever a careless bus does to them."""

import pytest

from app.domain.ordering import GAP_TIMEOUT, MAX_HELD, Sequencer

WAITED = GAP_TIMEOUT + 0.001  # long enough


def frames(first: int, last: int) -> list[str]:
    return [f"frame {number}" for number in range(first, last + 1)]


@pytest.fixture
def sequencer() -> Sequencer[str]:
    """It has let 1 to 10 through."""
    return Sequencer("a1b2c3d4", 10)


def test_what_comes_in_order_goes_through_at_once(sequencer):
    assert sequencer.add(11, frames(11, 12), now=0) == frames(11, 12)
    assert sequencer.add(13, frames(13, 13), now=0) == frames(13, 13)
    assert (sequencer.head, sequencer.known_head, sequencer.has_gap) == (13, 13, False)


def test_what_has_gone_through_does_not_do_so_again(sequencer):
    assert sequencer.add(3, frames(3, 10), now=0) == []
    assert sequencer.add(10, frames(10, 10), now=0) == []
    assert (sequencer.head, sequencer.has_gap) == (10, False)


def test_of_a_range_that_is_half_known_the_new_half_goes_through(sequencer):
    assert sequencer.add(8, frames(8, 12), now=0) == frames(11, 12)
    assert sequencer.head == 12


def test_what_comes_early_waits_for_what_is_before_it(sequencer):
    assert sequencer.add(12, frames(12, 13), now=0) == []
    assert (sequencer.head, sequencer.known_head, sequencer.has_gap) == (10, 13, True)
    assert sequencer.add(11, frames(11, 11), now=0.05) == frames(11, 13)
    assert (sequencer.head, sequencer.has_gap) == (13, False)


def test_early_ranges_that_overlap_go_through_once(sequencer):
    assert sequencer.add(13, frames(13, 15), now=0) == []
    assert sequencer.add(12, frames(12, 14), now=0) == []
    assert sequencer.add(11, frames(11, 13), now=0) == frames(11, 15)


def test_of_two_gaps_the_first_is_asked_for_after_a_moment_of_patience(sequencer):
    sequencer.add(13, frames(13, 13), now=100)
    sequencer.add(16, frames(16, 16), now=100)
    assert sequencer.overdue_gap(100 + GAP_TIMEOUT / 2) is None
    assert sequencer.overdue_gap(100 + WAITED) == (11, 12)


def test_progress_earns_new_patience(sequencer):
    sequencer.add(13, frames(13, 13), now=100)
    sequencer.add(11, frames(11, 11), now=100 + WAITED)
    assert sequencer.overdue_gap(100 + WAITED) is None
    assert sequencer.overdue_gap(100 + 2 * WAITED) == (12, 12)


def test_more_early_frames_do_not_earn_new_patience(sequencer):
    sequencer.add(12, frames(12, 12), now=100)
    sequencer.add(13, frames(13, 13), now=100 + WAITED)
    assert sequencer.overdue_gap(100 + WAITED) == (11, 11)


def test_a_lost_last_message_is_noticed_by_the_head_that_a_tick_tells(sequencer):
    sequencer.note_head(12, now=100)
    assert sequencer.has_gap
    assert sequencer.overdue_gap(100 + WAITED) == (11, 12)
    assert sequencer.add(11, frames(11, 12), now=101) == frames(11, 12)
    assert sequencer.overdue_gap(200) is None


def test_a_head_that_is_behind_changes_nothing(sequencer):
    sequencer.note_head(4, now=100)
    assert (sequencer.head, sequencer.known_head, sequencer.has_gap) == (10, 10, False)


def test_a_gap_filled_in_parts_is_asked_for_again_from_where_it_now_begins(sequencer):
    sequencer.add(21, frames(21, 21), now=100)
    assert sequencer.add(11, frames(11, 15), now=101) == frames(11, 15)
    assert sequencer.overdue_gap(101 + WAITED) == (16, 20)
    assert sequencer.add(16, frames(16, 20), now=102) == frames(16, 21)


def test_what_is_too_far_ahead_is_not_held_but_fetched_later(sequencer):
    far = 10 + MAX_HELD
    sequencer.add(far, frames(far, far + 5), now=100)
    assert sequencer.overdue_gap(101) == (11, far - 1)
    ready = sequencer.add(11, frames(11, far - 1), now=101)
    assert ready[-1] == f"frame {far}"
    assert sequencer.overdue_gap(200) == (far + 1, far + 5)
