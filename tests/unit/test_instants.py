"""Moments: written with milliseconds and a Z, and days that begin where people live."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain.instants import epoch_ms, iso, local_midnight, minute_of, to_millisecond

NOON = datetime(2025, 12, 6, 12, 0, tzinfo=UTC)


def test_moments_are_utc_with_milliseconds():
    assert iso(NOON) == "2025-12-06T12:00:00.000Z"
    assert iso(NOON.replace(microsecond=123_999)) == "2025-12-06T12:00:00.123Z"
    assert (
        iso(datetime(2025, 12, 6, 13, 30, tzinfo=timezone(timedelta(hours=1)))) == "2025-12-06T12:30:00.000Z"
    )


def test_microseconds_are_truncated():
    exact = to_millisecond(NOON.replace(microsecond=123_999))
    assert exact.microsecond == 123_000
    assert datetime.fromisoformat(iso(exact)) == exact


def test_epoch_milliseconds():
    assert epoch_ms(NOON.replace(microsecond=123_000)) == 1_765_022_400_123
    assert epoch_ms(NOON.replace(microsecond=123_999)) == 1_765_022_400_123, (
        "the millisecond that `iso` shows"
    )


def test_minute_of_a_moment():
    assert minute_of(NOON.replace(second=59, microsecond=999_999)) == NOON


@pytest.mark.parametrize(
    ("zone", "moment", "midnight"),
    [
        ("UTC", "2025-12-06T00:00:00Z", "2025-12-06T00:00:00Z"),
        ("UTC", "2025-12-06T23:59:59.999Z", "2025-12-06T00:00:00Z"),
        ("Asia/Kolkata", "2025-12-06T18:29:59Z", "2025-12-05T18:30:00Z"),
        ("Asia/Kolkata", "2025-12-06T18:30:00Z", "2025-12-06T18:30:00Z"),
        ("America/New_York", "2025-12-06T04:59:59Z", "2025-12-05T05:00:00Z"),
        ("America/New_York", "2025-12-06T05:00:00Z", "2025-12-06T05:00:00Z"),
        # The clocks go forward at 2:00 on 30 March and back at 3:00 on 26 October: midnight is before both.
        ("Europe/Berlin", "2025-03-30T20:00:00Z", "2025-03-29T23:00:00Z"),
        ("Europe/Berlin", "2025-03-30T22:00:00Z", "2025-03-30T22:00:00Z"),
        ("Europe/Berlin", "2025-10-26T22:30:00Z", "2025-10-25T22:00:00Z"),
        # Chile skips midnight itself: 7 September 2025 began at 1:00.
        ("America/Santiago", "2025-09-07T12:00:00Z", "2025-09-07T04:00:00Z"),
        # Cuba goes back at 1:00 to 0:00, so there are two midnights on 2 November: the day began with the first.
        ("America/Havana", "2025-11-02T12:00:00Z", "2025-11-02T04:00:00Z"),
        ("America/Havana", "2025-11-02T05:30:00Z", "2025-11-02T04:00:00Z"),
        # Samoa had no 30 December 2011: after the 29th came the 31st.
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z"),
    ],
)
def test_local_midnight(zone, moment, midnight):
    assert iso(local_midnight(datetime.fromisoformat(moment), zone)) == iso(datetime.fromisoformat(midnight))
