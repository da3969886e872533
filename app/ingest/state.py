"""What the routes of the write side need, put together by worker.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.ingest.committer import Committer


@dataclass(frozen=True, slots=True)
class Ingest:
    """The worker's committer, and `notified`: how many streams a workspace had when last told of a commit."""

    committer: Committer
    notified: Callable[[UUID], int]
