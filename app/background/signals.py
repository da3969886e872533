"""Signals of a worker's parts about their own work, to which telemetry subscribes."""

from __future__ import annotations

from blinker import Signal

committed = Signal()  # events: how many a commit stored or found stored; seconds: how long it took
ticked = Signal()  # seconds: how long a worker's tick took
stream_ended = Signal()  # stream: it is out of all books by now
epochs_renewed = Signal()  # cause: why logs got a new epoch; number: of logs
job_failed = Signal()  # job: its name, see app/background/job.py
