"""Privileges of the embedded PostgreSQL: never root, minimal capabilities, private to its user."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg2
import pytest
from launcher_support import ask

from launcher.errors import LauncherError
from launcher.postgres import Postgres
from launcher.sockets import socket_directory

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


def test_no_tcp_port_by_default(tmp_path: Path):
    postgres = Postgres(tmp_path / "postgres")
    postgres.start()
    connections = psutil.Process(postgres.pid).net_connections("inet")
    postgres.stop()
    assert connections == []


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
