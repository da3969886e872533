"""An export of any size: complete, in little memory, holding nothing in the database, or visibly cut off."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest
from servers import until
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

EXPORT = "/api/workspaces/acme/analytics/events/export"
EVENTS = 30_000
FILL = """
    INSERT INTO events (workspace_id, seq, received_at, event_id, event_type, event_data, user_id, occurred_at)
    SELECT workspace_id, n, received_at, 'e' || n, 'made.up', jsonb_build_object('text', repeat('x', 1000)),
           user_id, occurred_at
    FROM events CROSS JOIN generate_series(2, :events) AS n
"""

Sql = Callable[..., list]


@pytest.fixture(scope="module")
def database(environ) -> str:
    return make_url(environ["DATABASE_URL"]).database


@pytest.fixture(scope="module")
def sql(environ) -> Sql:
    """`sql("SELECT …", name=…)` from outside: in the server's cluster, in the database `postgres`."""
    return _runner(environ["DATABASE_URL"], "postgres")


@pytest.fixture
def download(olivia, environ) -> Iterator[Callable[[], _Download]]:
    """Begins Olivia's export of a log that neither a socket nor a page can hold, and reads some of it."""
    run = _runner(environ["DATABASE_URL"])
    if not run("SELECT FROM events LIMIT 1"):
        olivia.track("user.active")  # makes the day's partition, and is the model of the others
        run(FILL, events=EVENTS)
        run("UPDATE event_heads SET last_seq = :events WHERE last_seq > 0", events=EVENTS)
    with contextlib.ExitStack() as stack:

        def begin() -> _Download:
            answer = stack.enter_context(olivia.stream("GET", EXPORT))
            if answer.status_code == 503:  # an earlier test has cut this worker's connections
                answer.read()
                return begin()
            return _Download(answer)

        yield begin


class _Download:
    """An export that has begun and is not read on before `finish`."""

    def __init__(self, answer: httpx.Response):
        assert answer.status_code == 200
        self._parts = answer.iter_bytes()
        self._begun = next(self._parts)

    def finish(self) -> list[int]:
        """Read the rest; the numbers of all events. Raises httpx.RemoteProtocolError if it is cut off."""
        text = b"".join([self._begun, *self._parts])
        assert text.endswith(b"\n")
        return [json.loads(line)["seq"] for line in text.splitlines()]


def _runner(url: str, database: str | None = None) -> Sql:
    parts = make_url(url).set(drivername="postgresql+psycopg2")
    engine = create_engine(parts.set(database=database) if database else parts, poolclass=NullPool)

    def run(statement: str, **values: object) -> list:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            result = connection.execute(text(statement), values)
            return list(result) if result.returns_rows else []

    return run


def test_export_is_complete_during_posts(download, mika):
    export = download()
    head = mika.track("user.active")["seq"]
    numbers = export.finish()
    assert numbers == list(range(1, len(numbers) + 1))
    assert EVENTS <= len(numbers) < head  # up to where the log ended when it began


def test_export_takes_little_memory(download, server):
    workers = [psutil.Process(pid) for pid in server.worker_pids()]

    def in_use() -> list[int]:
        return [worker.memory_info().rss for worker in workers]

    before, peaks = in_use(), []
    for _ in range(3):
        export = download()
        peaks.append(in_use())
        assert len(export.finish()) >= EVENTS  # of a kilobyte each
        peaks.append(in_use())
    growth = [now - then for peak in peaks for now, then in zip(peak, before, strict=True)]
    assert max(growth) < 16 * 1024 * 1024


def test_slow_download_holds_no_transaction(download, sql, database):
    export = download()
    held = "SELECT FROM pg_stat_activity WHERE datname = :name AND state LIKE 'idle in transaction%'"
    until(lambda: not sql(held, name=database), "no transaction is open")
    assert len(export.finish()) >= EVENTS


def test_export_survives_dropped_connections(download, sql, database):
    export = download()
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name", name=database)
    numbers = export.finish()
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= EVENTS


def test_export_without_database_is_cut_off(download, sql, database, server):
    export = download()
    sql(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
    try:
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name", name=database)
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
            export.finish()
    finally:
        sql(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')
    assert "a download was cut off" in server.log.read_text()
