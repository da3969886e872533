"""Server URLs: validates DATABASE_URL and REDIS_URL when settings are read, so that a wrong one stops the start.

Left to SQLAlchemy and redis-py, a wrong URL ends in a traceback with a part of the password, silently means
another database, or starts a service that answers 500. No message here repeats a value.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg2
from psycopg2.extensions import parse_dsn
from redis import ConnectionPool

DATABASE_SCHEMES = ("postgresql+psycopg2://", "postgresql://", "postgres://")
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
DATABASE_FORM = "postgresql://user:password@host:5432/database"
REDIS_FORM = "redis://user:password@host:6379/0"
ESCAPED = "in a password / ? # @ : % are written %2F %3F %23 %40 %3A %25"
AUTHORITY = re.compile(r"(?:(?P<user>[^@]*)@)?(?P<hosts>[^@/]*)(?P<path>/[^@]*)?")
HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]\s]*)(?::(?P<port>\d{1,5}))?")
# Values that libpq checks only when it connects.
CHOICES = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "target_session_attrs": ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    "load_balance_hosts": ("disable", "random"),
    "channel_binding": ("disable", "prefer", "require"),
    "gssencmode": ("disable", "prefer", "require"),
}
NUMBERS = ("connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "tcp_user_timeout")

Pairs = list[tuple[str, str]]


def database_url(text: str) -> str:
    """The URL for SQLAlchemy's psycopg2; several hosts, however they were written, become `host=` and `port=`."""
    # SQLAlchemy 2.1 reads a plain postgresql:// as psycopg 3, which is not what is installed.
    scheme = next((scheme for scheme in DATABASE_SCHEMES if text.startswith(scheme)), None)
    if scheme is None:
        raise ValueError("must be a postgresql:// URL")
    rest, _, query = text[len(scheme) :].partition("?")
    form = AUTHORITY.fullmatch(rest)
    if not form or "#" in text or "@" in query:  # the end of a password may look like a parameter
        raise ValueError(f"must have the form {DATABASE_FORM}; {ESCAPED}")
    hosts = [_host(part) for part in form["hosts"].split(",")]
    pairs = _parameters(query)
    if form["hosts"] and any(name in ("host", "hostaddr") for name, _ in pairs):
        raise ValueError("names its hosts twice: before the database, and as a parameter")
    where = form["hosts"]
    if len(hosts) > 1 or "%" in where:
        where, pairs = "", [*_named_hosts(hosts), *pairs]
    _check_values(dict(pairs))
    user = f"{form['user']}@" if form["user"] is not None else ""
    question = f"?{urlencode(pairs, quote_via=quote, safe='/:,')}" if pairs else ""
    return f"{DATABASE_SCHEMES[0]}{user}{where}{form['path'] or ''}{question}"


def redis_url(text: str) -> str:
    """The URL, unchanged, after validation: redis-py would silently take an invalid database for number 0."""
    if not text.startswith(REDIS_SCHEMES):
        raise ValueError("must be a redis://, rediss:// or unix:// URL")
    base, _, query = text.partition("?")
    try:
        parts = urlsplit(base)
        whole = parts.scheme == "unix" or bool(re.fullmatch(r"(/\d{0,4})?", parts.path))
        whole = whole and parts.port != 0 and "#" not in text and "@" not in query
        ConnectionPool.from_url(base)
    except ValueError:
        whole = False
    if not whole:
        raise ValueError(
            f"must have the form {REDIS_FORM}, with the number of a database at its end; {ESCAPED}"
        )
    for name, value in _pairs(query):
        if not _is_redis_parameter(base, name, value):
            raise ValueError(
                f"has a parameter that redis-py does not know, or not with this value: {name[:40]!r}"
            )
    return text


def _host(text: str) -> tuple[str, str]:
    form = HOST.fullmatch(text)
    if not form or (form["port"] and not 0 < int(form["port"]) < 65_536):
        raise ValueError(f"must name hosts as host:port, joined by commas, as in {DATABASE_FORM}; {ESCAPED}")
    return unquote(form["host"]).strip("[]"), form["port"] or ""


def _named_hosts(hosts: list[tuple[str, str]]) -> Pairs:
    names, ports = (",".join(column) for column in zip(*hosts, strict=True))
    return [("host", names), *([("port", ports)] if ports.strip(",") else [])]


def _parameters(query: str) -> Pairs:
    """The parameters, each known to libpq; SQLAlchemy's form of several hosts (`host=a:1&host=b:2`) is undone."""
    pairs = _pairs(query)
    for name, _value in pairs:
        try:
            parse_dsn(f"{name}=''" if re.fullmatch(r"\w+", name) else "?")
        except psycopg2.ProgrammingError:
            raise ValueError(f"has a parameter that PostgreSQL does not know: {name[:40]!r}") from None
    several = [value for name, value in pairs if name == "host"]
    if len(several) > 1:
        others = [(name, value) for name, value in pairs if name != "host"]
        return [*_named_hosts([_host(value) for value in several]), *others]
    if len(dict(pairs)) < len(pairs):
        raise ValueError("has a parameter twice")
    return pairs


def _check_values(named: dict[str, str]) -> None:
    for name, value in named.items():
        if name in CHOICES and value not in CHOICES[name]:
            raise ValueError(f"has a wrong {name}: one of {', '.join(CHOICES[name])}")
        if name in NUMBERS and not re.fullmatch(r"-?\d{1,9}", value):
            raise ValueError(f"has a wrong {name}: a whole number is wanted")
    ports = named.get("port", "").split(",")
    if not all(re.fullmatch(r"\d{0,5}", port) for port in ports):
        raise ValueError("has a wrong port")
    if len(ports) > 1 and len(ports) != len(named.get("host", "").split(",")):
        raise ValueError("has another number of ports than of hosts")


def _pairs(query: str) -> Pairs:
    try:
        return parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise ValueError("must have its parameters as ?name=value&name=value") from None


def _is_redis_parameter(base: str, name: str, value: str) -> bool:
    if name == "db" and not re.fullmatch(r"\d{1,4}", value):
        return False
    try:  # makes a connection object, and does not connect
        ConnectionPool.from_url(f"{base}?{urlencode([(name, value)])}").make_connection()
    except (
        Exception
    ):  # a TypeError for an unknown name; whatever else a value may raise, it is not one to start with
        return False
    return True
