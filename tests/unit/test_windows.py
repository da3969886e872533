"""Windows begin where their name says, also on days when clocks change."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.windows import NOW, TODAY, last

NOON = datetime(2026, 3, 29, 10, tzinfo=UTC)  # in Berlin, of a day that has lost an hour


@pytest.mark.parametrize(
    ("span", "name", "words"),
    [
        ({"seconds": 90}, "90s", "the last 90 seconds"),
        ({"minutes": 1}, "1m", "the last minute"),
        ({"minutes": 5}, "5m", "the last 5 minutes"),
        ({"minutes": 60}, "1h", "the last hour"),
        ({"hours": 24}, "24h", "the last 24 hours"),
        ({"hours": 36}, "36h", "the last 36 hours"),
        ({"days": 7}, "7d", "the last 7 days"),
    ],
)
def test_window_is_named_by_its_length(span, name, words):
    window = last(**span)
    assert (window.name, window.words, window.has_start) == (name, words, False)
    assert window.start(NOON, "Europe/Berlin") == NOON - timedelta(**span)


def test_today_begins_at_local_midnight():
    assert TODAY.start(NOON, "Europe/Berlin") == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert TODAY.start(NOON, "UTC") == datetime(2026, 3, 29, tzinfo=UTC)
    assert (TODAY.words, TODAY.has_start) == ("since local midnight", True)


def test_now_has_no_start():
    assert NOW.start(NOON, "UTC") is None
    assert NOW.words == "now"
