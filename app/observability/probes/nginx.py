"""nginx probe: does this machine's nginx accept as many streams as Pulse does?

Debian's accepts 768 connections a process, a stream needs two of them, and beyond that clients get 500 or a reset
from nginx, which Pulse cannot see.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from app.observability.probes.finding import Finding

CONNECTIONS_PER_STREAM = 2  # the client's, and the one to gunicorn
DEFAULT_CONNECTIONS, DEFAULT_FILES = 512, 1024  # nginx' default, and the soft limit of a systemd service
MAX_DEPTH = 4  # of files that include files
DIRECTIVE = re.compile(
    r"^\s*(worker_connections|worker_rlimit_nofile|worker_processes|include)\s+([^;]+);", re.M
)


def examine_nginx(configuration: Path, streams: int) -> Iterator[Finding]:
    """Compare its connections with `streams`; nothing without nginx, or where its files may not be read."""
    try:
        found = _directives(configuration)
    except OSError:
        return
    processes = found.get("worker_processes", "1")
    count = int(processes) if processes.isdigit() else os.cpu_count() or 1
    connections = int(found.get("worker_connections", DEFAULT_CONNECTIONS))
    files = int(found.get("worker_rlimit_nofile", DEFAULT_FILES))
    room = count * min(connections, files) // CONNECTIONS_PER_STREAM
    words = f"room for {room} streams, Pulse takes {streams}"
    if room >= streams:
        yield Finding("nginx", words)
        return
    wanted = -(-CONNECTIONS_PER_STREAM * streams // count)
    remedy = (
        f"in {configuration}: `worker_connections {wanted};` in events, and `worker_rlimit_nofile {2 * wanted};` "
        "above it; or a lower PULSE_MAX_STREAMS_PER_WORKER"
    )
    yield Finding("nginx", words, remedy)


def _directives(configuration: Path, depth: int = 0) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in DIRECTIVE.findall(configuration.read_text(errors="replace")):
        if name != "include":
            found[name] = value.strip()
        elif depth < MAX_DEPTH:
            for path in sorted(
                configuration.parent.glob(value.strip().removeprefix(f"{configuration.parent}/"))
            ):
                try:
                    found |= _directives(path, depth + 1)
                except OSError:
                    continue
    return found
