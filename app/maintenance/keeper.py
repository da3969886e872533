"""The keeper: a greenlet of every worker that sees to a round of upkeep now and then, each hour by default."""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime, timedelta

import gevent
from sqlalchemy import Engine

from app.database_trouble import report_database_away
from app.errors import DATABASE_AWAY
from app.maintenance.upkeep import keep_up

log = logging.getLogger(__name__)

FIRST_WITHIN = 10.0  # seconds, so that a fleet that starts at once does not come at once


class Keeper:
    """Rounds of upkeep as long as the worker lives; a round that another worker does is left to it."""

    def __init__(self, engine: Engine, retention: timedelta, interval: float):
        self._engine = engine
        self._retention = retention
        self._interval = interval  # seconds, 0 = never

    def run(self) -> None:
        """Do rounds for ever; one that fails is logged, and the next one comes all the same."""
        gevent.sleep(random.uniform(0, FIRST_WITHIN))
        while self._interval:
            try:
                keep_up(self._engine, datetime.now(UTC), self._retention)
            except DATABASE_AWAY as error:
                report_database_away(error)
            except Exception:
                log.exception("a round of upkeep failed")
            gevent.sleep(self._interval)
