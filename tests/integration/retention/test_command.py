"""`flask events prune` does a round of upkeep; `--dry-run` only reports it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.postgres.advisory_locks import AdvisoryLock, lock_until_commit


@pytest.fixture
def prune(flask_app):
    return lambda *options: flask_app.test_cli_runner().invoke(args=["events", "prune", *options])


@pytest.fixture
def old(post):
    """When something was received that is too old, and is not the latest of all."""
    day = datetime.now(UTC) - timedelta(days=100)
    post(day, session="stale")
    post(day + timedelta(days=90))
    return day


def test_command_dry_run_changes_nothing(engine, prune, old, days):
    before = days()
    shown = prune("--dry-run")
    assert shown.exit_code == 0
    assert re.search(rf"^events of {old:%Y-%m-%d}: about \d+, \d+\.\d MB$", shown.stdout, re.MULTILINE)
    ids = [line for line in shown.stdout.splitlines() if line.startswith("event_ids of ")]
    ended = datetime.now(UTC).date() - timedelta(days=4)
    posted = [old.date(), (old + timedelta(days=90)).date()]
    made = {day + n * timedelta(days=1) for day in posted for n in range(3)}
    assert [line.split(":")[0] for line in ids] == [
        f"event_ids of {day}" for day in sorted(made) if day <= ended
    ]
    assert "\nsession_presence: 1\n" in shown.stdout
    assert days() == before


def test_command_prunes_and_reports(engine, prune, old, days, ask):
    done = prune()
    assert done.exit_code == 0
    assert f"events of {old:%Y-%m-%d}: " in done.stdout
    assert f"{old:%Y%m%d}" not in days()
    assert ask("SELECT FROM event_ids") == []
    assert prune().stdout.startswith("session_presence: 0\n")


def test_concurrent_prune_is_refused(engine, prune, old):
    with engine.begin() as other:
        lock_until_commit(other, AdvisoryLock.RETENTION)
        refused = prune()
    assert refused.exit_code == 1
    assert refused.stderr == "Error: Another process is pruning right now.\n"
