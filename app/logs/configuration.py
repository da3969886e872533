"""Log configuration: JSON, one object a line, to stderr; on a terminal, lines for people.

A line has its request, workspace and user; never the data that members post, nor a token. JSON and percent-encoded
paths keep a client from injecting lines of its own.
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
LINK_TOKEN = re.compile(r"^(/(?:invite|reset)/)[^/]+")  # opens an account: it must not be logged
MAX_PATH = 500  # characters
# syslog's priorities, which the journal reads at the beginning of a line, for `journalctl -p err`.
PRIORITIES = {"critical": "<2>", "error": "<3>", "warning": "<4>", "info": "<6>", "debug": "<7>"}


def configure(level: str, stream: TextIO | None = None, journal: str = "") -> None:
    """Log lines of the app and of gunicorn from this level on; a second call changes the level only.

    `journal` is the device and inode of the stream that systemd has connected to its journal, or empty.
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
    status = os.fstat(stream.fileno())  # it may have been redirected since
    return device_and_inode == f"{status.st_dev}:{status.st_ino}"


def _with_priority(render: Processor) -> Processor:
    def prefixed(logger: Any, method: str, line: EventDict) -> str:
        return PRIORITIES.get(line.get("level", ""), "") + str(render(logger, method, line))

    return prefixed


def add_request(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Add the request that the line is written in, if any, and its user and workspace."""
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
    return quote(LINK_TOKEN.sub(r"\1…", request.path[:MAX_PATH]), safe="/…")
