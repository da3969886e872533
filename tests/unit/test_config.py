"""Settings: sound defaults, and one clear line that names the first wrong one."""

import dataclasses
from pathlib import Path

import pytest

from app.domain.rate import Rate
from app.errors import ConfigError
from app.settings.config import Settings

NEEDED = {
    "DATABASE_URL": "postgresql://pulse@db/pulse",
    "REDIS_URL": "redis://cache:6379/0",
    "PULSE_SECRET_KEY": "0123456789abcdef0123456789abcdef",
}


def test_three_settings_are_required():
    settings = dataclasses.asdict(Settings.from_environ(NEEDED))
    expected = {
        "stats_update_interval": 5,
        "heartbeat_interval": 30,
        "max_connection_duration": 3600,
        "connection_cleanup_interval": 300,
        "max_streams_per_worker": 10_000,
        "trusted_proxies": 0,
        "log_level": "INFO",
    }
    assert {name: settings[name] for name in expected} == expected


@pytest.mark.parametrize("name", NEEDED)
def test_missing_setting_is_named(name):
    for environ in ({k: v for k, v in NEEDED.items() if k != name}, NEEDED | {name: " "}):
        with pytest.raises(ConfigError, match=rf"\A{name} is not set: .+\Z"):
            Settings.from_environ(environ)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_postgresql_schemes_are_accepted(scheme):
    settings = Settings.from_environ(
        NEEDED | {"DATABASE_URL": f"{scheme}://pulse:p%40ss@db/pulse?sslmode=require"}
    )
    assert settings.database_url == "postgresql+psycopg2://pulse:p%40ss@db/pulse?sslmode=require"


@pytest.mark.parametrize("url", ["redis://cache:6379/1", "rediss://cache", "unix:///run/valkey.sock?db=0"])
def test_redis_urls_are_accepted(url):
    assert Settings.from_environ(NEEDED | {"REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", "mysql://db/pulse"),
        ("DATABASE_URL", "sqlite:///pulse.db"),
        ("DATABASE_URL", "db/pulse"),
        ("DATABASE_URL", "postgresql://pulse:pw@db:${PORT}/pulse"),
        ("DATABASE_URL", "postgresql://db:/pulse"),
        ("DATABASE_URL", "postgresql://db:99999/pulse"),
        ("DATABASE_URL", "postgresql://pulse:p@ss@db/pulse"),
        ("DATABASE_URL", "postgresql://pulse:12?secret=x@db/pulse"),
        ("REDIS_URL", "cache:6379"),
        ("REDIS_URL", "redis://default:secret/rest@cache:6379/0"),
        ("REDIS_URL", "redis://default:12/secret@cache:6379/0"),
        ("REDIS_URL", "redis://default:12?secret=x@cache:6379/0"),
        ("REDIS_URL", "redis://cache:6379/abc"),
        ("REDIS_URL", "redis://one:6379,two:6379/0"),
        ("REDIS_URL", "http://cache"),
        ("PULSE_SECRET_KEY", "too short"),
        *(
            (name, text)
            for name in (
                "PULSE_STATS_UPDATE_INTERVAL",
                "PULSE_HEARTBEAT_INTERVAL",
                "PULSE_MAX_CONNECTION_DURATION",
                "PULSE_CONNECTION_CLEANUP_INTERVAL",
            )
            for text in ("0", "0.0", "-5", "five", "5s", "nan", "inf", "1e3")
        ),
        ("PULSE_MAX_STREAMS_PER_WORKER", "0"),
        ("PULSE_MAX_STREAMS_PER_WORKER", "1.5"),
        ("PULSE_MAX_STREAMS_PER_WORKER", "many"),
        ("PULSE_SECRET_KEY_FALLBACKS", f"{'x' * 32},short"),
        ("PULSE_PUBLIC_URL", "pulse.example.org"),
        ("PULSE_PUBLIC_URL", "https://pulse.example.org/base"),
        ("PULSE_PUBLIC_URL", "https://pulse.example.org, ftp://x"),
        ("PULSE_PUBLIC_URL", "https://user@pulse.example.org"),
        ("PULSE_PUBLIC_URL", "https://pulse.example.org:99999"),
        ("PULSE_RATE_LIMIT_LOGIN", "10"),
        ("PULSE_RATE_LIMIT_EVENTS", "10 in a minute"),
        ("PULSE_RATE_LIMIT_STREAMS", "on"),
        *(
            ("PULSE_REDIS_PREFIX", text)
            for text in ("pulse", "pul*se:", ":", "pulse :", "x" * 41 + ":", "é:")
        ),
        ("PULSE_RATE_LIMIT_READS", "many"),
        ("PULSE_TRUSTED_PROXIES", "-1"),
        ("PULSE_TRUSTED_PROXIES", "yes"),
        ("PULSE_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name, text):
    with pytest.raises(ConfigError, match=rf"\A{name} must .+\Z") as complaint:
        Settings.from_environ(NEEDED | {name: text})
    assert "secret" not in str(complaint.value)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("DATABASE_URL", "postgresql://db/pulse?schema=public", "does not know: 'schema'"),
        ("DATABASE_URL", "postgresql://db/pulse?pgbouncer=true", "does not know: 'pgbouncer'"),
        ("DATABASE_URL", "postgresql://db/pulse?sslmode=on", "wrong sslmode: one of disable"),
        ("DATABASE_URL", "postgresql://db/pulse?connect_timeout=soon", "wrong connect_timeout"),
        ("DATABASE_URL", "postgresql://one/pulse?host=two", "names its hosts twice"),
        ("DATABASE_URL", "postgresql:///pulse?host=one,two&port=1,2,3", "another number of ports"),
        ("REDIS_URL", "redis://cache?nonsense=1", "does not know, or not with this value: 'nonsense'"),
        ("REDIS_URL", "unix:///run/valkey.sock?db=abc", "does not know, or not with this value: 'db'"),
    ],
)
def test_unknown_url_parameters_are_named(name, text, words):
    with pytest.raises(ConfigError, match=rf"\A{name} .*{words}"):
        Settings.from_environ(NEEDED | {name: text})


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("u@one,two/db", "u@/db?host=one,two"),
        (
            "u:p%40@one:5432,[::1]:5433/db?connect_timeout=2",
            "u:p%40@/db?host=one,::1&port=5432,5433&connect_timeout=2",
        ),
        ("u@/db?host=one:5432&host=two", "u@/db?host=one,two&port=5432,"),
        ("u@%2Frun%2Fpg/db", "u@/db?host=/run/pg"),
    ],
)
def test_several_hosts_of_postgresql(text, rest):
    settings = Settings.from_environ(NEEDED | {"DATABASE_URL": f"postgresql://{text}"})
    assert settings.database_url == f"postgresql+psycopg2://{rest}"


