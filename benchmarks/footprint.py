"""`make bench-footprint`: disk and WAL that an event takes, by how many events a transaction has."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402
from uuid import UUID, uuid4  # noqa: E402

from sqlalchemy import Connection, Engine  # noqa: E402

from app.domain.event import NewEvent  # noqa: E402
from app.ingest.transaction import commit  # noqa: E402
from app.maintenance.retention import run_upkeep  # noqa: E402
from app.postgres import link  # noqa: E402
from app.postgres.engines import background_engine  # noqa: E402
from app.settings.config import Settings  # noqa: E402
from benchmarks.report import table, write_json  # noqa: E402
from benchmarks.stage import stage  # noqa: E402

EVENTS = 20_000
BATCHES = (500, 30, 1)
USER = UUID(int=2)
SIZES = """
    SELECT (SELECT sum(pg_table_size(relid)) FROM pg_partition_tree('events')),
           (SELECT sum(pg_indexes_size(relid)) FROM pg_partition_tree('events') WHERE isleaf),
           (SELECT sum(pg_table_size(relid)) FROM pg_partition_tree('event_ids')),
           (SELECT sum(pg_indexes_size(relid)) FROM pg_partition_tree('event_ids') WHERE isleaf),
           pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')
"""
HEADS = ("events a transaction", "events", "their indexes", "event_ids", "their indexes", "WAL")


def measure(engine: Engine, workspace: UUID, batch: int) -> list[float]:
    """Bytes an event, in the order of HEADS."""
    with engine.connect() as connection:
        # The first change of a page after a checkpoint logs all of it; here it is counted as it happens in use.
        connection.exec_driver_sql("CHECKPOINT")
        before = _sizes(connection)
    for _ in range(EVENTS // batch):
        commit(engine, [[_event(workspace) for _ in range(batch)]], datetime.now(UTC))
    with engine.connect() as connection:
        return [(after - was) / EVENTS for was, after in zip(before, _sizes(connection), strict=True)]


def _sizes(connection: Connection) -> list[float]:
    return [float(size) for size in connection.exec_driver_sql(SIZES).one()]


def _event(workspace: UUID) -> NewEvent:
    data = {"messageId": str(uuid4()), "channelId": "general"}
    return NewEvent(workspace, str(uuid4()), "message.sent", data, USER, session_id="s-benchmark")


def main() -> int:
    """Run, show, keep."""
    link.install_gevent_wait()
    with stage() as here:
        engine = background_engine(Settings.from_environ(here.environ).database_url)
        with engine.connect() as connection:
            workspace = connection.exec_driver_sql(
                "SELECT id FROM workspaces WHERE slug = 'acme'"
            ).scalar_one()
        run_upkeep(engine, datetime.now(UTC), timedelta(days=90))
        figures = {batch: measure(engine, workspace, batch) for batch in BATCHES}
        engine.dispose()
    print("Bytes an event:\n")
    print(table(HEADS, [(str(batch), *sizes) for batch, sizes in figures.items()]))
    print(f"\nThe figures are in {write_json('bench-footprint.json', {'bytes': figures})}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
