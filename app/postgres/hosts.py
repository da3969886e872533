"""Several PostgreSQL hosts: tries one after another, and gives up on one that is silent for two seconds.

libpq does so only where it waits itself. Its connect_timeout has no effect while gevent waits: a dead machine that
is named first (no answer, not even a refusal) would block every connection, and the next host never be tried.
A name with several addresses counts as several hosts; it is resolved here, for libpq would block all greenlets.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from itertools import zip_longest
from time import monotonic
from typing import Any, NamedTuple

import gevent.socket
import psycopg2
from psycopg2 import extensions
from sqlalchemy import Engine, event

from app.postgres.database_away import reason_of
from app.postgres.link import SilentServer, TimeoutConnection

CONNECT_TIMEOUT = 2.0  # seconds of silence, where there is another host to try
SILENT_HOST_TTL = 30.0  # seconds for which a host that was silent is tried last
DEFAULT_PORT = "5432"

ConnectParameters = dict[str, Any]  # of libpq, as SQLAlchemy passes them to psycopg2.connect


class Host(NamedTuple):
    """One address to try; `name` is what TLS checks and what messages show."""

    name: str
    address: str | None  # None for a unix socket
    port: str

    def parameters(self) -> ConnectParameters:
        """Its parameters for libpq."""
        where = {"host": self.name, "port": self.port or None}
        return where | ({"hostaddr": self.address} if self.address else {})


class QuickConnection(TimeoutConnection):
    """A connection to one of several hosts: a shorter time-out while it is made."""

    connect_timeout = CONNECT_TIMEOUT


class HostList:
    """The hosts of one engine, and which of them were silent lately."""

    def __init__(self) -> None:
        self._silent_until: dict[Host, float] = {}  # monotonic seconds until when it is tried last

    def connect(self, parameters: ConnectParameters) -> extensions.connection | None:
        """A connection to the first host that accepts one; None where no host is named, for libpq to choose."""
        if not parameters.get("host"):
            return None
        problems: list[str] = []
        for wanted in _session_attributes(parameters):
            hosts = self._in_order(parameters, problems)
            if len(hosts) == 1 and not problems:
                return _connect(parameters | hosts[0].parameters())
            for host in hosts:
                there = host.parameters() | {"connection_factory": QuickConnection}
                try:
                    return _connect(parameters | wanted | there)
                except SilentServer as error:
                    self._silent_until[host] = monotonic() + SILENT_HOST_TTL
                    problems.append(_failed(host.name, str(error)))
                except psycopg2.OperationalError as error:
                    problems.append(reason_of(error))
        raise psycopg2.OperationalError("; ".join(dict.fromkeys(problems)))

    def _in_order(self, parameters: ConnectParameters, problems: list[str]) -> list[Host]:
        found = list(_hosts(parameters, problems))
        if parameters.get("load_balance_hosts") == "random":
            random.shuffle(found)
        now = monotonic()
        return sorted(
            found, key=lambda host: self._silent_until.get(host, 0.0) > now
        )  # keeps the order otherwise


def connect_to_first_host(engine: Engine) -> Engine:
    """Make the engine try the hosts of its URL one by one; returns the engine."""
    hosts = HostList()

    def connect(
        _dialect: object, _record: object, _arguments: object, parameters: ConnectParameters
    ) -> extensions.connection | None:
        return hosts.connect(parameters)

    event.listen(engine, "do_connect", connect)
    return engine


def _connect(parameters: ConnectParameters) -> extensions.connection:
    connection: extensions.connection = psycopg2.connect(**parameters)
    return connection


def _hosts(parameters: ConnectParameters, problems: list[str]) -> Iterator[Host]:
    names = str(parameters["host"]).split(",")
    addresses = str(parameters.get("hostaddr") or "").split(",")
    ports = str(parameters.get("port") or "").split(",")
    if len(ports) == 1:
        ports *= len(names)
    for name, address, port in zip_longest(names, addresses, ports, fillvalue=""):
        if address or not name or name.startswith(("/", "@")):
            yield Host(name, address or None, port)
            continue
        try:
            yield from (Host(name, found, port) for found in _resolve(name, port or DEFAULT_PORT))
        except OSError as error:
            problems.append(_failed(name, str(error.strerror or error)))


def _failed(name: str, reason: str) -> str:
    # In libpq's form, so that `without_addresses` removes the address.
    return f'connection to server at "{name}" failed: {reason}'


def _resolve(name: str, port: str) -> Sequence[str]:
    try:
        return [str(ip_address(name))]
    except ValueError:
        found = gevent.socket.getaddrinfo(name, int(port), type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[4][0]) for address in found))


def _session_attributes(parameters: ConnectParameters) -> list[ConnectParameters]:
    # For this value libpq tries all hosts twice.
    if parameters.get("target_session_attrs") == "prefer-standby":
        return [{"target_session_attrs": "standby"}, {"target_session_attrs": "any"}]
    return [{}]