@pytest.mark.parametrize(
    ("text", "origins", "only_https"),
    [
        ("", (), False),
        ("https://Pulse.Example.org/", ("https://pulse.example.org",), True),
        ("https://a.test:443,https://b.test:8443", ("https://a.test", "https://b.test:8443"), True),
        ("https://a.test http://[::1]:8000", ("https://a.test", "http://[::1]:8000"), False),
    ],
)
def test_public_urls_become_origins(text, origins, only_https):
    settings = Settings.from_environ(NEEDED | {"PULSE_PUBLIC_URL": text})
    assert (settings.public_origins, settings.only_https) == (origins, only_https)


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("off", ()),
        ("10/minute", (Rate(10, 60),)),
        ("10/minute;100/hour", (Rate(10, 60), Rate(100, 3600))),
        ("5 per 2 seconds", (Rate(5, 2),)),
    ],
)
def test_rates_use_the_limits_notation(text, rates):
    assert Settings.from_environ(NEEDED | {"PULSE_RATE_LIMIT_EVENTS": text}).rate_limit_events == rates


def test_secrets_are_not_repeated():
    for name in ("PULSE_SECRET_KEY", "PULSE_SECRET_KEY_FALLBACKS", "DATABASE_URL", "REDIS_URL"):
        with pytest.raises(ConfigError) as complaint:
            Settings.from_environ(NEEDED | {name: "hunter2"})
        assert "hunter2" not in str(complaint.value)


def test_blanks_are_harmless():
    settings = Settings.from_environ(NEEDED | {"PULSE_STATS_UPDATE_INTERVAL": " 2.5 ", "PULSE_LOG_LEVEL": ""})
    assert (settings.stats_update_interval, settings.log_level) == (2.5, "INFO")


def test_a_log_level_may_be_in_small_letters():
    assert Settings.from_environ(NEEDED | {"PULSE_LOG_LEVEL": "debug"}).log_level == "DEBUG"


def test_only_config_reads_the_environment():
    root = Path(__file__).resolve().parents[2]
    readers = {
        str(path.relative_to(root))
        for path in (root / "app").rglob("*.py")
        if any(word in path.read_text() for word in ("os.environ", "getenv"))
    }
    # create_app passes the environment on; what is in it is config.py's business.
    assert readers == {"app/__init__.py"}
