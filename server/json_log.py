"""gunicorn's log as lines of JSON, in the form of the application's own (app/logs/configuration.py)."""

from __future__ import annotations

import datetime
import json
import logging
import os
import sys
from typing import TextIO

from gunicorn import glogging
from gunicorn.config import Config

# systemd's priority prefixes, from the given level of `logging` on; below them is debug.
PRIORITIES = (
    (logging.CRITICAL, "<2>"),
    (logging.ERROR, "<3>"),
    (logging.WARNING, "<4>"),
    (logging.INFO, "<6>"),
)
DEBUG_PRIORITY = "<7>"


class JsonFormatter(logging.Formatter):
    """One JSON object a line; for systemd's journal with the priority before it."""

    def __init__(self, stream: TextIO):
        super().__init__()
        status = os.fstat(stream.fileno())
        self._to_journal = os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        written = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat()
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": written.replace("+00:00", "Z"),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return self._priority(record.levelno) + json.dumps(line)

    def _priority(self, level: int) -> str:
        if not self._to_journal:
            return ""
        return next((prefix for lowest, prefix in PRIORITIES if level >= lowest), DEBUG_PRIORITY)


class JsonLogger(glogging.Logger):
    """gunicorn's logger with lines that a log collector can parse; on a terminal it stays as it is."""

    def setup(self, cfg: Config) -> None:
        """Set the formatter of the handlers that write to stderr."""
        super().setup(cfg)
        if not sys.stderr.isatty():
            for handler in self.error_log.handlers:
                handler.setFormatter(JsonFormatter(sys.stderr))
