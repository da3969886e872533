"""Settings: the only reader of the environment, and the one place that says what a setting may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import limits

from app.domain.rate import Rate
from app.errors import ConfigError

DATABASE_SCHEMES = ("postgresql+psycopg2://", "postgresql://", "postgres://")
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")


def _database_url(text: str) -> str:
    # SQLAlchemy 2.1 reads a plain postgresql:// as psycopg 3, which is not what is installed.
    for scheme in DATABASE_SCHEMES:
        if text.startswith(scheme):
            return DATABASE_SCHEMES[0] + text[len(scheme) :]
    raise ValueError("must be a postgresql:// URL")


def _redis_url(text: str) -> str:
    if not text.startswith(REDIS_SCHEMES):
        raise ValueError("must be a redis://, rediss:// or unix:// URL")
    return text


def _secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("must be at least 32 characters long (`openssl rand -hex 32` makes one)")
    return text


def _origins(text: str) -> tuple[str, ...]:
    origins = []
    for url in re.split(r"[\s,]+", text.strip().lower()) if text else []:
        form = re.fullmatch(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?/?", url)
        if not form:
            raise ValueError(f"must be https:// and a host, without a path, not {url!r}")
        scheme, host, port = form.groups()
        # As browsers write it: the usual port is left out.
        usual = {"http": ":80", "https": ":443"}[scheme]
        origins.append(f"{scheme}://{host}{'' if port in (None, usual) else port}")
    return tuple(origins)


def _token(text: str) -> str:
    if text and len(text) < 16:
        raise ValueError("must be at least 16 characters long (`openssl rand -hex 16` makes one)")
    return text


def _seconds(text: str) -> float:
    value = float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0
    if value <= 0:
        raise ValueError(f"must be a number of seconds above 0, not {text!r}")
    return value


def _seconds_or_never(text: str) -> float:
    return 0.0 if text == "0" else _seconds(text)


def _whole(lowest: int, highest: int | None = None) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not lowest <= int(text) <= (highest or int(text)):
            range_ = f"from {lowest} to {highest}" if highest else f"from {lowest} up"
            raise ValueError(f"must be a whole number {range_}, not {text!r}")
        return int(text)

    return parse


def _rates(text: str) -> tuple[Rate, ...]:
    if text.lower() == "off":
        return ()
    try:
        return tuple(Rate(item.amount, item.get_expiry()) for item in limits.parse_many(text))
    except ValueError:
        raise ValueError(f"must be rates such as 10/minute;100/hour, or off, not {text!r}") from None


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"must be 0 or 1, not {text!r}")
    return text == "1"


def _log_level(text: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.upper() not in levels:
        raise ValueError(f"must be one of {', '.join(levels)}, not {text!r}")
    return text.upper()


def _setting(name: str, parse: Callable[[str], Any], about: str, default: str | None = None) -> Any:
    return field(metadata={"name": name, "parse": parse, "about": about, "default": default})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the server, parsed and checked. Durations are seconds."""

    database_url: str = _setting("DATABASE_URL", _database_url, "PostgreSQL, 14 or newer")
    redis_url: str = _setting("REDIS_URL", _redis_url, "Redis or Valkey, 7 or newer")
    secret_key: str = _setting("PULSE_SECRET_KEY", _secret, "signs the session cookie")
    public_origins: tuple[str, ...] = _setting(
        "PULSE_PUBLIC_URL",
        _origins,
        "where browsers reach the service, such as https://pulse.example.org; several are joined by commas",
        "",
    )
    stats_update_interval: float = _setting(
        "PULSE_STATS_UPDATE_INTERVAL", _seconds, "seconds between two `stats` frames", "5"
    )
    metric_timeout: float = _setting(
        "PULSE_METRIC_TIMEOUT", _seconds, "seconds for one metric's query; beyond, its figure is stale", "2"
    )
    tick_retention_hours: int = _setting(
        "PULSE_TICK_RETENTION_HOURS", _whole(1, 48), "hours for which the figures of each tick are kept", "1"
    )
    minute_retention_hours: int = _setting(
        "PULSE_MINUTE_RETENTION_HOURS", _whole(6, 9_600), "hours for which figures are kept by minute", "48"
    )
    hour_retention_days: int = _setting(
        "PULSE_HOUR_RETENTION_DAYS", _whole(3, 36_500), "days for which figures are kept by hour", "400"
    )
    heartbeat_interval: float = _setting(
        "PULSE_HEARTBEAT_INTERVAL", _seconds, "seconds between two `ping` frames", "30"
    )
    max_connection_duration: float = _setting(
        "PULSE_MAX_CONNECTION_DURATION", _seconds, "seconds after which a stream ends itself", "3600"
    )
    connection_cleanup_interval: float = _setting(
        "PULSE_CONNECTION_CLEANUP_INTERVAL", _seconds, "seconds between two sweeps for dead entries", "300"
    )
    max_streams_per_worker: int = _setting(
        "PULSE_MAX_STREAMS_PER_WORKER", _whole(1), "streams a worker accepts; beyond, 503", "10000"
    )
    max_streams_per_workspace: int = _setting(
        "PULSE_MAX_STREAMS_PER_WORKSPACE",
        _whole(1),
        "streams of a workspace, all workers; beyond, 429",
        "5000",
    )
    max_streams_per_user: int = _setting(
        "PULSE_MAX_STREAMS_PER_USER", _whole(1), "streams of a user, all workers; beyond, 429", "20"
    )
    max_streams_per_address: int = _setting(
        "PULSE_MAX_STREAMS_PER_ADDRESS", _whole(1), "streams of a client address; beyond, 429", "100"
    )
    adopt_connections: bool = _setting(
        "PULSE_ADOPT_CONNECTIONS", _switch, "1: streams leave gunicorn for the hub; 0: generators", "1"
    )
    drain_seconds: float = _setting(
        "PULSE_DRAIN_SECONDS", _seconds, "seconds over which a stopping worker ends its streams", "10"
    )
    event_retention_days: int = _setting(
        "PULSE_EVENT_RETENTION_DAYS",
        _whole(1, 36_500),
        "days after which events are dropped; minute counts stay",
        "90",
    )
    upkeep_interval: float = _setting(
        "PULSE_UPKEEP_INTERVAL",
        _seconds_or_never,
        "seconds between two rounds of upkeep; 0 = never, then run `flask events prune` daily",
        "3600",
    )
    rate_limit_login: tuple[Rate, ...] = _setting(
        "PULSE_RATE_LIMIT_LOGIN",
        _rates,
        "failed sign-ins for an account from an address; ten times as many for either alone; or `off`",
        "10/minute;60/hour",
    )
    rate_limit_events: tuple[Rate, ...] = _setting(
        "PULSE_RATE_LIMIT_EVENTS",
        _rates,
        "posts (a batch is one) by a token or user; ten times as many for a workspace; or `off`",
        "30000/minute",
    )
    rate_limit_streams: tuple[Rate, ...] = _setting(
        "PULSE_RATE_LIMIT_STREAMS",
        _rates,
        "stream openings by a token or user; ten times as many for an address; or `off`",
        "300/minute",
    )
    trusted_proxies: int = _setting(
        "PULSE_TRUSTED_PROXIES", _whole(0), "how many proxies in front set X-Forwarded-*", "0"
    )
    metrics_token: str = _setting(
        "PULSE_METRICS_TOKEN",
        _token,
        "what `GET /metrics` takes as a bearer token; without it, only requests that passed no proxy",
        "",
    )
    metrics_directory: str = _setting(
        "PROMETHEUS_MULTIPROC_DIR",
        str,
        "where workers share the figures of `GET /metrics`; gunicorn sets it",
        "",
    )
    log_level: str = _setting("PULSE_LOG_LEVEL", _log_level, "DEBUG, INFO, WARNING or ERROR", "INFO")

    @property
    def only_https(self) -> bool:
        """Is the service public, and never without encryption?"""
        return bool(self.public_origins) and all(
            origin.startswith("https://") for origin in self.public_origins
        )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check all settings; raises ConfigError with one line naming the first wrong one."""
        return cls(**{f.name: _read(environ, f.metadata) for f in fields(cls)})


def _read(environ: Mapping[str, str], setting: Mapping[str, Any]) -> Any:
    text = environ.get(setting["name"], "").strip() or setting["default"]
    if text is None:
        raise ConfigError(f"{setting['name']} is not set: {setting['about']}")
    try:
        return setting["parse"](text)
    except ValueError as error:
        raise ConfigError(f"{setting['name']} {error}") from None


def document() -> str:
    """Every setting as a row of a Markdown table."""
    rows = [field.metadata for field in fields(Settings)]
    lines = [f"| `{row['name']}` | {_default(row['default'])} | {row['about']} |" for row in rows]
    return "\n".join(["| setting | default | what it is |", "|---|---|---|", *lines, ""])


def _default(text: str | None) -> str:
    return "required" if text is None else f"`{text}`" if text else ""
