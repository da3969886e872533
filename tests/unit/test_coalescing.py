"""Concurrent look-ups share a batch, and readers of a timed value one computation."""

import gevent
import pytest
from gevent.event import Event

from app.background.coalescing import MAX_BATCH, Coalescer
from app.background.timed_value import TimedValue


class Batches:
    """Doubles numbers, refuses negative ones, records the batches; `open` lets them end."""

    def __init__(self) -> None:
        self.open = Event()
        self.seen: list[list[int]] = []

    def load(self, numbers):
        self.seen.append(list(numbers))
        self.open.wait(5)
        if min(numbers) < 0:
            raise ValueError(min(numbers))
        return [2 * number for number in numbers]


@pytest.fixture
def batches() -> Batches:
    return Batches()


@pytest.fixture
def coalescer(batches: Batches) -> Coalescer[int, int]:
    return Coalescer(batches.load)


def look_up(coalescer: Coalescer[int, int], numbers) -> list[gevent.Greenlet]:
    lookups = [gevent.spawn(coalescer.get, number) for number in numbers]
    gevent.sleep(0)
    gevent.sleep(0)
    return lookups


def test_single_lookup(coalescer, batches):
    batches.open.set()
    assert [coalescer.get(1), coalescer.get(2)] == [2, 4]
    assert batches.seen == [[1], [2]]


def test_lookups_during_a_batch_form_the_next(coalescer, batches):
    lookups = look_up(coalescer, [1]) + look_up(coalescer, [2, 3, 4])
    batches.open.set()
    assert [greenlet.get(timeout=5) for greenlet in lookups] == [2, 4, 6, 8]
    assert batches.seen == [[1], [2, 3, 4]]


def test_error_fails_its_batch_alone(coalescer, batches):
    lookups = look_up(coalescer, [1]) + look_up(coalescer, [2, -3])
    batches.open.set()
    assert lookups[0].get(timeout=5) == 2
    for greenlet in lookups[1:]:
        with pytest.raises(ValueError, match="-3"):
            greenlet.get(timeout=5)
    assert coalescer.get(5) == 10


def test_batch_size_is_limited(coalescer, batches):
    lookups = look_up(coalescer, [1]) + look_up(coalescer, range(MAX_BATCH + 1))
    batches.open.set()
    gevent.joinall(lookups, timeout=5)
    assert [len(numbers) for numbers in batches.seen] == [1, MAX_BATCH, 1]


class Source:
    def __init__(self):
        self.computed = 0
        self.now = 100.0

    def compute(self):
        self.computed += 1
        gevent.sleep(0.01)
        return self.computed

    def clock(self):
        return self.now


def test_value_is_computed_once_for_concurrent_readers():
    source = Source()
    value = TimedValue(source.compute, 1.0, source.clock)
    readers = [gevent.spawn(value.get) for _ in range(20)]
    assert {reader.get() for reader in readers} == {1}
    assert source.computed == 1


def test_value_expires():
    source = Source()
    value = TimedValue(source.compute, 1.0, source.clock)
    found = []
    for source.now in (100.0, 100.9, 101.0):
        found.append(value.get())
    assert found == [1, 1, 2]


def test_failure_is_not_cached():
    failing = iter([ValueError("once"), None])

    def compute():
        if error := next(failing):
            raise error
        return "value"

    value = TimedValue(compute, 1.0)
    with pytest.raises(ValueError, match="once"):
        value.get()
    assert value.get() == "value"
