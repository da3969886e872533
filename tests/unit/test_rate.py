"""A sliding window made of two counts: what it lets in, and when it will let in more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.rate import Rate, RateWindow, has_room, seconds_until_free, used

RATE = Rate(10, 60)


def test_previous_window_fades():
    window = RateWindow(100, before=10)
    assert [round(used(window, RATE, 6000 + passed)) for passed in (0, 30, 60)] == [10, 5, 0]


def test_other_workers_counts_count():
    assert used(RateWindow(100, elsewhere=3, here=4), RATE, 6030) == 7


@pytest.mark.parametrize(("number", "before"), [(100, 0), (101, 7), (102, 0), (99, 0)])
def test_window_moves_on(number, before):
    window = RateWindow(100, elsewhere=3, here=4, reported=2)
    window.move(number)
    assert (window.number, window.before) == (number, before)
    assert (window.elsewhere, window.here, window.reported) == ((3, 4, 2) if number == 100 else (0, 0, 0))


@pytest.mark.parametrize(
    ("window", "seconds"),
    [
        (RateWindow(100, here=10), 66),  # this window's end, and then one in ten must fade
        (RateWindow(100, before=10), 6),
        (RateWindow(100, before=10, here=9), 60),
    ],
)
def test_seconds_until_room(window, seconds):
    assert seconds_until_free(window, RATE, 6000) == seconds


@given(
    amount=st.integers(1, 50),
    seconds=st.integers(1, 3_600),
    before=st.integers(0, 50),
    here=st.integers(0, 50),
    passed=st.floats(0, 0.999),
    wanted=st.integers(1, 200),
)
def test_waiting_that_long_is_enough(amount, seconds, before, here, passed, wanted):
    rate, now = Rate(amount, seconds), (1_000 + passed) * seconds
    window = RateWindow(
        1_000, before=before, here=here
    )  # more than the rate allows: a batch into an empty window
    later = now + seconds_until_free(window, rate, now, wanted)
    window.move(int(later // seconds))
    assert used(window, rate, later) + min(wanted, amount) <= amount + 1e-6


@pytest.mark.parametrize(
    ("window", "wanted", "let_in"),
    [
        (RateWindow(100), 1_000, True),
        (RateWindow(100, here=1), 1_000, False),
        (RateWindow(100, before=1), 1_000, False),
        (RateWindow(100, here=4), 6, True),
        (RateWindow(100, elsewhere=5), 6, False),
    ],
)
def test_cost_fits_whole_or_not_at_all(window, wanted, let_in):
    assert has_room(window, RATE, 6_000, wanted) == let_in
