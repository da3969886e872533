"""Points in time: ISO 8601 in UTC with milliseconds, minutes, and midnights of timezones."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_millisecond(moment: datetime) -> datetime:
    """The moment in UTC, truncated to milliseconds, so that the stored time equals the one in the response."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@lru_cache(maxsize=1024)  # the events of a commit share one time of receipt, formatted several times for each
def iso(moment: datetime) -> str:
    """`2025-12-06T12:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, as JavaScript counts."""
    return (moment - EPOCH) // MILLISECOND  # truncated as in `iso`, so that both give the same millisecond


@lru_cache(maxsize=1024)
def minute_of(moment: datetime) -> datetime:
    """The start of the minute that contains the moment."""
    return moment.replace(second=0, microsecond=0)


def local_midnight(moment: datetime, timezone: str) -> datetime:
    """The start in UTC of the moment's local day in an IANA timezone."""
    return midnight_of(moment.astimezone(ZoneInfo(timezone)).date(), timezone)


def midnight_of(day: date, timezone: str) -> datetime:
    """The start in UTC of a calendar day in an IANA timezone.

    Where clocks skipped midnight, it is the first local time that existed.
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
    """The local time itself, or if clocks skipped it, the end of the gap."""
    # A skipped local time does not survive a round trip through UTC. Gaps are rare and short, so their end is
    # found minute by minute.
    while wall.astimezone(UTC).astimezone(wall.tzinfo).replace(tzinfo=None) != wall.replace(tzinfo=None):
        wall += timedelta(minutes=1)
    return wall
