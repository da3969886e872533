"""Pages of other applications, served from Pulse's own origin by a proxy, and real browsers that show them."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import playwright
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from servers import PATIENCE, Server, unused_port
from visitor import PASSWORD, Visitor

from launcher.postgres import Postgres
from launcher.valkey import Valkey

from ..conftest import SETTINGS
from ..dashboard.conftest import chromium, made_servers, shared_server

__all__ = ["chromium", "made_servers", "shared_server"]

NODE = Path(playwright.__file__).parent / "driver" / "node"
FRONT = Path(__file__).parent / "front.mjs"
DENIED = "new DOMException('denied', 'SecurityError')"
REFUSED = {  # `about:blank` has none of them at all
    "locks reject": f"if (window.LockManager) LockManager.prototype.request = () => Promise.reject({DENIED})",
    "locks throw": f"if (window.LockManager) LockManager.prototype.request = () => {{ throw {DENIED} }}",
    "no channel": f"window.BroadcastChannel = class {{ constructor() {{ throw {DENIED} }} }}",
    "mute channel": f"BroadcastChannel.prototype.postMessage = () => {{ throw {DENIED} }}",
    "no database": f"IDBFactory.prototype.open = () => {{ throw {DENIED} }}",
}


class Front:
    """The proxy that browsers reach Pulse through."""

    def __init__(self, server: Server):
        port = unused_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [str(NODE), str(FRONT), str(port), str(server.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def buffer(self, on: bool) -> None:
        """From the next request on, event streams get their head through and nothing else."""
        content = "on" if on else "off"
        httpx.post(f"{self.url}/front/buffering", content=content, trust_env=False).raise_for_status()

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="package")
def environ(postgres: Postgres, template: str, valkey: Valkey) -> dict[str, str]:
    """As for the dashboard's tests; but eight tabs on a busy machine take their time between two heartbeats."""
    postgres.create_database("acme_client", template)
    return {
        "DATABASE_URL": postgres.url_of("acme_client"),
        "REDIS_URL": valkey.url,
        "PULSE_SECRET_KEY": secrets.token_hex(32),
        **SETTINGS,
        "PULSE_HEARTBEAT_INTERVAL": "5",
        "PULSE_STATS_UPDATE_INTERVAL": "2",
    }


@pytest.fixture(scope="package")
def shared_front(shared_server: Server) -> Iterator[Front]:
    front = Front(shared_server)
    yield front
    front.stop()


@pytest.fixture
def front(shared_front: Front, server: Server) -> Iterator[Front]:
    yield shared_front
    shared_front.buffer(False)


@pytest.fixture
def browser_of(chromium: Browser, front: Front) -> Iterator[Callable[[str], BrowserContext]]:
    """`browser_of("mika")`: a browser profile in which she is signed in."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def make(name: str) -> BrowserContext:
        context = chromium.new_context(base_url=front.url)
        context.set_default_timeout(PATIENCE * 1000)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        sign_in(context, name)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not faults, f"a script of a page failed: {faults}"


def sign_in(context: BrowserContext, name: str) -> None:
    data = {"email": f"{name}@acme.test", "password": PASSWORD}
    assert context.request.post("/api/auth/login", data=data).ok


def watch(context: BrowserContext, connected: bool = True, **options: Any) -> Page:
    """One more tab that watches `acme`."""
    page = context.new_page()
    query = quote(json.dumps(options))
    page.goto(f"/pages/live.html?{query}", wait_until="commit")
    page.wait_for_function("window.live")
    if connected:
        page.wait_for_function("live.isConnected")
    return page


def records(page: Page) -> dict[str, Any]:
    """What the page recorded: `ids` of events in order, `phases`, `resets`, `dropped`."""
    return page.evaluate("window.recorded")


def track(visitor: Visitor, count: int = 3) -> list[int]:
    """The numbers of so many events."""
    return [visitor.track("tab.news")["seq"] for _ in range(count)]


def streams(visitor: Visitor) -> int:
    return visitor.snapshot()["meta"]["connections"]


def freeze(page: Page) -> Callable[[], None]:
    """Stop a page where it is, in the middle of its next script, untold; returns what lets it go on."""
    session = page.context.new_cdp_session(page)
    session.send("Debugger.enable")
    session.send("Debugger.pause")
    return lambda: session.send("Debugger.disable")


def saw(page: Page, *numbers: int) -> None:
    """Wait until the last of these events is there; then it saw exactly these, in this order."""
    last = f"-{numbers[-1]}"
    page.wait_for_function("last => window.recorded.ids.at(-1)?.endsWith(last)", arg=last)
    assert [int(event_id.split("-")[1]) for event_id in records(page)["ids"]] == list(numbers)
