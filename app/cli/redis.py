"""`flask redis`: the keys of Pulse in Redis."""

from __future__ import annotations

import click
from flask import current_app
from redis.exceptions import RedisError

from app.cli.commands import CommandGroup
from app.redis.link import connect

SCAN_BATCH = 1000  # keys

redis = CommandGroup("redis", help="The keys of Pulse in Redis.")


@redis.command("clear")
def redis_clear() -> None:
    """Delete all keys with the prefix of Pulse: after a restore its counters are ahead of the database."""
    removed = 0
    try:
        settings = current_app.config["PULSE"]
        with connect(settings.redis_url) as client:
            cursor = None
            while cursor != 0:
                cursor, keys = client.scan(cursor or 0, match=f"{settings.redis_prefix}*", count=SCAN_BATCH)
                removed += client.unlink(*keys) if keys else 0
    except RedisError as error:
        raise click.ClickException(f"Redis (REDIS_URL): {error}") from None
    click.echo(f"Deleted {removed} keys.")
