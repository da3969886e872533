"""Parsers of settings: text from the environment → value. A ValueError says what the text must be."""

from __future__ import annotations

import re
from collections.abc import Callable

import limits

from app.domain.rate import Rate

DATABASE_SCHEMES = ("postgresql+psycopg2://", "postgresql://", "postgres://")
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")


def database_url(text: str) -> str:
    """A PostgreSQL URL, with psycopg2 named as the driver."""
    # SQLAlchemy 2.1 reads a plain postgresql:// as psycopg 3, which is not what is installed.
    for scheme in DATABASE_SCHEMES:
        if text.startswith(scheme):
            return DATABASE_SCHEMES[0] + text[len(scheme) :]
    raise ValueError("must be a postgresql:// URL")


def redis_url(text: str) -> str:
    """A URL that redis-py takes."""
    if not text.startswith(REDIS_SCHEMES):
        raise ValueError("must be a redis://, rediss:// or unix:// URL")
    return text


def secret(text: str) -> str:
    """A key of 32 characters or more."""
    if len(text) < 32:
        raise ValueError("must be at least 32 characters long (`openssl rand -hex 32` makes one)")
    return text


def secrets(text: str) -> tuple[str, ...]:
    """Several of them, joined by commas or blanks; none by default."""
    return tuple(secret(key) for key in re.split(r"[\s,]+", text.strip())) if text else ()


def origins(text: str) -> tuple[str, ...]:
    """Web origins as browsers write them, from URLs joined by commas or blanks."""
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


def token(text: str) -> str:
    """A bearer token of 16 characters or more, or none."""
    if text and len(text) < 16:
        raise ValueError("must be at least 16 characters long (`openssl rand -hex 16` makes one)")
    return text


def seconds(text: str) -> float:
    """A duration above 0."""
    value = float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0
    if value <= 0:
        raise ValueError(f"must be a number of seconds above 0, not {text!r}")
    return value


def seconds_or_never(text: str) -> float:
    """A duration, or 0 for never."""
    return 0.0 if text == "0" else seconds(text)


def whole(lowest: int, highest: int | None = None) -> Callable[[str], int]:
    """A parser of whole numbers within these bounds, both included."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not lowest <= int(text) <= (highest or int(text)):
            range_ = f"from {lowest} to {highest}" if highest else f"from {lowest} up"
            raise ValueError(f"must be a whole number {range_}, not {text!r}")
        return int(text)

    return parse


def rates(text: str) -> tuple[Rate, ...]:
    """Rates in the notation of the limits library; none for `off`."""
    if text.lower() == "off":
        return ()
    try:
        return tuple(Rate(item.amount, item.get_expiry()) for item in limits.parse_many(text))
    except ValueError:
        raise ValueError(f"must be rates such as 10/minute;100/hour, or off, not {text!r}") from None


def switch(text: str) -> bool:
    """1 or 0."""
    if text not in ("0", "1"):
        raise ValueError(f"must be 0 or 1, not {text!r}")
    return text == "1"


def log_level(text: str) -> str:
    """A level of the logging module."""
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.upper() not in levels:
        raise ValueError(f"must be one of {', '.join(levels)}, not {text!r}")
    return text.upper()
