"""The dashboard with the bundle of `make bundle`, and from its modules, where there is none: the same page."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import playwright
import pytest
from playwright.sync_api import Page, Response, expect
from servers import ROOT, Server
from visitor import PASSWORD

from app.dashboard.bundle import load_bundle

from .conftest import badge, email_of, feed, figure

NODE = Path(playwright.__file__).parent / "driver" / "node"
COPIED = ("app", "static")  # the application looks for its files beside itself
MAX_REQUESTS = 12
MAX_BYTES = 150 * 1024


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second checkout of these sources."""
    folder = tmp_path_factory.mktemp("checkout")
    for path in ROOT.iterdir():
        if path.name in COPIED:
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__", "dist"))
        elif path.name not in ("build", "instance", ".git"):
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="module", params=["bundle", "modules"])
def site(request, checkout, environ, shared_server, tmp_path_factory) -> Iterator[tuple[str, Server]]:
    """What pages load, and a server with it: the second one only where the shared one does not serve the same."""
    is_bundled = request.param == "bundle"
    if bool(load_bundle(ROOT).files) is is_bundled:
        yield request.param, shared_server
        return
    if is_bundled:
        subprocess.run([NODE, "bundle.mjs", checkout / "static/dist"], cwd=ROOT, check=True)
    server = Server(environ, tmp_path_factory.mktemp("bundle") / "gunicorn.log", workers=1, root=checkout)
    server.start()
    yield request.param, server
    server.stop()


def visit(page: Page, server: Server, name: str) -> list[Response]:
    """Open the dashboard as a member who has signed in, until it is live; returns all responses on the way."""
    data = {"email": email_of(name), "password": PASSWORD}
    assert page.request.post(f"{server.url}/api/auth/login", data=data).ok
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(f"{server.url}/w/acme")
    expect(badge(page)).to_have_attribute("data-condition", "live")
    return responses


def size_of(response: Response) -> int:
    """Bytes on the wire; a stream, which goes on, has none yet."""
    return (
        0
        if "event-stream" in response.headers["content-type"]
        else response.request.sizes()["responseBodySize"]
    )


def test_dashboard_is_live_with_and_without_the_bundle(site, open_page, olivia):
    loaded, server = site
    page = open_page()
    responses = visit(page, server, "mika")
    assets = [response for response in responses if "/assets/" in response.url]
    assert all(response.ok for response in responses)
    assert any("/assets/dist/dashboard-" in response.url for response in assets) is (loaded == "bundle")

    olivia.track("message.sent", {"channelId": "bundled"})
    expect(feed(page).first.locator(".chip")).to_have_text("message.sent")
    expect(figure(page, "activeUsers")).not_to_have_text("–")
    page.get_by_role("button", name="Choose cards").click()  # a dialog, with its styles
    expect(page.locator("#choose-dialog")).to_be_visible()

    if loaded == "bundle":
        assert len(responses) <= MAX_REQUESTS, [response.url for response in responses]
        assert sum(map(size_of, responses)) < MAX_BYTES
