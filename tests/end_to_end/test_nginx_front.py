"""nginx in front, with the configuration of deploy/nginx, changes nothing that a client can see."""

from __future__ import annotations

import re
import socket
import ssl

import httpx
import pytest
from servers import Server, until
from visitor import PATH, Visitor

from .nginx_front import Front

CONNECTIONS = PATH.replace("realtime", "connections")


@pytest.fixture(scope="module", params=["unix", "tcp"])
def upstream(request, tmp_path_factory):
    """Where gunicorn listens for nginx."""
    return tmp_path_factory.mktemp("upstream") / "pulse.sock" if request.param == "unix" else None


@pytest.fixture(scope="module")
def shared_server(environ, made_servers, upstream, tmp_path_factory):
    log = tmp_path_factory.mktemp("gunicorn") / "gunicorn.log"
    server = Server(environ | {"PULSE_TRUSTED_PROXIES": "1"}, log, socket_path=upstream)
    made_servers.append(server)
    server.start()
    return server


@pytest.fixture(scope="module")
def front(shared_server, upstream, tmp_path_factory):
    address = f"unix:{upstream}" if upstream else f"127.0.0.1:{shared_server.port}"
    front = Front(tmp_path_factory.mktemp("nginx"), shared_server, address)
    front.start()
    yield front
    front.stop()


@pytest.fixture(autouse=True)
def nothing_left_behind(made_servers):
    """As everywhere, but that nginx keeps some connections for its next requests."""
    yield
    for server in made_servers:
        until(lambda server=server: not server.census()["streams"], "no stream left")
        assert "Traceback" not in server.log.read_text()


@pytest.fixture
def vera(visit_at, front, server) -> Visitor:
    """Who comes through nginx."""
    return visit_at(front, "vera")


def test_nginx_passes_events_unchanged(mika, vera):
    direct, through = mika.listen(), vera.listen(headers={"Accept-Encoding": "gzip, br"})
    for stream in (direct, through):
        stream.until("stats")
    for _ in range(5):
        event_id = mika.track()["eventId"]
        frames = [stream.until("event") for stream in (direct, through)]
        assert frames[0].raw == frames[1].raw
        assert frames[0].json["eventId"] == event_id
    through.until("ping")
    through.until("stats")


def test_nginx_passes_headers(mika, vera):
    direct, through = mika.listen(), vera.listen(headers={"Accept-Encoding": "gzip"})
    for name in ("content-type", "cache-control", "x-content-type-options", "transfer-encoding"):
        assert through.headers.get(name) == direct.headers.get(name), name
    assert "content-encoding" not in through.headers
    assert "content-length" not in through.headers


def test_nginx_passes_last_event_id(mika, vera):
    stream = vera.listen()
    mika.track()
    seen = stream.until("event")
    stream.close()
    missed = [mika.track()["eventId"] for _ in range(300)]
    resumed = vera.listen(headers={"Last-Event-ID": seen.id})
    assert [event.json["eventId"] for event in resumed.events(300)] == missed


def test_nginx_passes_posts_and_refusals(vera, visit_at, front):
    mika = visit_at(front, "mika")
    assert mika.track("user.active")["success"] is True
    assert mika.snapshot()["meta"]["workspaceId"]
    assert vera.post(PATH, json={"eventType": "user.active"}).status_code == 403
    assert visit_at(front).get(PATH).json()["code"] == "AUTH_REQUIRED"
    batch = [{"eventType": "user.active", "sessionId": "x" * 128} for _ in range(1000)]
    assert mika.post(f"{PATH}/batch", json={"events": batch}).status_code == 200


def test_nginx_passes_disconnects(mika, vera):
    streams = [vera.listen() for _ in range(5)]
    for stream in streams:
        stream.until("stats")
    until(lambda: mika.snapshot()["meta"]["connections"] == 5, "five streams counted")
    for stream, how in zip(streams, ("close", "reset") * 3, strict=False):
        getattr(stream, how)()
    until(lambda: mika.snapshot()["meta"]["connections"] == 0, "no stream counted")


