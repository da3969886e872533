"""Embedded Valkey: start, stop, freeze, and the same address after every restart."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from launcher.valkey import Valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey")
    yield server
    server.stop()


def ping(url: str) -> bool:
    with redis.from_url(url, socket_timeout=1, retry=None) as client:
        return client.ping()


def test_url_responds(valkey: Valkey):
    assert ping(valkey.start())


def test_no_tcp_port_by_default(valkey: Valkey):
    valkey.start()
    assert psutil.Process(valkey.pid).net_connections("inet") == []


def test_tcp_is_loopback_only(tmp_path: Path):
    valkey = Valkey(tmp_path / "valkey", tcp=True)
    assert ping(valkey.start())
    assert valkey.url.startswith("redis://127.0.0.1:")
    assert {one.laddr.ip for one in psutil.Process(valkey.pid).net_connections("inet")} == {"127.0.0.1"}
    valkey.stop()


def test_long_and_odd_paths(tmp_path: Path):
    for name in ("long" * 40, "with space, % and ?"):
        valkey = Valkey(tmp_path / name)
        assert ping(valkey.start())
        valkey.stop()


def test_stop_leaves_no_process_and_no_data(valkey: Valkey):
    url = valkey.start()
    process = psutil.Process(valkey.pid)
    with redis.from_url(url) as client:
        client.set("key", "value")
    valkey.stop()
    assert (process.is_running(), valkey.pid) == (False, None)
    assert sorted(path.name for path in valkey.home.iterdir()) == ["lock", "run", "valkey.log"]
    with pytest.raises(redis.ConnectionError):
        ping(url)


def test_start_after_kill_keeps_the_address(valkey: Valkey):
    url, first = valkey.start(), valkey.pid
    valkey.kill()
    assert (valkey.is_running, valkey.exit) == (False, "SIGKILL")
    assert valkey.start() == url
    assert valkey.pid != first
    assert ping(url)


def test_restart_keeps_the_address(valkey: Valkey):
    assert valkey.start() == valkey.restart()


def test_frozen_server_does_not_respond(valkey: Valkey):
    url = valkey.start()
    valkey.freeze()
    with pytest.raises(redis.TimeoutError):
        ping(url)
    valkey.thaw()
    assert ping(url)
