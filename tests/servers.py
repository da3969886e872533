"""Pulse as it runs in earnest: a gunicorn with several workers, as a child process on a port of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import psutil

from launcher.process import Process, tail
from launcher.server import Server as ChildServer
from launcher.sockets import unused_port

ROOT = Path(__file__).resolve().parents[1]
OBSERVER = Path(__file__).resolve().parent / "observer"
STOP = (
    13.0  # seconds; below FIRST_REQUEST and keepalive, so that a connection which waits cannot go unnoticed
)
PATIENCE = 20.0  # seconds; generous, for nothing here measures time
# Of every HTTP client: one that makes its own takes 20 ms of a processor to load the authorities.
TLS = httpx.create_ssl_context()


def until(condition: Callable[[], object], what: str | Callable[[], str], seconds: float = PATIENCE) -> None:
    """Wait until the condition holds; fail, saying what did not come true, if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def count_boot() -> None:
    """Append a line to the file from which tests/run.py prints how many gunicorns a run has started."""
    if path := os.environ.get("TEST_BOOTS"):
        with open(path, "a") as boots:
            boots.write(f"{os.environ.get('PYTEST_CURRENT_TEST', '')}\n")


class Server(ChildServer):
    """`gunicorn -c gunicorn.conf.py wsgi:app`. It can be stopped, killed, and started on the same port again."""

    def __init__(
        self,
        environ: Mapping[str, str],
        log: Path,
        workers: int = 2,
        *,
        socket_path: Path | None = None,
        root: Path = ROOT,
    ):
        super().__init__(log)
        self.port = unused_port()
        also = ["-b", f"127.0.0.1:{self.port}", "-b", f"unix:{socket_path}"] if socket_path else []
        self.url = f"http://127.0.0.1:{self.port}"
        self.workers = workers
        self.root = root
        self._at_rest: Counter[str] = Counter()
        self.descriptors_at_rest = 0
        # By name: user id, cookies, and when they were given.
        self.sessions: dict[str, tuple[str, dict[str, str], float]] = {}
        self.environ = {
            "PATH": "/usr/bin:/bin",
            "PYTHONUNBUFFERED": "1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": str(workers),
            "PYTHONPATH": str(OBSERVER),
            "CENSUS_DIRECTORY": str(log.parent),
            **environ,
        }
        self._command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", *also, "wsgi:app"]

    def worker_pids(self) -> list[int]:
        """Of the workers that run now. Tests ask again and again; psutil would look at every process there is."""
        try:
            return [
                int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            ]
        except OSError:
            return []  # it does not run, or has just ended

    def worker_of(self, port: int) -> int | None:
        """The worker at the other end of a client's connection, which is known by the client's local port."""
        return next((pid for pid, client in self.open_connections() if client == port), None)

    def open_connections(self) -> list[tuple[int, int]]:
        """(worker, client's port) of every HTTP connection that a worker has not closed yet."""
        return [
            (pid, connection.raddr.port)
            for pid in self.worker_pids()
            for connection in psutil.Process(pid).net_connections(kind="tcp")
            if connection.laddr.port == self.port and connection.raddr
        ]

    @contextlib.contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """For as long as this lasts, new connections reach this worker: the others are frozen."""
        others = [psutil.Process(pid) for pid in self.worker_pids() if pid != worker]
        try:
            for other in others:
                other.suspend()
            yield
        finally:
            for other in others:
                other.resume()

    def census(self) -> Counter[str]:
        """What the workers hold now, summed: streams, database connections, and greenlets by their functions."""
        total: Counter[str] = Counter()
        for pid in self.worker_pids():
            place = self.log.parent / f"{pid}.json"
            place.unlink(missing_ok=True)
            psutil.Process(pid).send_signal(signal.SIGRTMIN)
            until(place.exists, f"worker {pid} to tell what it holds")
            found = json.loads(place.read_text())
            total.update({"streams": found["streams"], "database connections": found["connections"]})
            total.update(found["greenlets"])
        return +total

    def descriptors(self) -> int:
        """Open files and sockets of all workers."""
        return sum(psutil.Process(pid).num_fds() for pid in self.worker_pids())

    def left_behind(self) -> Counter[str]:
        """What the workers hold now and did not when they had just started."""
        return self.census() - self._at_rest

    def start(self) -> None:
        """Start it and wait until every worker says that it is ready."""
        count_boot()
        self._launch(
            Process(self._command, self.log, cwd=self.root, env=self.environ, death_signal=signal.SIGKILL)
        )
        try:
            until(self._all_ready, "all workers ready")
            self._at_rest = self.census()
            self.descriptors_at_rest = self.descriptors()
        except BaseException:
            self.kill()
            raise AssertionError(f"the server did not start:\n{tail(self.log, 60)}") from None

    def stop(self) -> None:
        """SIGTERM, and it must end by itself, in order, and leave no worker behind."""
        workers = [psutil.Process(pid) for pid in self.worker_pids()]
        self.signal(signal.SIGTERM)
        ended = self._process.wait(STOP)
        self.kill()
        assert ended, f"the server did not stop:\n{tail(self.log, 40)}"
        assert self._process.succeeded, f"the server ended with {self._process.exit}:\n{tail(self.log, 40)}"
        assert not [worker for worker in workers if worker.is_running()], "a worker outlived its master"

    def kill_worker(self, pid: int | None = None) -> int:
        """SIGKILL to one worker (any, if none is named); returns its pid once the master has replaced it."""
        before = self.worker_pids()
        pid = pid or before[0]
        psutil.Process(pid).kill()
        self.await_heir(pid)
        return pid

    def await_heir(self, pid: int) -> None:
        """Wait until the master has replaced a worker that was killed."""
        until(
            lambda: pid not in self.worker_pids() and len(self.worker_pids()) == self.workers, "a new worker"
        )
        until(self._all_ready, "all workers ready")

    def reload(self) -> None:
        """SIGHUP, as a deploy does: new workers come, the old ones drain and leave."""
        before = self.worker_pids()
        self.signal(signal.SIGHUP)
        until(
            lambda: len(self.worker_pids()) == self.workers and not {*before} & {*self.worker_pids()},
            "new workers instead of the old",
            3 * PATIENCE,
        )
        until(self._all_ready, "all workers ready")

    def _all_ready(self) -> bool:
        assert self.is_running, "it ended while starting"
        workers = self.worker_pids()
        return len(workers) == self.workers and self._is_ready() and all(map(self._is_ready_on, workers))

    def _is_ready_on(self, worker: int) -> bool:
        with self.only(worker):
            return self._is_ready()

    def _is_ready(self) -> bool:
        try:
            answer = httpx.get(f"{self.url}/readyz", timeout=PATIENCE, trust_env=False, verify=TLS)
            return answer.status_code == 200
        except httpx.TransportError:
            return False


def local_port(answer: httpx.Response) -> int:
    """The client's end of the connection that an answer came over."""
    return answer.extensions["network_stream"].get_extra_info("client_addr")[1]


def accepts_connections(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
