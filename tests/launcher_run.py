"""`make run` as a child process: `python -m launcher`, with its output and an API client of the demo."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import psutil
from servers import ROOT, count_boot, until

from launcher.sockets import unused_port

SETTING_PREFIXES = ("PORT", "WEB_CONCURRENCY", "DATABASE_URL", "REDIS_URL", "PULSE_")


def environment(instance: Path, **settings: str) -> dict[str, str]:
    """This process's environment without settings of Pulse, plus those of a small instance."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(SETTING_PREFIXES)}
    small = {"PORT": str(unused_port()), "WEB_CONCURRENCY": "1", "PULSE_DEMO_TRAFFIC": "20"}
    return {**inherited, **small, "PULSE_INSTANCE_DIR": str(instance), **settings}


def failed_start(instance: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a launcher that is expected to fail, to its end."""
    command = [sys.executable, "-m", "launcher"]
    environ = environment(instance, **settings)
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)


class LauncherRun:
    """A launcher that has printed "Pulse is live at"; `lines` is its output so far."""

    def __init__(
        self, instance: Path, command: tuple[str, ...] = (sys.executable, "-m", "launcher"), **settings: str
    ):
        environ = environment(instance, **settings)
        self.address = f"http://127.0.0.1:{environ['PORT']}"
        self.instance = instance
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests, which stop it themselves
        )
        self.lines: list[str] = []
        self._signed_in = False
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        count_boot()
        self.read_until("Pulse is live at ")
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def read_until(self, text: str) -> str:
        """Read up to the line that contains the text, which is returned; fails at the end of the output."""
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if text in line:
                return self.lines[-1]
        raise AssertionError("\n".join([f"never printed {text!r}:", *self.lines]))

    def child(self, text: str) -> psutil.Process:
        """The launcher's child whose command line contains the text."""
        children = [
            one for one in psutil.Process(self.launcher.pid).children() if text in " ".join(one.cmdline())
        ]
        assert len(children) == 1, children
        return children[0]

    @property
    def launcher(self) -> psutil.Process:
        return psutil.Process(self.process.pid)

    @property
    def password(self) -> str:
        (line,) = (line for line in self.lines if line.startswith("Sign in at"))
        return line.rsplit(" ", 1)[1]

    def is_ready(self) -> bool:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer,
        ):
            return answer.status == 200
        return False

    def sign_in(self, password: str) -> int:
        """Sign in as Mika; returns the status."""
        body = json.dumps({"email": "mika@acme.test", "password": password}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/api/auth/login", body, headers)
        with self._browser.open(request, timeout=10) as answer:
            return answer.status

    def events(self) -> int:
        """The number of events of today, from the public API, as Mika."""
        if not self._signed_in:
            self._signed_in = self.sign_in(self.password) == 200
        with self._browser.open(
            f"{self.address}/api/workspaces/acme/analytics/realtime", timeout=10
        ) as answer:
            return sum(json.load(answer)["data"]["eventCounts"].values())

    def await_events(self, more_than: int) -> None:
        """Wait until there are more events; a server that has just restarted may refuse a request."""

        def more() -> bool:
            with contextlib.suppress(OSError):
                return self.events() > more_than
            return False

        until(more, f"more than {more_than} events")

    def interrupt(self) -> int:
        """SIGINT; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        self.lines += rest.splitlines()
        return self.process.returncode

    def await_end_of_children(self) -> None:
        """Wait until every process that the launcher had started has ended."""
        await_end_of(self.family)


def await_end_of(processes: list[psutil.Process]) -> None:
    """Wait until all have ended; fails with those that have not."""
    until(lambda: not any(map(is_alive, processes)), lambda: f"ended: {[*filter(is_alive, processes)]}")


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs; an orphan that has ended may stay a zombie until init collects it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextlib.contextmanager
def run(instance: Path, **settings: str) -> Iterator[LauncherRun]:
    one = LauncherRun(instance, **settings)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.interrupt()
        one.process.stdout.close()
