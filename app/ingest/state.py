"""What the routes of the write side need, put together by worker/process.py."""

from __future__ import annotations

from dataclasses import dataclass

from app.ingest.committer import Committer


@dataclass(frozen=True, slots=True)
class Ingest:
    """The worker's parts that the write side's routes use."""

    committer: Committer
