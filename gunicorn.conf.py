"""gunicorn: gevent workers that hold many streams. Numbers carry their reasons."""

# First of all: whatever imports socket, time or threading unpatched may freeze the process later.
from gevent import monkey

monkey.patch_all()

import contextlib  # noqa: E402
import datetime  # noqa: E402
import gc  # noqa: E402
import importlib.metadata  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import pathlib  # noqa: E402
import resource  # noqa: E402
import runpy  # noqa: E402
import shutil  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402

import gevent  # noqa: E402
from gevent.server import StreamServer  # noqa: E402
from gunicorn import glogging  # noqa: E402
from gunicorn.http import wsgi  # noqa: E402
from gunicorn.workers.ggevent import GeventWorker  # noqa: E402


def _settings():
    # By its path: with an `import app` in the master, a reload would go on with the code of before.
    values = runpy.run_path(str(pathlib.Path(__file__).resolve().parent / "app" / "settings" / "values.py"))
    try:
        return values["server_settings"](os.environ)
    except ValueError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(3)  # as wsgi.py: starting again does not mend it


settings = _settings()

# Where the workers keep the figures of GET /metrics together: in memory, because they write often. A directory for
# each master, whose number is in its name: a reload keeps it, and the next start clears away what a kill left.
METRICS = pathlib.Path("/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir())
PREFIX = f"pulse-metrics-{os.getuid()}-"


def _metrics_directory():
    kept = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    if f"/{PREFIX}{os.getpid()}-" in kept:
        return kept
    for path in METRICS.glob(f"{PREFIX}*"):
        if not _is_alive(int(path.name.split("-")[3])):
            shutil.rmtree(path, ignore_errors=True)
    directory = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=METRICS)
    # A reload forks this master again, with the packages that it has imported: systemd/reload_check.py compares.
    packages = {found.metadata["Name"]: found.version for found in importlib.metadata.distributions()}
    pathlib.Path(directory, "packages.json").write_text(json.dumps(packages))
    return directory


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


os.environ["PROMETHEUS_MULTIPROC_DIR"] = _metrics_directory()

bind = settings.bind
workers = settings.workers


FIRST_REQUEST = 15  # seconds for its headers: who has said nothing yet holds a connection no longer than that
IDLE_AFTER = 1.0  # seconds without a request; one that has been answered while we stop is closed by gunicorn


LOAD_LIMIT = 30  # seconds for which a reload waits for its new workers
READY = b"ready"  # in the file that gunicorn shares with a worker, of which it uses the time alone


class Worker(GeventWorker):
    """gunicorn's gevent worker, which can also close the connections that wait for a next request.

    Browsers and proxies keep some for as long as they may, and each would hold up a stop for all of `keepalive`.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._sockets = {}  # by the greenlet that serves it
        self._waiting = {}  # by the greenlet: since when it waits for a request
        self._asked = set()  # greenlets whose connection has had a request already

    def init_process(self):
        """Begin to serve, with answers of ours."""
        # gunicorn has no setting for it. Not in its master, which runs this file again at each reload.
        wsgi.Response = Response
        super().init_process()

    def handle(self, listener, client, addr):
        """Serve one connection, request after request."""
        self._sockets[gevent.getcurrent()] = client
        try:
            super().handle(listener, client, addr)
        finally:
            del self._sockets[gevent.getcurrent()]
            self._asked.discard(gevent.getcurrent())

    @contextlib.contextmanager
    def timeout_ctx(self):
        """The time in which a request has to come, headers included: the first one sooner than those after it."""
        greenlet = gevent.getcurrent()
        limit = self.cfg.keepalive if greenlet in self._asked else FIRST_REQUEST
        self._waiting[greenlet] = time.monotonic()
        try:
            with gevent.Timeout(limit, False) as timeout:
                yield timeout
        finally:
            del self._waiting[greenlet]
        self._asked.add(greenlet)

    def close_idle(self):
        """Close what waits, as if its client had; a request that has just come is still read and answered.

        Who has connected a moment ago is about to ask, and would find the door shut without a word.
        """
        latest = time.monotonic() - IDLE_AFTER
        for client in [
            self._sockets[greenlet] for greenlet, since in self._waiting.items() if since < latest
        ]:
            # Through a duplicate: gevent would raise in whoever waits on the socket itself. Not by `dup`, which a
            # socket with TLS does not have.
            with (
                contextlib.suppress(OSError),
                socket.fromfd(client.fileno(), client.family, client.type) as duplicate,
            ):
                duplicate.shutdown(socket.SHUT_RD)


worker_class = Worker


class Response(wsgi.Response):
    """gunicorn's response, whose head leaves with the beginning of its body: in one system call and one packet."""

    last = False  # whether answers are the last on their connections

    def write(self, arg):
        """Send a piece of the body, and the head before the first one."""
        if self.headers_sent:
            super().write(arg)
            return
        if (
            self.last
        ):  # gunicorn decides when the request begins, and the worker may have been told to stop since
            self.force_close()
        client, self.sock = self.sock, Pieces()
        try:
            super().write(arg)
            head_and_body = memoryview(self.sock.gathered)
        finally:
            self.sock = client
        # Nearly always that is all: gevent's sendall would first ask the kernel how much it takes at once.
        sent = client.send(head_and_body)
        if sent < len(head_and_body):
            client.sendall(head_and_body[sent:])


