"""Setting values: parses and validates them; each error is one line that names the setting.

gunicorn.conf.py runs this file by its path, so it imports the standard library only: after an `import app` in
gunicorn's master, every reload would continue with the old code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

BIND = re.compile(r"unix:.+|fd://[0-9]+|(\[[0-9A-Fa-f:.]+\]|[^:\[\]/\s]*):([0-9]{1,5})")


class Setting(NamedTuple):
    """One name in the environment; a default of None means that it is required."""

    name: str
    parse: Callable[[str], Any]
    about: str
    default: str | None = None


class ServerSettings(NamedTuple):
    """The settings that gunicorn.conf.py needs before a worker loads the application."""

    bind: list[str]
    workers: int
    adopts_connections: bool
    max_streams_per_worker: int
    drain_seconds: float
    log_level: str


def read(environ: Mapping[str, str], setting: Setting) -> Any:
    """The value of a setting, or of its default; raises ValueError with one line."""
    text = environ.get(setting.name, "").strip() or setting.default
    if text is None:
        raise ValueError(f"{setting.name} is not set: {setting.about}")
    try:
        return setting.parse(text)
    except ValueError as error:
        raise ValueError(f"{setting.name} {error}") from None


def seconds(text: str) -> float:
    """A duration above 0."""
    value = float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text) else 0.0
    if value <= 0:
        raise ValueError(f"must be a number of seconds above 0, not {text!r}")
    return value


def seconds_or_never(text: str) -> float:
    """A duration, or 0."""
    return 0.0 if text == "0" else seconds(text)


def whole(lowest: int, highest: int | None = None) -> Callable[[str], int]:
    """A parser of whole numbers within bounds."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= (highest or int(text)):
            range_ = f"from {lowest} to {highest}" if highest else f"from {lowest} up"
            raise ValueError(f"must be a whole number {range_}, not {text!r}")
        return int(text)

    return parse


def switch(text: str) -> bool:
    """0 or 1."""
    if text not in ("0", "1"):
        raise ValueError(f"must be 0 or 1, not {text!r}")
    return text == "1"


def log_level(text: str) -> str:
    """The name of a level, in capitals."""
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.upper() not in levels:
        raise ValueError(f"must be one of {', '.join(levels)}, not {text!r}")
    return text.upper()


def binds(text: str) -> list[str]:
    """Where gunicorn listens; several addresses are joined by commas."""
    addresses = [address.strip() for address in text.split(",")] if text else []
    for address in addresses:
        form = BIND.fullmatch(address)
        if not form or (form[2] and int(form[2]) > 65_535):
            raise ValueError(f"must be address:port, unix:/path or fd://number, not {address!r}")
    return addresses


PULSE_BIND = Setting("PULSE_BIND", binds, "where gunicorn listens: `address:port` or `unix:/path`", "")
PORT = Setting(
    "PORT", whole(1, 65_535), "the port of `make run`, and of gunicorn without `PULSE_BIND`", "8000"
)
WEB_CONCURRENCY = Setting("WEB_CONCURRENCY", whole(1, 512), "gunicorn workers", "2")
ADOPT_CONNECTIONS = Setting(
    "PULSE_ADOPT_CONNECTIONS", switch, "1: streams leave gunicorn for the hub; 0: generators", "1"
)
MAX_STREAMS_PER_WORKER = Setting(
    "PULSE_MAX_STREAMS_PER_WORKER", whole(1), "streams a worker accepts; beyond, `bye: limit`", "10000"
)
DRAIN_SECONDS = Setting(
    "PULSE_DRAIN_SECONDS", seconds, "seconds over which a stopping worker ends its streams", "10"
)
LOG_LEVEL = Setting("PULSE_LOG_LEVEL", log_level, "DEBUG, INFO, WARNING or ERROR", "INFO")

# Read by gunicorn.conf.py alone.
SERVER = (PULSE_BIND, PORT)


def server_settings(environ: Mapping[str, str]) -> ServerSettings:
    """Read what gunicorn.conf.py needs; raises ValueError with one line that names the first wrong setting."""
    port = read(environ, PORT)
    return ServerSettings(
        bind=read(environ, PULSE_BIND) or [f"127.0.0.1:{port}"],
        workers=read(environ, WEB_CONCURRENCY),
        adopts_connections=read(environ, ADOPT_CONNECTIONS),
        max_streams_per_worker=read(environ, MAX_STREAMS_PER_WORKER),
        drain_seconds=read(environ, DRAIN_SECONDS),
        log_level=read(environ, LOG_LEVEL),
    )


# Not read by the service, but by `make run` and by commands.
LAUNCHER = (
    Setting("PULSE_INSTANCE_DIR", str, "where `make run` keeps its servers, secrets and logs", "instance/"),
    Setting(
        "PULSE_DEMO",
        str,
        "1: `make run` makes the demo in a `DATABASE_URL` of one's own, too; 0: nowhere",
        "",
    ),
    Setting(
        "PULSE_DEMO_PASSWORD", str, "the password of the demo's people; random, and printed, if not set", ""
    ),
    Setting(
        "PULSE_DEMO_TRAFFIC", str, "demo events a second in `make run`, through the public API; 0 = none", "2"
    ),
)
