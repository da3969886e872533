"""Rounds: work that a worker does again and again for as long as it lives."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NoReturn

import gevent

from app.database_trouble import report_database_away
from app.errors import DATABASE_AWAY

log = logging.getLogger(__name__)


def every(seconds: float, work: Callable[[], object]) -> NoReturn:
    """Wait, work, for ever; a round that fails is logged, and the next one comes all the same."""
    # A greenlet that dies takes its duty with it, silently: nobody would be pinged, swept or revoked any more.
    while True:
        gevent.sleep(seconds)
        try:
            work()
        except DATABASE_AWAY as error:
            report_database_away(error)
        except Exception:
            log.exception("a round failed")