class Pieces:
    """Gathers what is sent."""

    def __init__(self):
        self.gathered = bytearray()

    def sendall(self, data):
        """Append."""
        self.gathered += data


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
# gets a reset instead of an answer, so this is a number that nobody uses as a period (posters use 5, 10, 15, 30,
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


class JsonLine(logging.Formatter):
    """Lines as app/logs/configuration.py writes them; importing that here would keep the old app over a reload."""

    PRIORITIES = ((50, "<2>"), (40, "<3>"), (30, "<4>"), (20, "<6>"))  # from this level of `logging` on

    def __init__(self, stream):
        super().__init__()
        status = os.fstat(stream.fileno())
        self._to_journal = os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"

    def format(self, record):
        """One JSON object; for the journal with the priority before it."""
        written = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat()
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": written.replace("+00:00", "Z"),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return self._priority(record.levelno) + json.dumps(line)

    def _priority(self, level):
        if not self._to_journal:
            return ""
        return next((prefix for lowest, prefix in self.PRIORITIES if level >= lowest), "<7>")


class Logger(glogging.Logger):
    """gunicorn's logger, with lines that a log collector can parse; on a terminal it stays as it is."""

    def setup(self, cfg):
        """Set the formatter of what goes to stderr."""
        super().setup(cfg)
        if not sys.stderr.isatty():
            for handler in self.error_log.handlers:
                handler.setFormatter(JsonLine(sys.stderr))


logger_class = Logger
errorlog = "-"
accesslog = None
loglevel = settings.log_level.lower()

# The usual soft limit of 1,024 would end at a thousand streams; the hard one is there to be used.
_soft, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))


def post_fork(_server, _worker):
    """Load without collecting garbage: there is none, and to look for it takes a seventh of the start."""
    gc.disable()


def post_worker_init(worker):
    """Start our greenlets in the worker, and have streams end before gunicorn waits for them."""
    worker.pulse = worker.wsgi.extensions["pulse"]
    worker.pulse.start(worker.cfg.workers)
    worker.log.error_log.addFilter(_is_no_routine)
    worker.stopping = gevent.spawn(_stop_with, worker)
    # What has been loaded by now is no garbage; looking through all of it, again and again, would hold streams up.
    gc.collect()
    gc.freeze()
    gc.enable()
    gevent.spawn(_close_idle_with, worker)
    gevent.spawn(os.write, worker.tmp.fileno(), READY)  # once the loop runs, and connections are accepted


def on_reload(server):
    """Let the workers of before go only when those that replace them have loaded.

    gunicorn ends them as soon as it has forked the new ones, which need a second or more until they accept.
    """
    newest_of_before = server.worker_age

    def manage_workers():
        del server.manage_workers  # once: from now on it is the class's own again
        _await_workers(server, newest_of_before)
        server.manage_workers()

    server.manage_workers = manage_workers


def _await_workers(server, newest_of_before):
    deadline = time.monotonic() + LOAD_LIMIT
    while time.monotonic() < deadline:
        server.reap_workers()  # which ends the server if one cannot load
        young = [worker for worker in server.WORKERS.values() if worker.age > newest_of_before]
        if young and all(os.fstat(worker.tmp.fileno()).st_size for worker in young):
            return
        time.sleep(0.05)
    server.log.warning("new workers have not loaded in %d seconds; the old ones go", LOAD_LIMIT)


def child_exit(_server, worker):
    """Count the open streams of a worker that is gone no more; what it has done stays counted."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
    # In Redis the living workers see to that (app/live/dead_workers.py): the master must wait for nothing, and an
    # exception here would end it. A worker that left in order has taken its file away.
    with contextlib.suppress(OSError):
        own = pathlib.Path(os.environ["PROMETHEUS_MULTIPROC_DIR"], "workers", str(worker.pid))
        own.rename(own.with_suffix(".dead"))


def on_exit(_server):
    """Leave nothing behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def worker_exit(_server, worker):
    """Let the streams that gunicorn knows nothing of hear `bye` before the process is gone."""
    if stopping := getattr(worker, "stopping", None):
        worker.alive = False
        stopping.join(timeout=graceful_timeout)
        worker.pulse.stop()  # not before: until here gunicorn has answered requests, and posts need the committer


def _is_no_routine(record):
    # gunicorn shows a stack trace when a connection times out, and nothing when it is reset; both are routine. So
    # is what it kills itself at the end of its grace, of which it has warned.
    error = record.exc_info and record.exc_info[1]
    timed_out = isinstance(error, TimeoutError) and record.msg == "Socket error processing request."
    return not timed_out and not isinstance(error, gevent.GreenletExit)


def _stop_with(worker):
    # No hook runs before gunicorn waits for open requests, and streams would let it wait in vain.
    while worker.alive:
        gevent.sleep(0.1)
    Response.last = True
    worker.pulse.drain()


def _close_idle_with(worker):
    # Again and again: until gunicorn notices that it is to stop, it accepts connections.
    while True:
        gevent.sleep(0.1)
        if not worker.alive:
            try:
                worker.close_idle()
            except Exception:  # or the others would hold up the stop
                worker.log.exception("idle connections could not be closed")
