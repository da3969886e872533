"""Connection checks of the servers in DATABASE_URL and REDIS_URL, so that an error names the setting."""

import psycopg2
import redis

from launcher.errors import SettingError

CONNECT_TIMEOUT = 10  # seconds


def check_database(url: str) -> None:
    """Raise SettingError unless PostgreSQL accepts a connection."""
    try:
        psycopg2.connect(url.replace("+psycopg2", "", 1), connect_timeout=CONNECT_TIMEOUT).close()
    except psycopg2.Error as error:
        raise SettingError(f"DATABASE_URL does not lead to a database: {first_line(error)}") from None


def check_redis(url: str) -> None:
    """Raise SettingError unless a Redis server responds to PING."""
    try:
        with redis.from_url(
            url, socket_connect_timeout=CONNECT_TIMEOUT, socket_timeout=CONNECT_TIMEOUT, retry=None
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise SettingError(f"REDIS_URL does not lead to a Redis server: {first_line(error)}") from None


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