def test_client_address_comes_from_nginx(olivia, vera):
    """What nginx overwrites, a client cannot forge: neither for limits nor for the list of connections."""
    forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}
    stream = vera.listen(headers=forged)
    stream.until("stats")
    listed = olivia.get(CONNECTIONS).json()["data"]
    assert [(entry["address"], entry["transport"]) for entry in listed] == [("127.0.0.1", "socket")]


def test_nginx_passes_bye(olivia, vera):
    stream = vera.listen()
    stream.until("stats")
    olivia.delete(PATH)
    assert stream.rest()[-1].json == {"reason": "closed-by-admin"}


def test_deploy_behind_nginx_has_no_gap(server, front, mika, visit_at):
    through = visit_at(front, "vera")
    stream = through.listen()
    mika.track()
    seen = stream.until("event")
    server.reload()
    assert stream.rest()[-1].json == {"reason": "shutdown"}
    missed = visit_at(server, "mika").track()["eventId"]
    resumed = through.listen(headers={"Last-Event-ID": seen.id})
    assert resumed.until("event").json["eventId"] == missed


def test_nginx_reload_keeps_streams(front, mika, visit_at):
    through = visit_at(front, "vera")
    stream = through.listen()
    stream.until("stats")
    before = mika.track()["eventId"]
    front.reload()
    after = [visit_at(front, "mika").track()["eventId"] for _ in range(3)]
    assert [event.json["eventId"] for event in stream.events(4)] == [before, *after]
    resumed = visit_at(front, "vera").listen()
    resumed.until("stats")


def test_assets_are_compressed_and_cached(front, vera):
    page = vera.get("/w/acme").text
    for address in re.findall(r'"(/assets/[^"]+\.(?:js|css))"', page):
        answer = vera.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip", address
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["Cache-Control"]
        assert len(answer.content) > 0


def handshake(front, name: str, version: ssl.TLSVersion | None = None) -> str | None:
    """The TLS version that nginx agrees to for this server name; raises ssl.SSLError."""
    context = ssl.create_default_context(cafile=front.certificate)
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection(("127.0.0.1", front.https_port)) as plain,
        context.wrap_socket(plain, server_hostname=name) as encrypted,
    ):
        return encrypted.version()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_https_takes_tls_1_2_and_newer(front):
    assert handshake(front, "pulse.example.org") == "TLSv1.3"
    assert handshake(front, "pulse.example.org", ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    with pytest.raises(ssl.SSLError):
        handshake(front, "pulse.example.org", ssl.TLSVersion.TLSv1_1)


def test_https_rejects_other_server_names(front):
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        handshake(front, "scanner.example.net")


def test_plain_http_is_redirected(front):
    with httpx.Client(base_url=f"http://127.0.0.1:{front.redirect_port}", trust_env=False) as client:
        answer = client.get("/w/acme?x=1", headers={"Host": "pulse.example.org"})
        assert answer.status_code == 301
        assert answer.headers["Location"] == "https://pulse.example.org/w/acme?x=1"
        assert answer.headers["Server"] == "nginx"  # without a version
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/", headers={"Host": "scanner.example.net"})


def first_refusal(front, path, most, **headers):
    """The number of the first request that is refused, of so many at most; each ends before the next begins."""
    with httpx.Client(base_url=front.url, headers=headers, trust_env=False) as client:
        return next((n for n in range(most) if client.get(path).status_code == 429), None)


def test_anonymous_requests_are_limited(front, vera):
    [style] = re.findall(r'"(/assets/[^"]+\.css)"', vera.get("/w/acme").text)[:1]
    assert first_refusal(front, "/healthz", 3_000) >= 100
    assert first_refusal(front, "/healthz", 3_000, Cookie="theme=dark; xsession=1") is not None
    for headers in ({"Cookie": "theme=dark; pulse_session=x"}, {"Authorization": "Bearer pulse_x"}):
        assert first_refusal(front, "/healthz", 300, **headers) is None
    assert first_refusal(front, style, 300) is None


def test_nginx_configuration_is_valid(front, vera):
    vera.listen().until("stats")
    complaints = [
        line for line in front.errors().splitlines() if re.search(r"\[(error|crit|alert|emerg)\]", line)
    ]
    assert complaints == []
