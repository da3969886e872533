"""Servers that are not ours: asked once at the start, so that a wrong URL is told by its setting's name."""

import psycopg2
import redis

from launcher.errors import SettingError

PATIENCE = 10  # seconds


def check_database(url: str) -> None:
    """Raise SettingError unless PostgreSQL lets us in there."""
    try:
        psycopg2.connect(url.replace("+psycopg2", "", 1), connect_timeout=PATIENCE).close()
    except psycopg2.Error as error:
        raise SettingError(f"DATABASE_URL does not lead to a database: {first_line(error)}") from None


def check_redis(url: str) -> None:
    """Raise SettingError unless a Redis answers there."""
    try:
        with redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=None
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise SettingError(f"REDIS_URL does not lead to a Redis server: {first_line(error)}") from None


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
