"""A cached value with an expiry: one computation for all readers, and none that is too old."""

import gevent
import pytest

from app.background.timed_value import TimedValue


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
