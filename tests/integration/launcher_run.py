"""`python -m launcher` as a child process: read as a person would, ended as a person would."""

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
from launcher_support import ROOT, lives, until
from servers import count_boot

from launcher.sockets import free_port

OURS = ("PORT", "WEB_CONCURRENCY", "DATABASE_URL", "REDIS_URL", "PULSE_")


def environment(instance: Path, **settings: str) -> dict[str, str]:
    """This process's environment, less any settings of Pulse, plus those for a small run."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    small = {"PORT": str(free_port()), "WEB_CONCURRENCY": "1", "PULSE_DEMO_TRAFFIC": "20"}
    return {**inherited, **small, "PULSE_INSTANCE_DIR": str(instance), **settings}


def attempt(instance: Path, **settings: str) -> subprocess.CompletedProcess:
    """A start that is expected to fail, run to its end."""
    command = [sys.executable, "-m", "launcher"]
    environ = environment(instance, **settings)
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)


class Run:
    """A launcher that has reached the live line; `lines` holds what it has said so far."""

    def __init__(
        self, instance: Path, command: tuple[str, ...] = (sys.executable, "-m", "launcher"), **settings: str
    ):
        environ = environment(instance, **settings)
        self.address = f"http://127.0.0.1:{environ['PORT']}"
        self.instance = instance
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []
        self._signed_in = False
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        count_boot()
        self.read_until("Pulse is live at ")
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def read_until(self, words: str) -> str:
        """Read on to the line that has these words; an end of the output before that is a failure."""
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if words in line:
                return self.lines[-1]
        raise AssertionError("\n".join([f"never said {words!r}:", *self.lines]))

    def child(self, words: str) -> psutil.Process:
        """The launcher's own child whose command line has these words."""
        children = [
            one for one in psutil.Process(self.launcher.pid).children() if words in " ".join(one.cmdline())
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
        """How many events the workspace has seen today, asked through the public API as Mika."""
        if not self._signed_in:
            self._signed_in = self.sign_in(self.password) == 200
        with self._browser.open(
            f"{self.address}/api/workspaces/acme/analytics/realtime", timeout=10
        ) as answer:
            return sum(json.load(answer)["data"]["eventCounts"].values())

    def goes_on_from(self, events: int) -> bool:
        """Whether more events come in; a server that is only just back may refuse once or twice."""

        def more() -> bool:
            with contextlib.suppress(OSError):
                return self.events() > events
            return False

        return until(more)

    def interrupt(self) -> int:
        """Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        self.lines += rest.splitlines()
        return self.process.returncode

    def left(self) -> list[psutil.Process]:
        """What still lives of all the launcher had started, once that has had time to end."""
        until(lambda: not any(map(lives, self.family)))
        return [process for process in self.family if lives(process)]


@contextlib.contextmanager
def run(instance: Path, **settings: str) -> Iterator[Run]:
    one = Run(instance, **settings)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.interrupt()
        one.process.stdout.close()
