"""nginx with the project's configuration, in front of a gunicorn: an nginx of our own, on a free port."""

from __future__ import annotations

import os
import pwd
import signal
from pathlib import Path
from typing import ClassVar

import debian
import psutil
from certificate import make_certificate
from servers import ROOT, Server, accepts_connections, until, unused_port

from launcher.process import Process
from launcher.server import Server as ChildServer

CONFIGURATION = ROOT / "deploy" / "nginx" / "pulse.conf"
# Everything that could hold frames back is on where the project's configuration does not turn it off.
MAIN = """
daemon off;
worker_processes 2;
pid {home}/nginx.pid;
error_log {home}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    gzip on;
    gzip_proxied any;
    gzip_types *;
    gzip_min_length 1;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/pulse.conf;
}}
"""


class Front(ChildServer):
    """nginx before a server; to a Visitor it is a server like another."""

    name = "nginx"
    stop_signals: ClassVar = {signal.SIGTERM: 10.0}

    def __init__(self, home: Path, server: Server | None, upstream: str, patience: int = 15):
        """`server`: whose visitors are signed in here, too; `patience`: seconds it waits for a head or a body."""
        super().__init__(home / "nginx.log")
        self.home = home
        self.port = unused_port()
        self.https_port, self.redirect_port = unused_port(), unused_port()
        self.certificate, self.key = make_certificate(home)
        self.url = f"http://127.0.0.1:{self.port}"
        self.sessions = server.sessions if server else {}
        self._write(upstream, patience)
        nginx = debian.program("nginx", "usr/sbin/nginx")
        assert nginx, "nginx cannot be had from the system's packages"
        command = [nginx.path, "-p", home, "-c", home / "nginx.conf", *_as_who_we_are()]
        self._nginx = Process(command, self.log, env=nginx.environ, death_signal=signal.SIGTERM)

    def start(self) -> None:
        self._launch(self._nginx)
        self.wait_until_ready(lambda: accepts_connections(self.port))

    def reload(self) -> None:
        """New workers take over what comes; the old ones stay for what is open."""
        before = self._workers()
        self.signal(signal.SIGHUP)
        until(lambda: self._workers() - before, "new workers")

    def _workers(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.pid).children()}

    def errors(self) -> str:
        """What nginx has to say of its own."""
        log = self.home / "error.log"
        return log.read_text() if log.exists() else ""

    def _write(self, upstream: str, patience: int) -> None:
        text = CONFIGURATION.read_text()
        https, redirect = (f"127.0.0.1:{port}" for port in (self.https_port, self.redirect_port))
        for ours, theirs in {
            "server unix:/run/pulse-analytics/gunicorn.sock": f"server {upstream}",
            # In plain text as well: most tests look at what is sent.
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port}; listen {https} ssl http2;",
            "listen [::]:443 ssl http2;": "",
            "listen 443 ssl default_server;": f"listen {https} ssl default_server;",
            "listen [::]:443 ssl default_server;": "",
            "listen 80 default_server;": f"listen {redirect} default_server;",
            "listen [::]:80 default_server;": "",
            "listen 80;": f"listen {redirect};",
            "listen [::]:80;": "",
            "client_header_timeout 15s;": f"client_header_timeout {patience}s;",
            "client_body_timeout 15s;": f"client_body_timeout {patience}s;",
            "/etc/ssl/certs/pulse.pem": str(self.certificate),
            "/etc/ssl/private/pulse.key": str(self.key),
        }.items():
            assert text.count(ours) == 1, f"{CONFIGURATION} says {ours!r} no more"
            text = text.replace(ours, theirs)
        (self.home / "pulse.conf").write_text(text)
        (self.home / "nginx.conf").write_text(MAIN.format(home=self.home))


def _as_who_we_are() -> list[str]:
    # Started by root its workers would become another user, who may not reach the socket below our directory.
    return ["-g", f"user {pwd.getpwuid(0).pw_name};"] if os.geteuid() == 0 else []
