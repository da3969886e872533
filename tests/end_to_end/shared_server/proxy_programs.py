"""Proxies from Debian packages in front of a gunicorn: as they are often set up, and with /doctor's remedies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import debian
import playwright
from servers import PATIENCE, ROOT, accepts_connections, unused_port

from launcher.process import Process
from launcher.server import Server

NODE = Path(playwright.__file__).parent / "driver" / "node"
REMEDIES = f"""
import({json.dumps(str(ROOT / "static/js/pages/doctor/remedies.js"))}).then((module) => {{
  const {{ BUFFERING, COMPRESSION, HEADERS, ADDRESS, readTimeout }} = module;
  console.log(JSON.stringify({{ BUFFERING, COMPRESSION, HEADERS, ADDRESS, TIMEOUT: readTimeout(0.5) }}));
}});
"""


def remedies() -> dict[str, dict[str, Any]]:
    """The remedies as the page has them; for a heartbeat of half a second, which is the tests'."""
    found = subprocess.run([NODE, "-e", REMEDIES], capture_output=True, text=True, check=True)
    return json.loads(found.stdout)


@dataclass(frozen=True)
class ProxyProgram:
    """A kind of proxy: where its program is, and how its configuration is written and started."""

    package: str
    path: str
    configuration: Callable[[ProxySite, bool], str]
    arguments: Callable[[ProxySite], list[str | Path]]


@dataclass(frozen=True)
class ProxySite:
    """Where one proxy runs: its folder, its port, the server behind it, and what Debian unpacked."""

    home: Path
    port: int
    upstream: str
    root: Path

    @property
    def file(self) -> Path:
        return self.home / "proxy.conf"


class ProxyRun(Server):
    """A running proxy; use as a context manager."""

    name = "the proxy"
    stop_signals: ClassVar = {signal.SIGTERM: 5.0}
    start_timeout = PATIENCE

    def __init__(self, name: str, home: Path, upstream: str, *, mended: bool):
        kind = PROXIES[name]
        program = debian.program(kind.package, kind.path)
        assert program, f"{name} cannot be had from the system's packages"
        home.mkdir()
        self._site = ProxySite(home, unused_port(), upstream, program.root or Path("/"))
        self.url = f"http://127.0.0.1:{self._site.port}"
        self._site.file.write_text(kind.configuration(self._site, mended))
        environ = program.environ | {
            "HOME": str(home),
            "XDG_DATA_HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
        }
        command = [program.path, *kind.arguments(self._site)]
        super().__init__(home / "proxy.log")
        self._proxy = Process(command, self.log, env=environ, death_signal=signal.SIGTERM)

    def start(self) -> None:
        self._launch(self._proxy)
        self.wait_until_ready(lambda: accepts_connections(self._site.port))

    def __enter__(self) -> ProxyRun:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _for(proxy: str, *names: str) -> str:
    found = remedies()
    if proxy == "nginx":
        return "\n".join(found[name]["setting"] for name in names)
    return "\n".join(found[name]["others"].get(proxy, "") for name in names)


def _nginx(site: ProxySite, mended: bool) -> str:
    settings = _for("nginx", "BUFFERING", "COMPRESSION", "HEADERS", "ADDRESS", "TIMEOUT") if mended else ""
    folders = "".join(
        f"{name}_temp_path {site.home}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
daemon off;
pid {site.home}/nginx.pid;
events {{ }}
http {{
    access_log off;
    {folders}
    gzip on; gzip_proxied any; gzip_types *; gzip_min_length 1;
    server {{
        listen 127.0.0.1:{site.port};
        location / {{
            {settings}
            proxy_pass http://{site.upstream};
        }}
    }}
}}
"""


def _caddy(site: ProxySite, mended: bool) -> str:
    return f"""
{{
    admin off
    auto_https off
}}
http://127.0.0.1:{site.port} {{
    {_for("caddy", "COMPRESSION") if mended else "encode zstd gzip"}
    reverse_proxy {site.upstream} {{
        flush_interval -1
    }}
}}
"""


def _haproxy(site: ProxySite, mended: bool) -> str:
    timeouts = _for("haproxy", "TIMEOUT") if mended else "timeout client 100ms\ntimeout server 100ms"
    compression = _for("haproxy", "COMPRESSION") if mended else "compression type text/event-stream"
    return f"""
defaults
    mode http
    timeout connect 5s
{timeouts}
frontend site
    bind 127.0.0.1:{site.port}
    compression algo gzip
{compression}
{_for("haproxy", "ADDRESS") if mended else ""}
    default_backend pulse
backend pulse
    server pulse {site.upstream}
"""


def _apache(site: ProxySite, mended: bool) -> str:
    folder = site.root / "usr/lib/apache2/modules"
    modules = ("mpm_event", "authz_core", "proxy", "proxy_http", "deflate", "filter", "setenvif", "headers")
    loading = "\n".join(f"LoadModule {name}_module {folder}/mod_{name}.so" for name in modules)
    passing = f"ProxyPass / http://{site.upstream}/"
    if mended:
        buffering = _for("apache", "BUFFERING").replace("127.0.0.1:8000", site.upstream)
        passing = "\n".join([buffering, _for("apache", "ADDRESS", "TIMEOUT")])
    return f"""
ServerName localhost
DefaultRuntimeDir {site.home}
PidFile {site.home}/apache.pid
ErrorLog {site.home}/error.log
Listen 127.0.0.1:{site.port}
{loading}
SetOutputFilter DEFLATE
{passing}
"""


def _varnish(site: ProxySite, mended: bool) -> str:
    host, port = site.upstream.split(":")
    return f"""
vcl 4.1;
backend default {{ .host = "{host}"; .port = "{port}"; }}
sub vcl_backend_response {{ set beresp.do_gzip = true; }}
{_for("varnish", "COMPRESSION") if mended else ""}
"""


def _as_root() -> list[str]:
    return ["-g", "user root;"] if os.geteuid() == 0 else []


PROXIES: Mapping[str, ProxyProgram] = {
    "nginx": ProxyProgram(
        "nginx",
        "usr/sbin/nginx",
        _nginx,
        lambda site: ["-p", site.home, "-e", site.home / "error.log", "-c", site.file, *_as_root()],
    ),
    "caddy": ProxyProgram(
        "caddy",
        "usr/bin/caddy",
        _caddy,
        lambda site: ["run", "--config", site.file, "--adapter", "caddyfile"],
    ),
    "haproxy": ProxyProgram("haproxy", "usr/sbin/haproxy", _haproxy, lambda site: ["-db", "-f", site.file]),
    "apache": ProxyProgram("apache2-bin", "usr/sbin/apache2", _apache, lambda site: ["-X", "-f", site.file]),
    "varnish": ProxyProgram(
        "varnish",
        "usr/sbin/varnishd",
        _varnish,
        lambda site: [
            *("-F", "-j", "none", "-s", "malloc,16M", "-n", site.home / "work"),
            *("-a", f"127.0.0.1:{site.port}", "-f", site.file),
        ],
    ),
}
