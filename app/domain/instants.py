"""Moments in time as clients see them: UTC, milliseconds, a Z at the end."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_millisecond(moment: datetime) -> datetime:
    """The moment in UTC without its microseconds, so that what is stored is what was answered."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@lru_cache(maxsize=1024)  # a commit has one moment of receipt, and each of its events tells it several times
def iso(moment: datetime) -> str:
    """`2025-12-06T12:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, as JavaScript counts."""
    return (moment - EPOCH) // MILLISECOND  # cut off as in `iso`, so that both name the same millisecond


@lru_cache(maxsize=1024)
def minute_of(moment: datetime) -> datetime:
    """The minute the moment lies in."""
    return moment.replace(second=0, microsecond=0)


def local_midnight(moment: datetime, timezone: str) -> datetime:
    """When the moment's day began in an IANA timezone, in UTC."""
    return midnight_of(moment.astimezone(ZoneInfo(timezone)).date(), timezone)


def midnight_of(day: date, timezone: str) -> datetime:
    """When a calendar day began in an IANA timezone, in UTC.

    Where the clocks skipped midnight, the day began at the first moment that existed.
    """
    return first_existing(datetime.combine(day, time(), ZoneInfo(timezone))).astimezone(UTC)


def is_timezone(name: str) -> bool:
    """Whether this is the IANA name of a timezone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a path, a directory of zones …
        return False
    return True


def first_existing(wall: datetime) -> datetime:
    """The wall time itself, or where the clocks skipped it, the first that there was."""
    # A skipped wall time does not survive the way to UTC and back. Gaps are rare and short, so their end
    # is found by stepping minute by minute.
    while wall.astimezone(UTC).astimezone(wall.tzinfo).replace(tzinfo=None) != wall.replace(tzinfo=None):
        wall += timedelta(minutes=1)
    return wall
