"""GET /metrics: what a worker measures of itself, for those who may know, and under names of ours alone."""

import platform

import pytest
from prometheus_client.parser import text_string_to_metric_families
from scripts import REALTIME

from app import __version__
from app.http.problem_responses import problem_types
from app.observability.telemetry import REASONS

URL = "/metrics"
TOKEN = "0123456789abcdef"


@pytest.fixture
def figures(client):
    """`figures()`: by name and labels."""

    def read():
        answer = client.get(URL)
        assert answer.status_code == 200
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    return read


@pytest.fixture
def grown(figures):
    """`grown()`: by how much each figure has grown since the test began."""
    before = figures()
    return lambda: {name: value - before.get(name, 0) for name, value in figures().items()}


def test_posts_and_commits_are_counted(mika, grown):
    for count in (1, 4):
        mika.post(f"{REALTIME}/batch", json={"events": [{"eventType": "deploy.finished"}] * count})
    mika.post(REALTIME, json={"eventType": "NO"})
    found = grown()
    assert found["pulse_events_committed_total",] == 5
    assert found["pulse_commit_seconds_count",] == 2
    assert found["pulse_commit_events_sum",] == 5
    assert found["pulse_requests_total", "2xx", "ingest.post_batch"] == 2
    assert found["pulse_requests_total", "4xx", "ingest.post_event"] == 1
    assert found["pulse_rejections_total", "INVALID_EVENT"] == 1


def test_streams_are_counted(mika, figures, grown):
    with mika.get(REALTIME, headers={"Accept": "text/event-stream"}, buffered=False) as stream:
        next(stream.response)
        assert figures()["pulse_streams",] == 1
    found = grown()
    assert found["pulse_streams",] == 0
    assert found["pulse_streams_ended_total", "client-left"] == 1
    assert found["pulse_stream_frames_total",] >= 2


def test_worker_state_is_exported(figures):
    found = figures()
    assert (found["pulse_workers",], found["pulse_degraded",]) == (1, 0)
    assert found["pulse_bus_silence_seconds",] < 60
    assert found["pulse_database_connections", "requests"] == 0


def test_build_is_named(figures):
    version = {name[1:]: value for name, value in figures().items() if name[0] == "pulse_build_info"}
    assert version == {tuple(sorted((__version__, platform.python_version()))): 1}


def test_counters_are_there_before_they_count(make_app):
    """rate() does not see the first increment of a series that was not there."""
    answer = make_app().test_client().get(URL)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    for code in (*problem_types(), "OTHER"):
        assert found["pulse_rejections_total", code] == 0, code
    for reason in (*REASONS, "other"):
        assert found["pulse_streams_ended_total", reason] == 0, reason


def test_no_name_of_a_client_becomes_a_label(client, mika, figures):
    before = len(figures())
    for n in range(20):
        client.get(f"/nothing/{n}")
        client.get(f"/api/workspaces/w{n}/analytics/realtime")
        mika.post(REALTIME, json={"eventType": f"custom.type{n}"})
    assert len(figures()) < before + 8


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via"])
def test_metrics_are_local_without_token(client, name):
    assert client.get(URL, headers={name: "192.0.2.1"}).status_code == 404


PEERS = [
    ("127.0.0.1", "localhost", 200),
    ("127.0.0.1", "127.0.0.1:8000", 200),
    ("::1", "[::1]:8000", 200),
    ("::ffff:127.0.0.1", "localhost:8000", 200),
    ("", "pulse", 200),  # a unix socket
    ("127.0.0.1", "pulse.example.org", 404),  # nginx with proxy_pass alone
    ("192.0.2.1", "localhost", 404),
    ("192.0.2.1", "192.0.2.9:8000", 404),
]


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_only_loopback_without_token(make_app, proxies):
    client = make_app(PULSE_TRUSTED_PROXIES=proxies).test_client()

    def ask(peer, host):
        return client.get(URL, headers={"Host": host}, environ_base={"REMOTE_ADDR": peer}).status_code

    assert [(peer, host, ask(peer, host)) for peer, host, _ in PEERS] == PEERS


def test_public_service_requires_the_token(make_app):
    client = make_app(PULSE_PUBLIC_URL="https://pulse.test").test_client()
    assert client.get(URL).status_code == 404
    public = {"PULSE_PUBLIC_URL": "https://pulse.test", "PULSE_METRICS_TOKEN": TOKEN}
    client = make_app(**public).test_client()
    assert client.get(URL, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.parametrize(
    ("shown", "status"),
    [(f"Bearer {TOKEN}", 200), ("Bearer guess", 404), ("Bearer ümlaut", 404), (None, 404)],
)
def test_token_opens_metrics_from_anywhere(make_app, shown, status):
    client = make_app(PULSE_METRICS_TOKEN=TOKEN).test_client()
    headers = {"X-Forwarded-For": "192.0.2.1"} | ({"Authorization": shown} if shown else {})
    assert client.get(URL, headers=headers).status_code == status
