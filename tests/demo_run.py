"""The demo as `make run` starts it, in a directory of its own under build/, while somebody looks at it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext
from servers import ROOT, unused_port

PASSWORD = "a demo of its own"
STOPS_IN = 30  # seconds


@dataclass(frozen=True)
class Demo:
    """Where it is, and where it keeps its database."""

    address: str
    instance: Path

    def database_url(self) -> str:
        """For what no API would do, as PostgreSQL itself says where it listens."""
        _pid, _data, _since, port, sockets, *_ = (
            (self.instance / "postgres/data/postmaster.pid").read_text().split("\n")
        )
        return f"postgresql://pulse@/pulse?host={quote(sockets)}&port={port}"

    def visit(self, browser: Browser, who: str | None, **options: object) -> BrowserContext:
        """A fresh browser profile in which somebody has signed in: `olivia`, `oscar@elsewhere.test`."""
        context = browser.new_context(base_url=self.address, locale="en-GB", **options)
        if who:
            data = {"email": who if "@" in who else f"{who}@acme.test", "password": PASSWORD}
            answer = context.request.post("/api/auth/login", data=data)
            assert answer.ok, answer.text()
        return context


@contextlib.contextmanager
def demo(name: str, **settings: str) -> Iterator[Demo]:
    """Started anew, with nothing of an earlier one, and stopped in order."""
    instance = ROOT / "build" / name / "instance"
    shutil.rmtree(instance, ignore_errors=True)
    port = unused_port()
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(("PULSE_", "PORT"))}
    own = {"PORT": str(port), "PULSE_INSTANCE_DIR": str(instance), "PULSE_DEMO_PASSWORD": PASSWORD}
    process = subprocess.Popen(
        [sys.executable, "-m", "launcher"],
        cwd=ROOT,
        env={**inherited, **own, "PULSE_RATE_LIMIT_LOGIN": "off", **settings},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for us; we stop it ourselves
    )
    try:
        _wait_until_live(process)
        yield Demo(f"http://127.0.0.1:{port}", instance)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=STOPS_IN)


def _wait_until_live(process: subprocess.Popen[str]) -> None:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if line.startswith("Pulse is live at"):
            return
    raise SystemExit("".join(["the demo did not start:\n", *said]))
