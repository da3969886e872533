"""The embedded PostgreSQL: start, stop, privacy, recovery; its data stay."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg2
import pytest
from launcher_run import is_alive
from launcher_support import ask, parent
from servers import until
from sqlalchemy import create_engine, text

from launcher.account import account_for
from launcher.errors import LauncherError
from launcher.postgres import Postgres
from launcher.sockets import socket_directory


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Postgres]:
    """One that has never been started."""
    server = Postgres(tmp_path / "postgres")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a server that has been started before: creating the data takes longer than all else."""
    return tmp_path_factory.mktemp("used") / "postgres"


@pytest.fixture
def postgres(used: Path) -> Iterator[Postgres]:
    """One that does not run, on the data of the tests before."""
    server = Postgres(used)
    yield server
    server.stop()


def test_url_opens_an_empty_database(fresh: Postgres):
    with create_engine(fresh.start().replace("postgresql", "postgresql+psycopg2", 1)).connect() as connection:
        (version,) = connection.execute(text("SHOW server_version_num")).one()
        tables = connection.execute(text("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).all()
    assert (version[:2], tables) == ("18", [])


def test_commits_are_durable(postgres: Postgres):
    url = postgres.start()
    settings = [ask(url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    assert settings == [[("on",)]] * 3


def test_locale_of_the_machine_is_ignored(fresh: Postgres, monkeypatch):
    monkeypatch.setenv("LANG", "xx_XX.UTF-8")
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    assert ask(fresh.start(), "SELECT upper('é'), current_setting('server_encoding')") == [("É", "UTF8")]


def test_client_environment_is_ignored(postgres: Postgres, monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    assert ask(postgres.start(), "SELECT 1") == [(1,)]


def test_stop_ends_every_process(postgres: Postgres):
    url = postgres.start()
    family = [psutil.Process(postgres.pid), *psutil.Process(postgres.pid).children()]
    postgres.stop()
    assert not any(process.is_running() for process in family)
    assert (postgres.pid, postgres.is_running) == (None, False)
    with pytest.raises(psycopg2.OperationalError):
        ask(url, "SELECT 1")


def test_restart_keeps_url_and_data(postgres: Postgres):
    url = postgres.start()
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    first = postgres.pid
    assert postgres.restart() == url
    assert postgres.pid != first
    assert ask(url, "SELECT number FROM kept") == [(7,)]


def test_start_is_idempotent(postgres: Postgres):
    url, pid = postgres.start(), postgres.pid
    assert (postgres.start(), postgres.pid) == (url, pid)


def test_stop_closes_open_connections(postgres: Postgres):
    connection = psycopg2.connect(postgres.start())
    connection.cursor().execute("SELECT 1")
    postgres.stop()
    assert not postgres.is_running
    connection.close()


def test_create_database_is_idempotent(postgres: Postgres):
    postgres.start()
    postgres.create_database("other one")
    postgres.create_database("other one")
    assert ask(postgres.url_of("other one"), "SELECT current_database()") == [("other one",)]


def test_thawed_server_responds_again(postgres: Postgres):
    url = postgres.start()
    postgres.freeze()
    # In a process of its own: while it connects, nothing but its end interrupts psycopg2.
    connect = [sys.executable, "-c", "import psycopg2, sys; psycopg2.connect(sys.argv[1])", url]
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(connect, timeout=2)
    postgres.thaw()
    assert ask(url, "SELECT 1") == [(1,)]


def test_frozen_server_can_be_stopped(postgres: Postgres):
    postgres.start()
    postgres.freeze()
    postgres.stop()
    assert not postgres.is_running


TEMPORARY = Path(tempfile.gettempdir())
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1 << 1, 1 << 2


def capabilities(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff")), 16)


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that every user may enter; pytest's own may be entered by its user alone."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        yield Path(directory)


def test_closed_parent_needs_a_capability(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    postgres = Postgres(closed / "postgres")
    url = postgres.start()
    assert ask(url, "SELECT 1") == [(1,)]
    assert psutil.Process(postgres.pid).uids().real != 0
    # An ordinary user's server has the way in as that user; root's server borrows one capability for it.
    assert capabilities(postgres.pid) in (
        (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if os.geteuid() == 0 else (0,)
    )
    postgres.stop()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700, "a directory that is not ours was changed"


def test_open_parent_needs_no_capability(open_directory: Path):
    postgres = Postgres(open_directory / "postgres")
    postgres.start()
    assert (psutil.Process(postgres.pid).uids().real != 0, capabilities(postgres.pid)) == (True, 0)
    postgres.stop()


def test_directories_are_private(open_directory: Path):
    postgres = Postgres(open_directory / "postgres")
    postgres.start()
    modes = [stat.S_IMODE((postgres.home / name).stat().st_mode) for name in ("data", "run", "password")]
    postgres.stop()
    assert modes == [0o700, 0o700, 0o600]


def test_no_tcp_port_by_default(postgres: Postgres):
    postgres.start()
    assert psutil.Process(postgres.pid).net_connections("inet") == []


def test_tcp_is_loopback_with_password(tmp_path: Path):
    postgres = Postgres(tmp_path / "postgres", tcp=True)
    url = postgres.start()
    assert ask(url, "SELECT 1") == [(1,)]
    assert {one.laddr.ip for one in psutil.Process(postgres.pid).net_connections("inet")} == {"127.0.0.1"}
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        ask(url.replace(urlsplit(url).password, "guessed"), "SELECT 1")
    postgres.stop()


def test_long_path_gets_a_short_socket(tmp_path: Path):
    postgres = Postgres(tmp_path / ("long" * 30) / "postgres")
    url = postgres.start()
    short = Path(parse_qs(urlsplit(url).query)["host"][0])
    assert (ask(url, "SELECT 1"), short.parent, stat.S_IMODE(short.stat().st_mode)) == (
        [(1,)],
        TEMPORARY,
        0o700,
    )
    postgres.stop()
    assert not short.exists()


def test_symlink_as_socket_dir_is_refused(tmp_path: Path):
    preferred = tmp_path / ("long" * 30) / "run"
    short = socket_directory(preferred, "socket", None)
    short.rmdir()
    short.symlink_to(tmp_path)
    try:
        with pytest.raises(LauncherError, match=f"{short} belongs to another user"):
            socket_directory(preferred, "socket", None)
    finally:
        short.unlink()


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


def test_frozen_orphan_is_ended(fresh: Postgres, tmp_path: Path):
    with parent(tmp_path) as dead:
        ask(dead.database_url, "CREATE TABLE kept AS SELECT 1 AS number")
        orphan = dead.postgres
        orphan.suspend()
        dead.kill()
    assert is_alive(orphan)
    url = fresh.start()
    assert not is_alive(orphan)
    assert ask(url, "SELECT number FROM kept") == [(1,)]


def test_interrupted_first_start_is_repeated(fresh: Postgres):
    half = fresh.home / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert ask(fresh.start(), "SELECT 1") == [(1,)]
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
