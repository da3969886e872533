"""TLS in gunicorn itself: its connections cannot be handed over, so a generator sends the same frames."""

import itertools
import signal
import ssl
import sys

import httpx
import pytest
from certificate import make_certificate
from frames import FrameParser
from servers import ROOT, STOP, count_boot, until, unused_port
from visitor import PASSWORD, PATH

from launcher.process import Process, tail

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Files of a certificate for 127.0.0.1, and of its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("gunicorn") / "gunicorn.log"


@pytest.fixture(scope="module")
def client(environ, certificate, log):
    """Mika, at a gunicorn that speaks TLS."""
    place, key = certificate
    port = unused_port()
    files = ["--certfile", place, "--keyfile", key]
    gunicorn = Process(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", *files, "wsgi:app"],
        log,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PORT": str(port), "WEB_CONCURRENCY": "1", **environ},
    )
    count_boot()
    gunicorn.start()
    trusted = ssl.create_default_context(cafile=place)
    with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted, trust_env=False) as client:
        until(lambda: answers(client), lambda: f"it answers: {tail(log)}")
        credentials = {"email": "mika@acme.test", "password": PASSWORD}
        client.post("/api/auth/login", json=credentials).raise_for_status()
        yield client
        gunicorn.signal(signal.SIGTERM)  # with a connection that waits for a next request
        ended = gunicorn.wait(STOP)
    gunicorn.kill()
    assert ended, f"it did not stop:\n{tail(log)}"
    assert "Traceback" not in log.read_text()


def answers(client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_tls_stream_delivers_events(client, log):
    with client.stream("GET", PATH, headers=STREAM) as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        parser = FrameParser()
        frames = (frame for data in stream.iter_raw() for frame in parser.feed(data))
        assert [next(frames).event for _ in range(2)] == ["connected", "stats"]
        posted = [client.post(PATH, json={"eventType": "user.active"}).json()["eventId"] for _ in range(3)]
        received = (frame.json["eventId"] for frame in frames if frame.event == "event")
        assert list(itertools.islice(received, len(posted))) == posted
    until(lambda: client.get(PATH).json()["meta"]["connections"] == 0, "no stream counted")
    assert '"transport": "generator"' in log.read_text()
    assert '"transport": "socket"' not in log.read_text()
