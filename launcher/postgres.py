"""Embedded PostgreSQL: the durable store, from a wheel, as a child process that only this user can reach.

    postgres = Postgres(Path("instance/postgres"))
    url = postgres.start()        # postgresql://pulse@/pulse?host=…&port=5432, for SQLAlchemy and psycopg2
    postgres.create_database("other"); postgres.url_of("other")
    postgres.freeze(); postgres.thaw(); postgres.kill(); postgres.restart()
    postgres.stop()

`Postgres(home, tcp=True)` listens on a loopback port as well (with a password), and its URLs name that port.
`on_progress` gets a few words about each step that takes long, e.g. `first start: creating the database`.
"""

import contextlib
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import psutil
import psycopg2
import psycopg2.errors
import psycopg2.extensions

from launcher import cluster, orphans
from launcher.account import Account, account_for
from launcher.process import Process
from launcher.server import EmbeddedServer
from launcher.sockets import unused_port

SOCKET_PORT = 5432
PROGRESS_INTERVAL = 3.0  # seconds
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    # An acknowledged event is on disk. These are the defaults, stated so that nobody trades them for speed.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # Short queries gain nothing from compilation, and the first of each kind would wait for it.
    "jit": "off",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # The log shows the progress of a recovery every second.
    "log_startup_progress_interval": "1s",
}


class Postgres(EmbeddedServer):
    """One PostgreSQL server below `home`."""

    name = "PostgreSQL"
    # SIGINT is a fast shutdown: open transactions are rolled back, and the next start has nothing to recover.
    stop_signals: ClassVar[Mapping[int, float]] = {signal.SIGINT: 20.0, signal.SIGQUIT: 5.0}
    start_timeout = 600.0  # recovery after a crash replays what was written since the last checkpoint
    socket_name = f".s.PGSQL.{SOCKET_PORT}"
    home_mode = 0o711  # started by root, the server runs as another account, which has to pass through
    ready_states = ("ready",)  # in the eighth line of postmaster.pid

    def __init__(
        self,
        home: Path,
        *,
        tcp: bool = False,
        log: Path | None = None,
        on_progress: Callable[[str], None] = lambda text: None,
    ):
        super().__init__(home, log or home.absolute() / "postgres.log")
        self.data = self.home / "data"
        self.password_file = self.home / "password"
        self.port = unused_port() if tcp else 0
        self._on_progress = on_progress
        self._next_progress = PROGRESS_INTERVAL

    @property
    def url(self) -> str:
        return self.url_of("pulse")

    def url_of(self, database: str) -> str:
        """The URL of one database of this server. It includes the port, so that PGPORT cannot change it."""
        if self.port:
            password = self.password_file.read_text()
            return f"postgresql://pulse:{password}@127.0.0.1:{self.port}/{quote(database)}"
        host = quote(str(self._socket_directory))
        return f"postgresql://pulse@/{quote(database)}?host={host}&port={SOCKET_PORT}"

    def create_database(self, name: str, template: str = "template1", options: str = "") -> None:
        """Create a database unless it exists; `options` are appended to the statement, such as an encoding."""
        with self._cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {options}')

    def drop_database(self, name: str) -> bool:
        """Drop a database; returns False while it has open connections."""
        try:
            with self._cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except psycopg2.errors.ObjectInUse:
            return False
        return True

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[psycopg2.extensions.cursor]:
        connection = psycopg2.connect(self.url_of("postgres"))
        connection.autocommit = True  # CREATE and DROP DATABASE cannot run in a transaction
        with contextlib.closing(connection), connection.cursor() as cursor:
            yield cursor

    def _start(self) -> None:
        self._end_orphans()
        owner = account_for(self.data)
        if not self.data.exists():
            self._on_progress("first start: creating the database")
            cluster.create(self.data, self.password_file, owner, self.log)
        cluster.check(self.data, owner)
        self._launch_postmaster(owner)
        self._next_progress = PROGRESS_INTERVAL
        self.wait_until_ready(self._is_ready, self._report_progress)
        self.create_database("pulse")

    def _end_orphans(self) -> None:
        """End the processes of an earlier run and remove its pid file.

        The lock is held, so whatever works in the data directory is an orphan; it gets time to shut down. Two
        servers never share the data: PostgreSQL refuses to start while a process of the old one lives. But it
        also refuses when an unrelated process has by now got the pid in its file, hence the removal.
        """
        if self._orphans():
            self._on_progress("ending what an earlier run left behind")
        orphans.terminate(
            self._orphaned_postmaster, {signal.SIGINT: 20, signal.SIGQUIT: 10, signal.SIGKILL: 10}
        )
        # Its children end by themselves once it is gone. They never get SIGINT: it makes the checkpointer
        # write the last checkpoint, while others may still be writing.
        orphans.terminate(self._orphans, {signal.SIGCONT: 5, signal.SIGQUIT: 5, signal.SIGKILL: 10})
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _orphans(self) -> list[psutil.Process]:
        return orphans.find_by_directory(self.data, "postgres")

    def _orphaned_postmaster(self) -> list[psutil.Process]:
        pid_file = self._pid_file()
        return [process for process in self._orphans() if pid_file and str(process.pid) == pid_file[0]]

    def _launch_postmaster(self, owner: Account | None) -> None:
        directory = self._make_socket_directory(owner)
        for stale in directory.glob(f"{self.socket_name}*"):
            stale.unlink()
        settings = SETTINGS | {
            "listen_addresses": "127.0.0.1" if self.port else "",
            "unix_socket_directories": str(directory),
        }
        program = cluster.binary("postgres")
        self._launch(
            Process(
                [
                    *(program, "-D", self.data, "-p", str(self.port or SOCKET_PORT)),
                    *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
                ],
                self.log,
                env=cluster.ENVIRONMENT,
                death_signal=signal.SIGINT,  # fast shutdown, also when the launcher is killed
                account=owner,
                reach=(program, self.data, directory),
            )
        )

    def _report_progress(self, waited: float) -> None:
        if waited > self._next_progress:
            self._next_progress = waited + PROGRESS_INTERVAL
            self._on_progress(f"still recovering after a crash, {waited:.0f} s")

    def _is_ready(self) -> bool:
        """The server's status in its pid file: polling by connecting would fill the log with refusals."""
        lines = self._pid_file()
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() in self.ready_states

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
