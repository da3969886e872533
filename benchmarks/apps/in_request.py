"""Pulse without its queue: each request makes its own transaction and tells of it, then answers."""

# First of all, as in wsgi.py: it patches before anything else is imported.
from wsgi import app  # isort: split

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.domain.event import NewEvent
from app.domain.instants import to_millisecond
from app.extensions import component, register
from app.ingest.commit_queue import CommitReceipt
from app.ingest.committed_events import committed_events
from app.ingest.state import Ingest
from app.ingest.transaction import commit
from app.postgres.engines import background_engine


class Committer:
    """What a request asks to commit its events."""

    def __init__(self) -> None:
        self._engine = background_engine(app.config["PULSE"].database_url)
        self._publisher = app.extensions["pulse"].publisher

    def submit(self, events: Sequence[NewEvent]) -> CommitReceipt:
        """Commit them here and now."""
        committed = commit(self._engine, [events], to_millisecond(datetime.now(UTC)))
        notified = self._publisher.publish(committed_events([events], committed), committed.heads)
        [receipts] = committed.outcomes
        return CommitReceipt(receipts, notified[events[0].workspace_id])


register(app, replace(component(Ingest, app), committer=Committer()))
