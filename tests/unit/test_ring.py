"""The ring keeps the recent frames of a workspace, numbered without gaps, and forgets the oldest first."""

import pytest

from app.live.ring import MAX_BYTES, MAX_FRAMES, Ring


@pytest.fixture
def ring() -> Ring:
    """It begins after number 10."""
    return Ring(10)


def test_empty_ring_is_empty(ring):
    assert ring.after(10, 100) == []
    assert ring.after(9, 100) is None


def test_ring_reads_after_a_number(ring):
    ring.extend([b"11", b"12", b"13"])
    assert ring.head == 13
    assert ring.after(10, 100) == [b"11", b"12", b"13"]
    assert ring.after(11, 100) == [b"12", b"13"]
    assert ring.after(10, 2) == [b"11", b"12"]
    assert ring.after(13, 100) == []
    assert ring.after(9, 100) is None


def test_ring_is_bounded_in_frames(ring):
    ring.extend([b"x"] * (MAX_FRAMES + 5))
    assert ring.head == 10 + MAX_FRAMES + 5
    assert ring.after(14, 1) is None
    assert ring.after(15, MAX_FRAMES) == [b"x"] * MAX_FRAMES


def test_ring_is_bounded_in_bytes(ring):
    half = bytes(MAX_BYTES // 2)
    ring.extend([half, half])
    assert ring.after(10, 2) == [half, half]
    ring.extend([b"x"])
    assert ring.after(10, 3) is None
    assert ring.after(11, 3) == [half, b"x"]


def test_oversized_frame_is_not_kept(ring):
    ring.extend([bytes(MAX_BYTES + 1)])
    assert (ring.head, ring.after(10, 1), ring.after(11, 1)) == (11, None, [])
    assert ring.total_bytes == MAX_BYTES + 1


def test_it_tells_how_much_it_has_ever_taken_in(ring):
    for _ in range(3):
        ring.extend([b"four", b"five!"])
    assert ring.total_bytes == 27
