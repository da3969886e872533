"""Modules that share two running gunicorns, one for each transport. Each module finds the database as new."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import acme
import pytest
from row_copies import RowCopies
from servers import Server, until

from launcher.postgres import Postgres
from launcher.valkey import Valkey

from ..conftest import SETTINGS

TRANSPORTS = {"socket": "1", "generator": "0"}
MANY_STREAMS = {"PULSE_MAX_STREAMS_PER_USER": "1000", "PULSE_MAX_STREAMS_PER_ADDRESS": "1000"}


BOTH_TRANSPORTS = pytest.mark.parametrize("shared_server", TRANSPORTS, indirect=True, scope="module")


@pytest.fixture(scope="package")
def package_environ(postgres: Postgres, template: str, valkey: Valkey) -> dict[str, str]:
    postgres.create_database("acme_shared", template)
    return {
        "DATABASE_URL": postgres.url_of("acme_shared"),
        "REDIS_URL": valkey.url,
        "PULSE_SECRET_KEY": secrets.token_hex(32),
        **SETTINGS,
        **MANY_STREAMS,
    }


@pytest.fixture(scope="package")
def servers_by_transport(
    package_environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Server]]:
    """Two workers each; started when a module first needs them, stopped after the last module."""
    servers = {
        transport: Server(
            package_environ | {"PULSE_ADOPT_CONNECTIONS": adopt},
            tmp_path_factory.mktemp(transport) / "gunicorn.log",
        )
        for transport, adopt in TRANSPORTS.items()
    }
    for server in servers.values():
        server.log.touch()
    yield servers
    for server in servers.values():
        if server.is_running:
            server.stop()


@pytest.fixture(scope="package")
def cast_rows(package_environ: dict[str, str]) -> RowCopies:
    return acme.rows(package_environ["DATABASE_URL"])


@pytest.fixture(scope="module")
def environ(
    package_environ: dict[str, str], servers_by_transport: dict[str, Server], cast_rows: RowCopies
) -> dict[str, str]:
    """The shared settings, with all rows replaced by those of the cast: what was signed in or cached is void."""
    acme.refill(package_environ["DATABASE_URL"], cast_rows)
    for server in servers_by_transport.values():
        server.sessions.clear()
    return package_environ


@pytest.fixture(scope="module")
def server_of(environ: dict[str, str], servers_by_transport: dict[str, Server]) -> Callable[[str], Server]:
    """`server_of("generator")`: the shared gunicorn that carries streams in this way."""

    def running(transport: str) -> Server:
        server = servers_by_transport[transport]
        if not server.is_running:
            server.start()
        return server

    return running


@pytest.fixture(scope="module")
def shared_server(request: pytest.FixtureRequest, server_of: Callable[[str], Server]) -> Server:
    """The one that hands its sockets over; a module with `pytestmark = BOTH_TRANSPORTS` runs with either."""
    return server_of(getattr(request, "param", "socket"))


@pytest.fixture(scope="module")
def made_servers(servers_by_transport: dict[str, Server]) -> Iterator[list[Server]]:
    """Both servers; after a module they hold nothing that they did not hold when they had started."""
    yield (servers := list(servers_by_transport.values()))
    for server in servers:
        if server.is_running:
            until(
                lambda server=server: not server.left_behind(), f"everything let go: {server.left_behind()}"
            )
