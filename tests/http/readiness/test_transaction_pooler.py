"""A transaction pooler before PostgreSQL, which breaks some posts, is reported by /readyz and doctor."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from debian import program
from servers import accepts_connections, until, unused_port
from sqlalchemy import make_url

from launcher.account import account_for
from launcher.postgres import Postgres
from launcher.process import Process, tail


@pytest.fixture
def pooled(postgres: Postgres, database: str, tmp_path: Path) -> Iterator[str]:
    """A URL through Debian's PgBouncer in transaction mode, which also drops our time limits."""
    bouncer = program("pgbouncer", "usr/sbin/pgbouncer")
    if bouncer is None:
        pytest.skip("NOT RUN: Debian's pgbouncer cannot be had here")
    log, port, settings = tmp_path / "log", unused_port(), tmp_path / "pgbouncer.ini"
    place = make_url(database).query["host"]
    settings.write_text(
        f"""
        [databases]
        readiness = host={place} port=5432 user=pulse
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        ignore_startup_parameters = options,extra_float_digits
    """.replace("        ", "")
    )
    # PgBouncer refuses to be root, and only PostgreSQL's own account may use its socket.
    process = Process(
        [bouncer.path, settings],
        log,
        env=bouncer.environ,
        death_signal=signal.SIGKILL,
        account=account_for(postgres.data),
        reach=(bouncer.path, tmp_path, Path(place)),
    )
    process.start()
    until(lambda: accepts_connections(port), lambda: f"PgBouncer to listen: {tail(tmp_path / 'log')}")
    yield f"postgresql://pulse@127.0.0.1:{port}/readiness"
    process.kill()


def test_transaction_pooler_is_not_ready(look, pooled):
    status, checks, said = look(DATABASE_URL=pooled)
    assert status == 503
    assert "statement_timeout is 0" in checks["database"]
    assert "a transaction pooler stands before PostgreSQL: connect directly" in checks["database"]
    assert "BAD   Pooler: a transaction pooler" in said
