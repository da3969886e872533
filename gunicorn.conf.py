"""gunicorn: gevent workers that hold many streams. Numbers carry their reasons; code is in server/."""

# First of all: whatever imports socket, time or threading unpatched may freeze the process later.
from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import pathlib  # noqa: E402
import resource  # noqa: E402
import runpy  # noqa: E402
import sys  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from gevent.server import StreamServer  # noqa: E402
from gunicorn.arbiter import Arbiter  # noqa: E402

# A reload runs this file again in the same master, which must not go on with the modules of before.
for loaded in [name for name in sys.modules if name.partition(".")[0] == "server"]:
    del sys.modules[loaded]

from server import graceful_reload, metrics_directory  # noqa: E402
from server.json_log import JsonLogger  # noqa: E402
from server.worker import PulseWorker  # noqa: E402

if TYPE_CHECKING:
    from app.settings.values import ServerSettings


def _settings() -> "ServerSettings":
    # By its path: with an `import app` in the master, a reload would go on with the code of before.
    values = runpy.run_path(str(pathlib.Path(__file__).resolve().parent / "app" / "settings" / "values.py"))
    try:
        settings: ServerSettings = values["server_settings"](os.environ)
    except ValueError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(3)  # as wsgi.py: starting again does not mend it
    return settings


settings = _settings()
os.environ[metrics_directory.VARIABLE] = metrics_directory.create()

bind = settings.bind
workers = settings.workers
worker_class = PulseWorker
logger_class = JsonLogger

# When these are taken the worker hangs silently, so our own limits must answer 503 before. Adopted streams have
# left gunicorn and take none; generator streams take one each, on top of posts, snapshots and health checks.
worker_connections = 2_000
if not settings.adopts_connections:
    worker_connections += settings.max_streams_per_worker
backlog = 4_096  # a herd of reconnecting dashboards waits in the kernel instead of being refused
# There, and not half served in memory: a request that waits for its answer takes thirty times what a stream takes.
StreamServer.max_accept = 8

# A worker that recycles itself with open streams does not answer for seconds.
max_requests = 0
# How long a connection may wait for its next request. A client that sends at the moment at which the server closes
# gets a reset instead of an answer, so this is a number that nothing uses as a period (posters use 5, 10, 15, 30,
# 60), and it is above the idle limits of what keeps connections to us: nginx' upstream and load balancers, 60 s.
keepalive = 75
# For a worker's event loop that is stuck, not for requests: streams last an hour.
timeout = 60
# The master kills what is left after this; our own drain must be done before.
graceful_timeout = int(settings.drain_seconds) + 15

# gevent's loop needs each worker to patch and connect for itself.
preload_app = False
control_socket_disable = True  # opened by default since 25.1; nothing here uses it
# /dev/shm is memory: the heartbeat file on a disk may block a worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

errorlog = "-"
accesslog = None
loglevel = settings.log_level.lower()

# The usual soft limit of 1,024 would end at a thousand streams; the hard one is there to be used.
_soft, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))


def post_worker_init(worker: PulseWorker) -> None:
    """Start Pulse in a worker."""
    worker.start_pulse()


def worker_exit(_arbiter: Arbiter, worker: PulseWorker) -> None:
    """End the streams, which gunicorn does not know of, with a `bye` before the process is gone."""
    worker.stop_pulse(graceful_timeout)


def on_reload(arbiter: Arbiter) -> None:
    """Let the old workers go only when those that replace them have loaded."""
    graceful_reload.delay_stop_of_old_workers(arbiter)


def child_exit(_arbiter: Arbiter, worker: PulseWorker) -> None:
    """Drop what the metrics hold of a worker that has exited."""
    metrics_directory.remove_worker(int(worker.pid))


def on_exit(_arbiter: Arbiter) -> None:
    """Leave nothing behind."""
    metrics_directory.remove()
