"""The demo as `make run` starts it, with an instance directory of its own under build/."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from launcher_run import run
from playwright.sync_api import Browser, BrowserContext
from servers import ROOT

PASSWORD = "a demo of its own"


@dataclass(frozen=True)
class Demo:
    """Its address and its instance directory."""

    address: str
    instance: Path

    def database_url(self) -> str:
        """For what the API cannot do; the address is in PostgreSQL's pid file."""
        _pid, _data, _since, port, sockets, *_ = (
            (self.instance / "postgres/data/postmaster.pid").read_text().split("\n")
        )
        return f"postgresql://pulse@/pulse?host={quote(sockets)}&port={port}"

    def visit(self, browser: Browser, who: str | None, **options: object) -> BrowserContext:
        """A fresh browser profile in which a user has signed in: `olivia`, `oscar@elsewhere.test`."""
        context = browser.new_context(base_url=self.address, locale="en-GB", **options)
        if who:
            data = {"email": who if "@" in who else f"{who}@acme.test", "password": PASSWORD}
            answer = context.request.post("/api/auth/login", data=data)
            assert answer.ok, answer.text()
        return context


@contextlib.contextmanager
def demo(name: str, **settings: str) -> Iterator[Demo]:
    """Start with an empty instance directory, and stop in order at the end."""
    instance = ROOT / "build" / name / "instance"
    shutil.rmtree(instance, ignore_errors=True)
    own = {"PULSE_DEMO_PASSWORD": PASSWORD, "PULSE_RATE_LIMIT_LOGIN": "off"}
    defaults = {"WEB_CONCURRENCY": "", "PULSE_DEMO_TRAFFIC": ""}
    with run(instance, **{**own, **defaults, **settings}) as launched:
        yield Demo(launched.address, instance)
