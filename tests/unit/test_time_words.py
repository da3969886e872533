"""Moments in words, as the pages of tokens and members have them."""

from datetime import datetime, timedelta

import pytest

from app.dashboard.time_words import TimeWords

NOW = datetime.fromisoformat("2025-12-06T12:00:00Z")
TIMES = TimeWords("UTC", NOW)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=count) for count in (1, 60, 3_600, 86_400))


def after(distance: timedelta) -> datetime:
    return NOW + distance


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (-MINUTE, "Just now"),  # of a clock that runs ahead of ours
        (0 * DAY, "Just now"),
        (2 * MINUTE - SECOND, "Just now"),
        (2 * MINUTE, "2 minutes ago"),
        (HOUR - SECOND, "59 minutes ago"),
        (HOUR, "1 hour ago"),
        (DAY - SECOND, "23 hours ago"),
        (DAY, "1 day ago"),
        (400 * DAY, "400 days ago"),
    ],
)
def test_last_use(ago, words):
    assert TIMES.ago(after(-ago)) == words


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (90 * DAY - 3 * SECOND, ("6 Mar 2026", "in 90 days", "")),
        (7 * DAY, ("13 Dec 2025", "in 7 days", "")),
        (7 * DAY - SECOND, ("13 Dec 2025", "in 7 days", "warn")),
        (5 * HOUR, ("6 Dec 2025", "in 5 hours", "warn")),
        (SECOND, ("6 Dec 2025", "in 1 minute", "warn")),
        (0 * DAY, ("Expired", "on 6 Dec 2025", "bad")),
        (-DAY, ("Expired", "on 5 Dec 2025", "bad")),
    ],
)
def test_expiry(ahead, words):
    assert TIMES.expiry(after(ahead)) == words


def test_what_has_not_happened():
    assert (TIMES.ago(None), TIMES.expiry(None), TIMES.full(None)) == ("Never", ("Never", "", ""), "")


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Berlin", "7 Dec 2025"), ("America/New_York", "6 Dec 2025")]
)
def test_days_are_those_of_the_workspace(zone, day):
    assert TimeWords(zone, NOW).day(NOW.replace(hour=23, minute=30)) == day


def test_tooltip_has_time_and_zone():
    assert TIMES.full(NOW) == "Saturday, 6 December 2025 at 12:00:00 UTC"
