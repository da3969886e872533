"""A launcher-like parent process that can be killed, and a way to wait."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2

ROOT = Path(__file__).resolve().parents[2]

STARTS_BOTH = """
import sys
from pathlib import Path
from launcher.postgres import Postgres
from launcher.valkey import Valkey

home = Path(sys.argv[1])
postgres, valkey = Postgres(home / "postgres"), Valkey(home / "valkey")
print(postgres.start(), valkey.start(), postgres.pid, valkey.pid, flush=True)
sys.stdin.read()
"""


class Parent:
    """A process that has started both servers below `home`, and waits."""

    def __init__(self, home: Path):
        self._process = subprocess.Popen(
            [sys.executable, "-c", STARTS_BOTH, str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.database_url, self.redis_url, *pids = self._process.stdout.readline().split()
        self.pid = self._process.pid
        self.postgres, self.valkey = (psutil.Process(int(pid)) for pid in pids)

    @property
    def offspring(self) -> list[psutil.Process]:
        """Both servers and everything below them."""
        return psutil.Process(self.pid).children(recursive=True)

    def kill(self) -> None:
        """`kill -9`, which leaves the parent no chance to clean up."""
        self._process.kill()
        self._process.communicate()


@contextlib.contextmanager
def parent(home: Path) -> Iterator[Parent]:
    one = Parent(home)
    try:
        yield one
    finally:
        offspring = one.offspring if psutil.pid_exists(one.pid) else []
        one.kill()
        psutil.wait_procs(offspring, timeout=20)


def lives(process: psutil.Process) -> bool:
    """Whether it runs; an orphan that has ended may stay a zombie until init collects it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for the condition; False if it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds


def ask(url: str, statement: str) -> list[tuple]:
    """Run one statement in a connection of its own and commit; its rows, if it has any."""
    with (
        contextlib.closing(psycopg2.connect(url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
