"""The ring keeps the recent frames of a workspace, numbered without gaps, and forgets the oldest first."""

import pytest

from app.live.ring import MAX_BYTES, MAX_FRAMES, Ring


@pytest.fixture
def ring() -> Ring:
    """It begins after number 10."""
    return Ring(10)


def test_an_empty_ring_has_nothing_after_its_head_and_knows_nothing_before(ring):
    assert ring.after(10, 100) == []
    assert ring.after(9, 100) is None


def test_it_gives_what_comes_after_a_number_up_to_a_limit(ring):
    ring.extend([b"11", b"12", b"13"])
    assert ring.head == 13
    assert ring.after(10, 100) == [b"11", b"12", b"13"]
    assert ring.after(11, 100) == [b"12", b"13"]
    assert ring.after(10, 2) == [b"11", b"12"]
    assert ring.after(13, 100) == []
    assert ring.after(9, 100) is None


def test_it_forgets_the_oldest_beyond_a_number_of_frames(ring):
    ring.extend([b"x"] * (MAX_FRAMES + 5))
    assert ring.head == 10 + MAX_FRAMES + 5
    assert ring.after(14, 1) is None
    assert ring.after(15, MAX_FRAMES) == [b"x"] * MAX_FRAMES


def test_it_forgets_the_oldest_beyond_a_number_of_bytes(ring):
    half = bytes(MAX_BYTES // 2)
    ring.extend([half, half])
    assert ring.after(10, 2) == [half, half]
    ring.extend([b"x"])
    assert ring.after(10, 3) is None
    assert ring.after(11, 3) == [half, b"x"]


def test_a_frame_larger_than_all_is_not_kept_but_counted(ring):
    ring.extend([bytes(MAX_BYTES + 1)])
    assert (ring.head, ring.after(10, 1), ring.after(11, 1)) == (11, None, [])
    assert ring.total_bytes == MAX_BYTES + 1


def test_it_tells_how_much_it_has_ever_taken_in(ring):
    for _ in range(3):
        ring.extend([b"four", b"five!"])
    assert ring.total_bytes == 27
