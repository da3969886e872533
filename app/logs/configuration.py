"""Log lines of the service: JSON, one object a line to stderr; on a terminal, lines for people.

A line says in which request it was written, in which workspace and by whom; never what members post, and no token.
JSON, and percent-encoded paths, because what a client sends must not be able to begin a line of its own.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from typing import Any, TextIO
from urllib.parse import quote

import structlog
from flask import g, has_request_context, request
from structlog.types import EventDict, Processor

OURS = ("app", "gunicorn.error")
LINK_TOKEN = re.compile(r"^(/(?:invite|reset)/)[^/]+")  # opens an account: it has no business in a log
LONGEST_PATH = 500  # characters
# syslog's, as the journal reads them at the beginning of a line: `journalctl -p err` finds what is an error.
PRIORITIES = {"critical": "<2>", "error": "<3>", "warning": "<4>", "info": "<6>", "debug": "<7>"}


def configure(level: str, stream: TextIO | None = None, journal: str = "") -> None:
    """Show the app's own log, and gunicorn's, from this level on; a second call changes the level only.

    `journal` is the device and inode of the stream that systemd has connected to its journal, if it has.
    """
    stream = stream or sys.stderr
    for name in OURS:
        logger = logging.getLogger(name)
        logger.setLevel(level)
        if not any(map(_is_ours, logger.handlers)):
            logger.handlers[:] = [_handler(stream, journal)]


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)


def _handler(stream: TextIO, journal: str) -> logging.Handler:
    last: Processor
    if stream.isatty():
        shared, last = [], structlog.dev.ConsoleRenderer()
    else:
        shared = [structlog.processors.format_exc_info]
        last = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if journal and _is_file(stream, journal):
            last = _with_priority(last)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                add_request,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shared, last],
        )
    )
    return handler


def _is_file(stream: TextIO, device_and_inode: str) -> bool:
    status = os.fstat(stream.fileno())  # something may have redirected it since
    return device_and_inode == f"{status.st_dev}:{status.st_ino}"


def _with_priority(render: Processor) -> Processor:
    def prefixed(logger: Any, method: str, line: EventDict) -> str:
        return PRIORITIES.get(line.get("level", ""), "") + str(render(logger, method, line))

    return prefixed


def add_request(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Say in which request the line is written, if it is in one, and who asks."""
    if not has_request_context():
        return line
    line["request"] = g.get("request_id")
    line["method"] = request.method
    line["path"] = logged_path()
    if asker := g.get("asker"):
        line.setdefault("workspace", str(asker.workspace_id))
        line.setdefault("user", str(asker.user_id))
        if asker.token_id:
            line["token"] = str(asker.token_id)
    return line


def logged_path() -> str:
    """This request's path, percent-encoded and without the token of a one-time link."""
    return quote(LINK_TOKEN.sub(r"\1…", request.path[:LONGEST_PATH]), safe="/…")
