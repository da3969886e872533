"""/doctor's remedies, run against the proxies that they name: wrong without them, right with them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from event_stream import EventStream
from servers import Server
from visitor import PATH, Visitor

from .proxy_programs import PROXIES, ProxyRun

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
COMPRESSING = [name for name in PROXIES if name != "haproxy"]  # which heeds `no-transform`


@pytest.fixture
def run(server: Server, tmp_path: Path):
    """`run("caddy", mended=True)`: a proxy before the server."""
    return lambda name, mended: ProxyRun(name, tmp_path / name, f"127.0.0.1:{server.port}", mended=mended)


def listen(proxy: ProxyRun, visitor: Visitor, **headers: str) -> EventStream:
    return EventStream(f"{proxy.url}{PATH}", BROWSER | {"Cookie": visitor.cookie} | headers)


@pytest.mark.parametrize("name", COMPRESSING)
def test_default_proxies_compress_the_stream(run, olivia, name):
    headers = BROWSER | {"Cookie": olivia.cookie, "Accept": "text/event-stream"}
    with (
        run(name, mended=False) as proxy,
        httpx.Client(base_url=proxy.url, headers=headers, trust_env=False) as client,
        client.stream("GET", PATH) as answer,
    ):
        assert answer.headers["content-encoding"] in ("gzip", "zstd")


def test_short_haproxy_timeouts_cut_the_stream(run, olivia):
    with run("haproxy", mended=False) as proxy, listen(proxy, olivia) as stream:
        assert stream.is_cut()


@pytest.mark.parametrize("name", PROXIES)
def test_remedies_pass_the_stream_unchanged(run, olivia, name):
    with run(name, mended=True) as proxy, listen(proxy, olivia) as stream:
        assert "content-encoding" not in stream.headers
        began = stream.until("connected").json["lastEventId"]
        headers = {"Cookie": olivia.cookie, "Origin": proxy.url}
        body = {"eventType": "proxy.passed"}
        answer = httpx.post(f"{proxy.url}{PATH}", json=body, headers=headers, trust_env=False)
        assert answer.status_code == 200, answer.text  # the server knows by which address it is reached
        assert stream.until("event").json["eventType"] == "proxy.passed"
        stream.until("ping")
        with listen(proxy, olivia, **{"Last-Event-ID": began}) as resumed:
            assert resumed.until("event").json["eventType"] == "proxy.passed"
