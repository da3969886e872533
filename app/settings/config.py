"""Settings of the service: the only reader of the environment, and the only definition of each setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from app.domain.rate import Rate
from app.errors import ConfigError
from app.settings import parsers as parse
from app.settings.values import (
    ADOPT_CONNECTIONS,
    DRAIN_SECONDS,
    LOG_LEVEL,
    MAX_STREAMS_PER_WORKER,
    WEB_CONCURRENCY,
    Setting,
    read,
)


def _setting(name: str, parse: Callable[[str], Any], about: str, default: str | None = None) -> Any:
    return _field(Setting(name, parse, about, default))


def _field(setting: Setting) -> Any:
    return field(metadata=setting._asdict())


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the server, parsed and checked. Durations are seconds."""

    database_url: str = _setting("DATABASE_URL", parse.database_url, "PostgreSQL, 14 or newer")
    redis_url: str = _setting("REDIS_URL", parse.redis_url, "Redis or Valkey, 7 or newer")
    redis_prefix: str = _setting(
        "PULSE_REDIS_PREFIX",
        parse.redis_prefix,
        "how every key and channel in Redis begins; installations that share a Redis need different ones",
        "pulse:",
    )
    secret_key: str = _setting("PULSE_SECRET_KEY", parse.secret, "signs the session cookie")
    secret_key_fallbacks: tuple[str, ...] = _setting(
        "PULSE_SECRET_KEY_FALLBACKS",
        parse.secrets,
        "earlier secret keys, joined by commas: what they signed is accepted, and nothing is signed with them",
        "",
    )
    public_origins: tuple[str, ...] = _setting(
        "PULSE_PUBLIC_URL",
        parse.origins,
        "where browsers reach the service, such as https://pulse.example.org; several are joined by commas",
        "",
    )
    stats_update_interval: float = _setting(
        "PULSE_STATS_UPDATE_INTERVAL", parse.seconds, "seconds between two `stats` frames", "5"
    )
    metric_timeout: float = _setting(
        "PULSE_METRIC_TIMEOUT",
        parse.seconds,
        "seconds for one metric's query; beyond, its figure is stale",
        "2",
    )
    tick_retention_hours: int = _setting(
        "PULSE_TICK_RETENTION_HOURS",
        parse.whole(1, 48),
        "hours for which the figures of each tick are kept",
        "1",
    )
    minute_retention_hours: int = _setting(
        "PULSE_MINUTE_RETENTION_HOURS",
        parse.whole(6, 9_600),
        "hours for which figures are kept by minute",
        "48",
    )
    hour_retention_days: int = _setting(
        "PULSE_HOUR_RETENTION_DAYS", parse.whole(3, 36_500), "days for which figures are kept by hour", "400"
    )
    heartbeat_interval: float = _setting(
        "PULSE_HEARTBEAT_INTERVAL", parse.seconds, "seconds between two `ping` frames", "30"
    )
    max_connection_duration: float = _setting(
        "PULSE_MAX_CONNECTION_DURATION", parse.seconds, "seconds after which a stream ends itself", "3600"
    )
    connection_cleanup_interval: float = _setting(
        "PULSE_CONNECTION_CLEANUP_INTERVAL",
        parse.seconds,
        "seconds between two sweeps for dead entries",
        "300",
    )
    workers: int = _field(WEB_CONCURRENCY)
    max_streams_per_worker: int = _field(MAX_STREAMS_PER_WORKER)
    max_streams_per_workspace: int = _setting(
        "PULSE_MAX_STREAMS_PER_WORKSPACE",
        parse.whole(1),
        "streams of a workspace, all workers; beyond, `bye: limit`",
        "5000",
    )
    max_streams_per_user: int = _setting(
        "PULSE_MAX_STREAMS_PER_USER",
        parse.whole(1),
        "streams of a user, all workers; beyond, `bye: limit`",
        "20",
    )
    max_streams_per_address: int = _setting(
        "PULSE_MAX_STREAMS_PER_ADDRESS",
        parse.whole(1),
        "streams of a client address; beyond, `bye: limit`",
        "100",
    )
    adopt_connections: bool = _field(ADOPT_CONNECTIONS)
    drain_seconds: float = _field(DRAIN_SECONDS)
    event_retention_days: int = _setting(
        "PULSE_EVENT_RETENTION_DAYS",
        parse.whole(1, 36_500),
        "days after which events are dropped; minute counts stay",
        "90",
    )
    upkeep_interval: float = _setting(
        "PULSE_UPKEEP_INTERVAL",
        parse.seconds_or_never,
        "seconds between two rounds of upkeep; 0 = never, then run `flask events prune` daily",
        "3600",
    )
    rate_limit_login: tuple[Rate, ...] = _setting(
        "PULSE_RATE_LIMIT_LOGIN",
        parse.rates,
        "failed sign-ins for an account from an address, or from a browser that signed in to it before; ten times "
        "as many for an address; where an account has had ten times as many, a tenth; or `off`",
        "10/minute;60/hour",
    )
    rate_limit_events: tuple[Rate, ...] = _setting(
        "PULSE_RATE_LIMIT_EVENTS",
        parse.rates,
        "events posted by a token or user; ten times as many for a workspace; or `off`",
        "600000/minute",
    )
    rate_limit_bytes: tuple[Rate, ...] = _setting(
        "PULSE_RATE_LIMIT_BYTES",
        parse.rates,
        "bytes of the bodies posted by a token or user; ten times as many for a workspace; or `off`",
        "200000000/minute",
    )
    rate_limit_streams: tuple[Rate, ...] = _setting(
        "PULSE_RATE_LIMIT_STREAMS",
        parse.rates,
        "stream openings by a token or user, ten times as many for an address; beyond, `bye: limit`; or `off`",
        "300/minute",
    )
    rate_limit_reads: tuple[Rate, ...] = _setting(
        "PULSE_RATE_LIMIT_READS",
        parse.rates,
        "breakdowns, histories, pages of events and the like requested by a token or user; "
        "ten times as many for a workspace; or `off`",
        "1200/minute",
    )
    body_timeout: float = _setting(
        "PULSE_BODY_TIMEOUT",
        parse.seconds,
        "seconds in which the whole body of a request has to arrive",
        "30",
    )
    rate_limit_mail: tuple[Rate, ...] = _setting(
        "PULSE_RATE_LIMIT_MAIL",
        parse.rates,
        "links requested by an account or for an address; ten times as many for a client or admin; or `off`",
        "3/minute;10/hour",
    )
    smtp_url: str = _setting(
        "PULSE_SMTP_URL",
        parse.smtp_url,
        "where mail is sent: smtp://user:password@host:587 or smtps://…; without it, links are handed over",
        "",
    )
    mail_from: str = _setting(
        "PULSE_MAIL_FROM",
        parse.mail_sender,
        "the sender of mails; without it, pulse@ and the host of PULSE_PUBLIC_URL",
        "",
    )
    trusted_proxies: int = _setting(
        "PULSE_TRUSTED_PROXIES", parse.whole(0), "how many proxies in front set X-Forwarded-*", "0"
    )
    metrics_token: str = _setting(
        "PULSE_METRICS_TOKEN",
        parse.token,
        "bearer token of `GET /metrics`; without it, and without PULSE_PUBLIC_URL, only from this machine",
        "",
    )
    metrics_directory: str = _setting(
        "PROMETHEUS_MULTIPROC_DIR",
        str,
        "where workers share the figures of `GET /metrics`; gunicorn sets it",
        "",
    )
    journal: str = _setting(
        "JOURNAL_STREAM", str, "set by systemd: log lines for its journal begin with their priority", ""
    )
    log_level: str = _field(LOG_LEVEL)

    @property
    def only_https(self) -> bool:
        """Whether the service is public, and by https alone."""
        return bool(self.public_origins) and all(
            origin.startswith("https://") for origin in self.public_origins
        )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check all settings; raises ConfigError with one line naming the first wrong one."""
        settings = cls(**{f.name: _read(environ, f.metadata) for f in fields(cls)})
        if settings.smtp_url and not settings.public_origins:
            raise ConfigError("PULSE_SMTP_URL needs PULSE_PUBLIC_URL too: mails hold links")
        return settings


def _read(environ: Mapping[str, str], setting: Mapping[str, Any]) -> Any:
    try:
        return read(environ, Setting(**setting))
    except ValueError as error:
        raise ConfigError(str(error)) from None
