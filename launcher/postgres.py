"""PostgreSQL from a wheel, as a child process: the truth. Durable, and private to this user.

    postgres = Postgres(Path("instance/postgres"))
    url = postgres.start()        # postgresql://pulse@/pulse?host=…&port=5432, for SQLAlchemy and psycopg2
    postgres.create_database("other"); postgres.url_of("other")
    postgres.freeze(); postgres.thaw(); postgres.kill(); postgres.restart()
    postgres.stop()

`Postgres(home, tcp=True)` listens on a loopback port as well (with a password), and its URLs name that port.
`say` is told in a few words what takes long, e.g. `creating the database`.
"""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2

from launcher import account, cluster, orphans
from launcher.errors import LauncherError
from launcher.lock import Lock
from launcher.process import Process, tail
from launcher.sockets import directory_for, discard, free_port

SOCKET_PORT = 5432
SOCKET = f".s.PGSQL.{SOCKET_PORT}"
START_LIMIT = 600.0  # seconds: recovery after a crash replays what was written since the last checkpoint
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    # An acknowledged event is on disk. These are the defaults, said aloud lest somebody trade them for speed.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # Short queries gain nothing from compilation, and the first of each kind would wait for it.
    "jit": "off",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # The log says every second how far a recovery has come.
    "log_startup_progress_interval": "1s",
}


class Postgres:
    """One PostgreSQL server below `home`. `start` returns its URL, the same one after every restart."""

    name = "PostgreSQL"

    def __init__(
        self,
        home: Path,
        *,
        tcp: bool = False,
        log: Path | None = None,
        say: Callable[[str], None] = lambda text: None,
    ):
        self.home = home.absolute()
        self.data = self.home / "data"
        self.log = log or self.home / "postgres.log"
        self.port = free_port() if tcp else 0
        self._say = say
        self._lock = Lock(self.home / "lock")
        self._process: Process | None = None
        self._socket_directory: Path | None = None

    def start(self) -> str:
        """Start it, creating or recovering the database, and wait until it answers; returns the URL.

        Raises AlreadyRunning, or LauncherError with the end of the log.
        """
        if not self.is_running:
            self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
            self._lock.acquire()
            try:
                self._start()
            except BaseException:
                self.stop()
                raise
        return self.url

    @property
    def url(self) -> str:
        return self.url_of("pulse")

    def url_of(self, database: str) -> str:
        """The URL of one database of this server. It names the port lest PGPORT in the environment decide."""
        if self.port:
            return (
                f"postgresql://pulse:{self.password_file.read_text()}@127.0.0.1:{self.port}/{quote(database)}"
            )
        return f"postgresql://pulse@/{quote(database)}?host={quote(str(self._socket_directory))}&port={SOCKET_PORT}"

    def create_database(self, name: str, template: str = "template1", options: str = "") -> None:
        """Create a database unless it exists; `options` go into the statement, such as an encoding."""
        connection = psycopg2.connect(self.url_of("postgres"))
        connection.autocommit = True  # CREATE DATABASE refuses a transaction
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if not cursor.fetchone():
                    cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {options}')
        finally:
            connection.close()

    def drop_database(self, name: str) -> bool:
        """Drop a database; returns False while somebody is connected to it."""
        connection = psycopg2.connect(self.url_of("postgres"))
        connection.autocommit = True  # as CREATE DATABASE
        try:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except psycopg2.errors.ObjectInUse:
            return False
        finally:
            connection.close()
        return True

    @property
    def password_file(self) -> Path:
        return self.home / "password"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self.pid is not None

    @property
    def exit(self) -> str:
        return self._process.exit if self._process else "not started"

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, and the next start has nothing to recover."""
        if self._process:
            self._process.stop({signal.SIGINT: 20, signal.SIGQUIT: 5})
            discard(self._socket_directory, unless_in=self.home)
        self._lock.release()

    def restart(self) -> str:
        self.stop()
        return self.start()

    def kill(self) -> None:
        """End all its processes at once (SIGKILL), as in a power cut; `start` may follow."""
        self._process.kill()

    def freeze(self) -> None:
        """Stop all its processes as they are: connections stay open, and nothing answers."""
        self._process.freeze()

    def thaw(self) -> None:
        self._process.thaw()

    def _start(self) -> None:
        self._clear_the_way()
        owner = account.for_data(self.data)
        if not self.data.exists():
            self._say("first start: creating the database")
            cluster.create(self.data, self.password_file, owner, self.log)
        cluster.check(self.data, owner)
        self._launch(owner)
        self._wait_until_ready()
        self.create_database("pulse")

    def _clear_the_way(self) -> None:
        """End what an earlier run left behind, and what it wrote about itself.

        We hold the lock, so whatever works in the data directory is an orphan; it gets time to close in order.
        Two servers never share the data: PostgreSQL refuses while a process of the old one lives. But it
        also refuses when an unrelated process has by now got the pid in its file, hence the removal.
        """
        if self._orphans():
            self._say("ending what an earlier run left behind")
        orphans.end(self._orphaned_postmaster, {signal.SIGINT: 20, signal.SIGQUIT: 10, signal.SIGKILL: 10})
        # Its children end by themselves once it is gone. They are never told SIGINT: to the checkpointer that
        # means to write the last checkpoint, while others may still be writing.
        orphans.end(self._orphans, {signal.SIGCONT: 5, signal.SIGQUIT: 5, signal.SIGKILL: 10})
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _orphans(self) -> list[psutil.Process]:
        return orphans.working_in(self.data, "postgres")

    def _orphaned_postmaster(self) -> list[psutil.Process]:
        pid_file = self._pid_file()
        return [process for process in self._orphans() if pid_file and str(process.pid) == pid_file[0]]

    def _launch(self, owner: account.Account | None) -> None:
        self._socket_directory = directory_for(self.home / "run", SOCKET, owner)
        for stale in self._socket_directory.glob(f"{SOCKET}*"):
            stale.unlink()
        settings = SETTINGS | {
            "listen_addresses": "127.0.0.1" if self.port else "",
            "unix_socket_directories": str(self._socket_directory),
        }
        # SIGINT is PostgreSQL's fast shutdown: if we are killed, it still closes its files in order.
        self._process = Process(
            [
                cluster.binary("postgres"),
                "-D",
                self.data,
                "-p",
                str(self.port or SOCKET_PORT),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            self.log,
            env=cluster.ENVIRONMENT,
            death_signal=signal.SIGINT,
            account=owner,
            reach=(cluster.binary("postgres"), self.data, self._socket_directory),
        )
        self._process.start()

    def _wait_until_ready(self) -> None:
        begun = said = time.monotonic()
        while not self._is_ready():
            now = time.monotonic()
            if not self._process.is_running:
                raise LauncherError(
                    f"PostgreSQL ended while starting ({self.exit}); see {self.log}", tail(self.log)
                )
            if now - begun > START_LIMIT:
                raise LauncherError(
                    f"PostgreSQL is not ready after {START_LIMIT:.0f} s; see {self.log}", tail(self.log)
                )
            if now - said > 3:
                said = now
                self._say(f"still recovering after a crash, {now - begun:.0f} s")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        """What the server says of itself in its pid file: connecting would fill the log with refusals."""
        lines = self._pid_file()
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
