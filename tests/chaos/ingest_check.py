"""What must be true in the end: the log holds what was acknowledged, and all that is counted equals a recount."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import recount
from projections import recounted, stored
from sqlalchemy import Engine, Row, create_engine, text
from visitor import Visitor

from app.domain.instants import iso
from app.insights.tick.counter_repair import CounterRepair
from app.redis import link
from app.redis.counters import Counters
from app.redis.link import RedisLink

from .ingest_client import Acknowledged

Sql = Callable[..., list[Row]]


def check(url: str, redis_url: str, acknowledged: Iterable[Acknowledged], visitors: Sequence[Visitor]) -> int:
    """Compare log, projections, counts in Redis and figures of `acme`; returns the number of events."""
    with _engine(url) as engine, _sql(engine) as sql:
        workspace = sql("SELECT id FROM workspaces WHERE slug = 'acme'")[0].id
        log = sql(recount.READ, workspace=workspace)
        check_log(log, acknowledged)
        check_ids_and_head(sql, workspace, log)
        last = log[-1].received_at
        in_tables, by_hand = stored(sql, workspace, last), recounted(log, last)
        for table, rows in by_hand.items():
            assert in_tables[table] == rows, f"{table}: {sorted(map(repr, in_tables[table] ^ rows))[:6]}"
        check_counts(engine, redis_url, workspace, log)
    for visitor in visitors:
        check_figures(visitor, log)
    return len(log)


def check_log(log: Sequence[Row], acknowledged: Iterable[Acknowledged]) -> None:
    """Numbers are 1, 2, 3 …, and what is there is what was acknowledged, as it was, once, and nothing else."""
    assert [row.seq for row in log] == list(range(1, len(log) + 1))
    expected = {one.seq: _as_posted(one) for one in acknowledged}
    found = {row.seq: _as_stored(row) for row in log}
    wrong = [(seq, expected.get(seq), found.get(seq)) for seq in sorted({*expected, *found})]
    wrong = [case for case in wrong if case[1] != case[2]]
    assert not wrong, f"{len(wrong)} differ, (seq, acknowledged, stored): {wrong[:3]}"


def check_ids_and_head(sql: Sql, workspace: object, log: Sequence[Row]) -> None:
    ids = sql("SELECT seq, event_id FROM event_ids WHERE workspace_id = :id ORDER BY seq", id=workspace)
    assert [(row.seq, row.event_id) for row in ids] == [(row.seq, row.event_id) for row in log]
    assert sql("SELECT last_seq FROM event_heads WHERE workspace_id = :id", id=workspace)[0][0] == len(log)


def check_counts(engine: Engine, redis_url: str, workspace: UUID, log: Sequence[Row]) -> None:
    """The counts in Redis, after one round of the reconciler."""
    now = datetime.now(UTC)
    with link.connect(redis_url) as client:
        counters = Counters(RedisLink(client))
        CounterRepair(engine, counters).repair(now)
        held = counters.read([workspace])[workspace]
    assert held.mark.seq == len(log)
    assert dict(held.counts) == recount.figures(log, now, "UTC")["eventCounts"]


def check_figures(visitor: Visitor, log: Sequence[Row]) -> None:
    """What a worker tells of the workspace."""
    answer = visitor.snapshot()
    assert answer["meta"]["lastEventId"].endswith(f"-{len(log)}")
    figures: dict[str, Any] = answer["data"]
    now = datetime.fromisoformat(figures.pop("timestamp"))
    assert figures == recount.figures(log, now, "UTC")


def _as_posted(one: Acknowledged) -> tuple:
    event = one.event
    content = event["eventType"], event["eventData"], event.get("sessionId"), one.user_id
    assert event.get("timestamp", one.timestamp) == one.timestamp
    return event["eventId"], *content, one.timestamp


def _as_stored(row: Row) -> tuple:
    content = row.event_type, row.event_data, row.session_id, str(row.user_id)
    return row.event_id, *content, iso(row.occurred_at)


@contextlib.contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg2:", 1))
    try:
        yield engine
    finally:
        engine.dispose()


@contextlib.contextmanager
def _sql(engine: Engine) -> Iterator[Sql]:
    """`sql("SELECT … :name", name=…)`, all on one connection."""
    with engine.connect() as connection:
        yield lambda statement, **values: list(connection.execute(text(statement), values))
