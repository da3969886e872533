"""A parent process of both embedded servers that can be killed, and one-off SQL."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
from servers import ROOT

START_BOTH = """
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
            [sys.executable, "-c", START_BOTH, str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.database_url, self.redis_url, *pids = self._process.stdout.readline().split()
        self.pid = self._process.pid
        self.postgres, self.valkey = (psutil.Process(int(pid)) for pid in pids)

    @property
    def descendants(self) -> list[psutil.Process]:
        """Both servers and everything below them."""
        return psutil.Process(self.pid).children(recursive=True)

    def kill(self) -> None:
        """SIGKILL: the parent cannot clean up."""
        self._process.kill()
        self._process.communicate()


@contextlib.contextmanager
def parent(home: Path) -> Iterator[Parent]:
    one = Parent(home)
    try:
        yield one
    finally:
        descendants = one.descendants if psutil.pid_exists(one.pid) else []
        one.kill()
        psutil.wait_procs(descendants, timeout=20)


def ask(url: str, statement: str) -> list[tuple]:
    """Run one statement in its own connection and commit; returns its rows, if any."""
    with (
        contextlib.closing(psycopg2.connect(url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
