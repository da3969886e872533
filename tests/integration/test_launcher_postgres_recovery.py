"""Crash recovery of the embedded PostgreSQL: no committed row is lost, and the next start needs no help."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
from launcher_run import is_alive
from launcher_support import ask, parent
from servers import until

from launcher.account import account_for
from launcher.errors import LauncherError
from launcher.postgres import Postgres


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "postgres")
    yield server
    server.stop()


def test_committed_rows_survive_a_kill(postgres: Postgres):
    url = postgres.start()
    ask(url, "CREATE TABLE event (seq int PRIMARY KEY)")
    for first in range(0, 500, 100):
        ask(url, f"INSERT INTO event SELECT generate_series({first}, {first} + 99)")
    unfinished = psycopg2.connect(url)
    unfinished.cursor().execute("INSERT INTO event VALUES (1000)")
    postgres.kill()
    assert postgres.start() == url
    assert ask(url, "SELECT count(*), max(seq) FROM event") == [(500, 499)]
    unfinished.close()


def test_orphaned_backends_are_ended(postgres: Postgres):
    url = postgres.start()
    backends = psutil.Process(postgres.pid).children()
    os.kill(postgres.pid, signal.SIGKILL)
    until(lambda: not postgres.is_running, "the end of the postmaster")
    assert postgres.start() == url
    assert not any(is_alive(backend) for backend in backends)


def test_reused_pid_in_pid_file_is_ignored(postgres: Postgres):
    postgres.start()
    postgres.kill()
    # As root: a process of PostgreSQL's own user, which it would take for a postmaster.
    account = account_for(postgres.data)
    who = {"user": account.uid, "group": account.gid} if account else {}
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", **who) as other:
        pid_file = postgres.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        url = postgres.start()
        assert ask(url, "SELECT 1") == [(1,)]
        assert other.poll() is None, "a bystander was ended"
        other.kill()


def test_frozen_orphan_is_ended(postgres: Postgres, tmp_path: Path):
    with parent(tmp_path) as dead:
        ask(dead.database_url, "CREATE TABLE kept AS SELECT 1 AS number")
        orphan = dead.postgres
        orphan.suspend()
        dead.kill()
    assert is_alive(orphan)
    url = postgres.start()
    assert not is_alive(orphan)
    assert ask(url, "SELECT number FROM kept") == [(1,)]


def test_interrupted_first_start_is_repeated(postgres: Postgres):
    half = postgres.home / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert ask(postgres.start(), "SELECT 1") == [(1,)]
    assert not half.exists()


def test_data_of_another_version_is_refused(postgres: Postgres):
    postgres.start()
    postgres.stop()
    version = postgres.data / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(LauncherError, match=r"written by PostgreSQL 16, this is 18: dump and restore it"):
        postgres.start()
    version.write_text("18\n")
    assert ask(postgres.start(), "SELECT 1") == [(1,)]


def test_failed_start_shows_log_and_unlocks(postgres: Postgres):
    postgres.start()
    postgres.stop()
    settings = postgres.data / "postgresql.conf"
    right = settings.read_text()
    settings.write_text("max_connections = many\n")
    with pytest.raises(LauncherError, match=r"PostgreSQL ended while starting \(exit code 1\)") as failure:
        postgres.start()
    assert "max_connections" in failure.value.log_tail
    settings.write_text(right)
    successor = Postgres(postgres.home)
    assert ask(successor.start(), "SELECT 1") == [(1,)]
    successor.stop()
