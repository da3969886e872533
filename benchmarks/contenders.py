"""Who takes part in `make bench-stream`: how each is started, and where its streams and posts are."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.clients import compiled
from benchmarks.server import Server
from benchmarks.stage import REALTIME, Stage

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
MOST_STREAMS = 20_000
NGINX = """
load_module {module};
daemon off;
pid {home}/nginx.pid;
error_log {home}/nginx.log;
worker_processes 1;
worker_rlimit_nofile {most};
events {{ worker_connections {most}; }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    nchan_max_reserved_memory 64m;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /readyz {{ return 200; }}
        location = /post {{ nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 10; }}
        location = /stream {{
            nchan_subscriber eventsource;
            nchan_channel_id bench;
            nchan_subscriber_first_message newest;
        }}
    }}
}}
"""
# What Pulse's streams get of an event; the peers are sent as much.
FRAME = (
    '{"eventType":"bench.tick","userId":"00000000-0000-4000-8000-000000000000",'
    '"timestamp":"2025-12-06T12:00:00.000Z","eventId":"bench-{N}"}'
)


@dataclass(frozen=True)
class Contender:
    """A server that streams; `get` and `post` are its paths, the headers whoever listens or posts has to show."""

    name: str
    server: Callable[[], Server]
    most: int = MOST_STREAMS  # streams it is asked to hold
    get: str = "/stream"
    post: str = "/post"
    body: str = FRAME
    listens_as: Mapping[str, str] = field(default_factory=dict)
    posts_as: Mapping[str, str] = field(default_factory=dict)


def contenders(here: Stage) -> list[Contender]:
    """Pulse in both ways, its peers, and the floor. Raises RuntimeError where nchan cannot be had."""
    with here.gunicorn() as server:
        cookie = here.cookie(server)
    pulse = {
        "get": REALTIME,
        "post": REALTIME,
        "body": '{"eventType":"bench.tick","eventId":"bench-{N}"}',
        "listens_as": {"Cookie": cookie},
        "posts_as": {"Authorization": f"Bearer {here.token('events:write')}"},
    }
    return [
        Contender("Pulse", here.gunicorn, **pulse),
        Contender("nchan", lambda: _nchan(here)),
        Contender("C loop of send()", lambda: _floor(here)),
        Contender("Pulse, generators", lambda: here.gunicorn(PULSE_ADOPT_CONNECTIONS="0"), 5_000, **pulse),
        Contender("sse-starlette", lambda: _starlette(here), 1_000),
        Contender("Flask-SSE", lambda: _flask_sse(here), 1_000),
    ]


def _nchan(here: Stage) -> Server:
    install_nchan()
    server = Server(["/usr/sbin/nginx", "-c", str(here.home / "nginx.conf")], {}, here.home / "nginx.out")
    config = NGINX.format(module=MODULE, home=here.home, most=MOST_STREAMS, port=server.port)
    (here.home / "nginx.conf").write_text(config)
    return server


def install_nchan() -> None:
    """Debian's nginx with nchan, unless it is there."""
    if MODULE.exists():
        return
    if not shutil.which("apt-get"):
        raise RuntimeError("nchan is not installed: Debian has it as libnginx-mod-nchan")
    for words in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", "libnginx-mod-nchan"],
    ):
        subprocess.run(["apt-get", *words], check=True, stdout=subprocess.DEVNULL)


def _starlette(here: Stage) -> Server:
    options = ["--port", "{port}", "--no-access-log", "--log-level", "warning", "--backlog", "4096"]
    command = [sys.executable, "-m", "uvicorn", "benchmarks.apps.starlette_peer:app", *options]
    return Server(command, here.environ, here.home / "uvicorn.log")


def _flask_sse(here: Stage) -> Server:
    options = ["--bind", "127.0.0.1:{port}", "--worker-connections", "12000", "--no-control-socket"]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-k",
        "gevent",
        *options,
        "benchmarks.apps.flask_sse_peer:app",
    ]
    # Not the project's settings, which gunicorn would find in the working directory.
    return Server([*command, "-c", "/dev/null"], here.environ, here.home / "flask-sse.log")


def _floor(here: Stage) -> Server:
    return Server([compiled("sendloop", here.home), "{port}"], {}, here.home / "floor.log", ready=None)
