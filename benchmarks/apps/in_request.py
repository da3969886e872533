"""Pulse without its queue: each request makes its own transaction and tells of it, then answers."""

# First of all, as in wsgi.py: it patches before anything else is imported.
from wsgi import app  # isort: split

from collections.abc import Sequence
from datetime import UTC, datetime

from app.domain.event import NewEvent
from app.domain.instants import to_millisecond
from app.extensions import COMPONENTS
from app.ingest.commit_queue import CommitReceipt
from app.ingest.committed_events import committed_events
from app.ingest.committer import Committer
from app.ingest.transaction import commit
from app.postgres.engines import background_engine


class InRequestCommitter:
    """Commits the events of each request in a transaction of its own."""

    def __init__(self) -> None:
        self._engine = background_engine(app.config["PULSE"].database_url)
        self._publisher = app.extensions["pulse"].publisher

    def submit(self, events: Sequence[NewEvent]) -> CommitReceipt:
        """Commit them here and now."""
        committed = commit(self._engine, [events], to_millisecond(datetime.now(UTC)))
        notified = self._publisher.publish(committed_events([events], committed), committed.heads)
        [receipts] = committed.outcomes
        return CommitReceipt(receipts, notified[events[0].workspace_id])


app.extensions[COMPONENTS][Committer] = InRequestCommitter()
