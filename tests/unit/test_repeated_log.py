"""A condition that lasts is logged when it begins or changes, and once a minute meanwhile."""

import logging

import pytest

from app.logs.repeated_log import MAX_TEXTS, NEW_AFTER, RepeatedLog


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def repeated(clock):
    return RepeatedLog(logging.getLogger("app.test"), clock=clock)


def told(caplog) -> list[tuple[str, int]]:
    return [(record.getMessage(), getattr(record, "repeated", 0)) for record in caplog.records]


def test_same_text_is_logged_once_a_minute_with_a_count(repeated, clock, caplog):
    for clock.now in range(0, 130, 10):
        repeated.warning("redis away: refused")
    assert told(caplog) == [
        ("redis away: refused", 0),
        ("redis away: refused", 5),
        ("redis away: refused", 5),
    ]


def test_other_text_is_logged_at_once(repeated, caplog):
    for text in ("refused", "timeout", "refused", "timeout"):
        repeated.warning(text)
    assert told(caplog) == [("refused", 0), ("timeout", 0)]


def test_end_is_logged_once_and_what_comes_then_is_new(repeated, clock, caplog):
    repeated.over("redis back")
    repeated.warning("refused")
    repeated.over("redis back")
    repeated.over("redis back")
    clock.now = NEW_AFTER
    repeated.warning("refused")
    assert told(caplog) == [("refused", 0), ("redis back", 0), ("refused", 0)]


def test_what_comes_and_goes_is_no_line_each_time(repeated, clock, caplog):
    for clock.now in range(20):
        repeated.warning("too many clients")
        repeated.over("database back")
    assert told(caplog) == [
        ("too many clients", 0),
        ("database back", 0),
        ("too many clients", 9),
        ("database back", 0),
    ]


def test_texts_without_end_are_not_remembered_without_end(repeated, caplog):
    for text in ("first", *map(str, range(MAX_TEXTS)), "first"):
        repeated.warning(text)
    assert [words for words, _ in told(caplog)].count("first") == 2
