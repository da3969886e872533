"""`flask doctor`: every check, its fault and its remedy."""

import pytest
from servers import until, unused_port

from app import create_app
from app.extensions import db
from app.redis.link import connect
from launcher.valkey import Valkey

GOOD = {
    "PULSE_PUBLIC_URL": "https://pulse.test",
    "PULSE_TRUSTED_PROXIES": "1",
    "PULSE_METRICS_TOKEN": "0123456789abcdef",
}


@pytest.fixture
def doctor(make_app, tmp_path):
    """`doctor(REDIS_URL=…)`: exit code and lines by what they are about; nginx' settings are in `nginx.conf`."""

    def run(**changes):
        arguments = ["doctor", "--nginx-conf", str(tmp_path / "nginx.conf")]
        done = make_app(**GOOD | changes).test_cli_runner().invoke(args=arguments)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        lines = ((*line[6:].partition(": "), line[:4].strip()) for line in done.output.splitlines())
        return done.exit_code, {about: (mark, words) for about, _, words, mark in lines}

    return run


@pytest.fixture
def redis(redis_url):
    """A client that may change settings; they are put back."""
    with connect(redis_url) as client:
        usual = client.config_get("maxmemory", "maxmemory-policy", "client-output-buffer-limit")
        yield client
        for name, value in usual.items():
            client.config_set(name, value)


def test_all_checks_pass(doctor):
    code, found = doctor(PULSE_MAX_STREAMS_PER_WORKER="10")
    assert code == 0
    assert {about: mark for about, (mark, _) in found.items()} == dict.fromkeys(
        [
            "PULSE_PUBLIC_URL",
            "Open files",
            "PostgreSQL",
            "The log's identity",
            "PostgreSQL's clock",
            "Migrations",
            "Connections",
            "Redis",
            "Redis' clock",
            "Redis' rights",
        ],
        "ok",
    )


@pytest.mark.parametrize(
    ("changes", "about", "mark", "words"),
    [
        ({"PULSE_SECRET_KEY": "a" * 40}, "PULSE_SECRET_KEY", "BAD", "openssl rand -hex 32"),
        ({"PULSE_PUBLIC_URL": ""}, "PULSE_PUBLIC_URL", "mind", "name the address"),
        ({"PULSE_PUBLIC_URL": "http://x"}, "PULSE_PUBLIC_URL", "mind", "nginx with a certificate"),
        ({"PULSE_METRICS_TOKEN": ""}, "PULSE_METRICS_TOKEN", "mind", "Prometheus shows it"),
        ({"PULSE_TRUSTED_PROXIES": "0"}, "PULSE_TRUSTED_PROXIES", "mind", "set it to 1"),
        ({"PULSE_MAX_STREAMS_PER_WORKER": "99999999"}, "Open files", "mind", "LimitNOFILE=100000511"),
        ({"DATABASE_URL": "postgresql:///x?host=/nowhere"}, "PostgreSQL", "BAD", "DATABASE_URL is right"),
        ({"REDIS_URL": "unix:///nowhere"}, "Redis", "mind", "PostgreSQL is polled"),
    ],
)
def test_faults_have_a_remedy(doctor, changes, about, mark, words):
    code, found = doctor(**changes)
    assert code == (1 if mark == "BAD" else 0)
    assert found[about][0] == mark
    assert words in found[about][1]


def test_unknown_settings_are_named(environ, monkeypatch, caplog):
    for name, text in (environ | {"PULSE_HEARTBEAT_INTERVALL": "5", "PULSE_X": "1"}).items():
        monkeypatch.setenv(name, text)
    app = create_app()
    lines = app.test_cli_runner().invoke(args=["doctor"]).output.splitlines()
    assert lines[:2] == [
        "mind  PULSE_HEARTBEAT_INTERVALL: is no setting  → did you mean PULSE_HEARTBEAT_INTERVAL?",
        "mind  PULSE_X: is no setting  → remove it",
    ]
    assert (
        "PULSE_HEARTBEAT_INTERVALL is no setting: did you mean PULSE_HEARTBEAT_INTERVAL?" in caplog.messages
    )
    app.extensions["pulse"].stop()
    with app.app_context():
        db.engine.dispose()


def test_old_schema_is_bad(doctor, sql):
    [row] = sql("SELECT version_num FROM alembic_version")
    sql("UPDATE alembic_version SET version_num = '0001'")
    try:
        code, found = doctor()
    finally:
        sql("UPDATE alembic_version SET version_num = :number", number=row.version_num)
    assert (code, found["Migrations"][0]) == (1, "BAD")
    assert "db upgrade" in found["Migrations"][1]


