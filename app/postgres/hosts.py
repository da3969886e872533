"""PostgreSQL by several hosts: tries them one after another, and leaves one that is silent after two seconds.

libpq does so only where it waits itself. With gevent waiting its connect_timeout does not count: a dead machine
that is named first (nothing answers, not even a refusal) holds up every connection, and no other is asked.
A name with several addresses counts as several hosts; it is looked up here, for libpq would stop all greenlets.
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
from sqlalchemy import Engine, event

from app.postgres.link import Link, SilentServer
from app.postgres.reason import reason_of

SILENCE = 2.0  # seconds, where another host can be asked
SHUNNED = 30.0  # seconds for which a host that was silent is asked last
USUAL_PORT = "5432"

Parameters = dict[str, Any]


class Host(NamedTuple):
    """One address to try; `name` is what TLS checks and what messages show."""

    name: str
    address: str | None  # None for a unix socket
    port: str

    def parameters(self) -> Parameters:
        """What libpq is told of it."""
        where = {"host": self.name, "port": self.port or None}
        return where | ({"hostaddr": self.address} if self.address else {})


class Quick(Link):
    """A connection to one of several hosts: less patient while it is made."""

    connect_patience = SILENCE


class Hosts:
    """The hosts of one engine, and which of them were silent a moment ago."""

    def __init__(self) -> None:
        self._silent: dict[Host, float] = {}  # until when it is asked last

    def connect(self, parameters: Parameters) -> Any:
        """A connection to the first host that gives one; None to leave it to libpq, where none is named."""
        if not parameters.get("host"):
            return None
        problems: list[str] = []
        for wanted in _session_attributes(parameters):
            hosts = self._in_order(parameters, problems)
            if len(hosts) == 1 and not problems:
                return psycopg2.connect(**parameters | hosts[0].parameters())
            for host in hosts:
                there = host.parameters() | {"connection_factory": Quick}
                try:
                    return psycopg2.connect(**parameters | wanted | there)
                except SilentServer as error:
                    self._silent[host] = monotonic() + SHUNNED
                    problems.append(_failed(host.name, str(error)))
                except psycopg2.OperationalError as error:
                    problems.append(reason_of(error))
        raise psycopg2.OperationalError("; ".join(dict.fromkeys(problems)))

    def _in_order(self, parameters: Parameters, problems: list[str]) -> list[Host]:
        found = list(_hosts(parameters, problems))
        if parameters.get("load_balance_hosts") == "random":
            random.shuffle(found)
        now = monotonic()
        return sorted(found, key=lambda host: self._silent.get(host, 0.0) > now)  # keeps the order otherwise


def watch_hosts(engine: Engine) -> Engine:
    """Have an engine try the hosts of its URL one by one; returns the engine."""
    hosts = Hosts()

    def connect(_dialect: object, _record: object, _arguments: object, parameters: Parameters) -> Any:
        return hosts.connect(parameters)

    event.listen(engine, "do_connect", connect)
    return engine


def _hosts(parameters: Parameters, problems: list[str]) -> Iterator[Host]:
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
            yield from (Host(name, found, port) for found in _resolve(name, port or USUAL_PORT))
        except OSError as error:
            problems.append(_failed(name, str(error.strerror or error)))


def _failed(name: str, words: str) -> str:
    # In libpq's form, so that the address can be left out for strangers.
    return f'connection to server at "{name}" failed: {words}'


def _resolve(name: str, port: str) -> Sequence[str]:
    try:
        return [str(ip_address(name))]
    except ValueError:
        found = gevent.socket.getaddrinfo(name, int(port), type=socket.SOCK_STREAM)
        return list(dict.fromkeys(address[4][0] for address in found))


def _session_attributes(parameters: Parameters) -> list[Parameters]:
    # libpq would ask all hosts twice for this one.
    if parameters.get("target_session_attrs") == "prefer-standby":
        return [{"target_session_attrs": "standby"}, {"target_session_attrs": "any"}]
    return [{}]
