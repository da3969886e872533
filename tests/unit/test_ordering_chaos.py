"""However the bus loses, repeats, cuts and reorders: every frame comes out exactly once, in order."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ordering import GAP_TIMEOUT, Sequencer

LENGTH = 40
WAITED = GAP_TIMEOUT + 0.001  # long enough
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