def test_newer_schema_is_fine(doctor, sql):
    [row] = sql("SELECT version_num FROM alembic_version")
    sql("UPDATE alembic_version SET version_num = '9999'")
    try:
        _, found = doctor()
    finally:
        sql("UPDATE alembic_version SET version_num = :number", number=row.version_num)
    assert found["Migrations"] == (
        "ok",
        f"at 9999, newer than this version's {row.version_num}, which is fine",
    )


def test_redis_eviction_is_noticed(doctor, redis):
    redis.config_set("maxmemory", "1gb")
    redis.config_set("maxmemory-policy", "allkeys-lru")
    redis.config_set("client-output-buffer-limit", "pubsub 1mb 1mb 60")
    _, found = doctor()
    assert "noeviction" in found["Redis' memory"][1]
    assert "client-output-buffer-limit pubsub" in found["Redis' buffers"][1]


def test_missing_redis_right_is_named(doctor, redis, redis_url):
    redis.acl_setuser(
        "narrow", enabled=True, nopass=True, keys=["*"], channels=["none"], categories=["+@all"]
    )
    try:
        separator = "&" if "?" in redis_url else "?"
        code, found = doctor(REDIS_URL=f"{redis_url}{separator}username=narrow&password=x")
    finally:
        redis.acl_deluser("narrow")
    assert code == 1
    assert found["Redis' rights"][1].startswith("PUBLISH, SUBSCRIBE refused")


def test_recommended_acl_is_enough(doctor, redis, redis_url):
    """`+@all -@dangerous`, word for word what doctor recommends: INFO and CONFIG are not allowed."""
    redis.acl_setuser(
        "recommended",
        enabled=True,
        nopass=True,
        keys=["pulse:*"],
        channels=["pulse:*"],
        categories=["+@all", "-@dangerous"],
    )
    try:
        separator = "&" if "?" in redis_url else "?"
        _, found = doctor(REDIS_URL=f"{redis_url}{separator}username=recommended&password=x")
    finally:
        redis.acl_deluser("recommended")
    assert found["Redis"][0] == found["Redis' clock"][0] == found["Redis' rights"][0] == "ok"
    assert found["Redis' settings"] == ("ok", "may not be read here")


class ClusterNode(Valkey):
    """A Valkey in cluster mode."""

    def _command(self):
        return [*super()._command(), "--cluster-enabled", "yes", "--cluster-port", str(unused_port())]


@pytest.fixture
def cluster_node(tmp_path):
    """The URL of a Valkey that is the only node of a cluster."""
    node = ClusterNode(tmp_path / "valkey", tcp=True)
    url = node.start()
    with connect(url) as client:
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        until(lambda: b"cluster_state:ok" in client.execute_command("CLUSTER", "INFO"), "the cluster")
    yield url
    node.stop()


def test_cluster_node_is_noticed(doctor, make_app, cluster_node):
    code, found = doctor(REDIS_URL=cluster_node)
    assert (code, found["Redis' writes"][0]) == (1, "BAD")
    assert "Pulse needs a single server" in found["Redis' writes"][1]
    answer = make_app(REDIS_URL=cluster_node).test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
    assert "it is a node of a cluster" in answer.get_json()["checks"]["bus"]


def test_full_redis_is_noticed(doctor, make_app, redis):
    redis.config_set("maxmemory", "1")
    code, found = doctor()
    assert (code, "raise its maxmemory" in found["Redis' writes"][1]) == (1, True)
    answer = make_app().test_client().get("/readyz").get_json()
    assert (answer["status"], "raise its maxmemory" in answer["checks"]["bus"]) == ("degraded", True)


def test_too_few_connections(doctor):
    code, found = doctor(WEB_CONCURRENCY="100")
    assert (code, found["Connections"][0]) == (0, "mind")
    assert "wanted by 100 workers" in found["Connections"][1]
    assert "max_connections = " in found["Connections"][1]


@pytest.mark.parametrize(
    ("connections", "files", "mark"),
    [("768", None, "mind"), ("32768", None, "mind"), ("32768", "65536", "ok")],
)
def test_nginx_connections_are_compared(doctor, tmp_path, connections, files, mark):
    (tmp_path / "modules-enabled").mkdir()
    (tmp_path / "nginx.conf").write_text(
        f"worker_processes 1;\ninclude {tmp_path}/modules-enabled/*.conf;\n"
        f"events {{\n    worker_connections {connections};\n    # worker_connections 9;\n}}\n"
    )
    if files:
        (tmp_path / "modules-enabled" / "60-pulse.conf").write_text(f"worker_rlimit_nofile {files};\n")
    _, found = doctor(PULSE_MAX_STREAMS_PER_WORKER="8000")
    assert found["nginx"][0] == mark
    assert ("worker_connections 32000" in found["nginx"][1]) == (mark == "mind")
