"""`make run` with external servers: it uses them, and an error names the setting of one that is unreachable."""

from pathlib import Path

import psycopg2
from launcher_run import failed_start, run

from launcher.postgres import Postgres
from launcher.sockets import unused_port


def test_external_database_gets_no_demo(tmp_path: Path, postgres: Postgres, redis_url: str):
    postgres.create_database("without_a_demo")
    settings = {"DATABASE_URL": postgres.url_of("without_a_demo"), "REDIS_URL": redis_url}
    with run(tmp_path, **settings) as one:
        assert not [line for line in one.lines if "Making sure the demo" in line]
    with psycopg2.connect(settings["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM users")
        assert cursor.fetchone() == (0,)
    connection.close()


def test_external_servers_are_used(tmp_path: Path, postgres: Postgres, redis_url: str):
    postgres.create_database("of_our_own")
    settings = {
        "DATABASE_URL": postgres.url_of("of_our_own"),
        "REDIS_URL": redis_url,
        "PULSE_DEMO": "1",
        "PULSE_DEMO_PASSWORD": "open sesame",
    }
    with run(tmp_path, **settings) as one:
        assert [line.rpartition(" … ")[0] for line in one.lines[:2]] == [
            "Looking for PostgreSQL at DATABASE_URL",
            "Looking for Redis at REDIS_URL",
        ]
        assert f"Sign in at {one.address}/login, the password is PULSE_DEMO_PASSWORD" in one.lines
        assert {process.name() for process in one.family}.isdisjoint({"postgres", "valkey-server"})
        assert one.sign_in("open sesame") == 200


def test_unreachable_database_is_named(tmp_path: Path):
    end = failed_start(tmp_path, DATABASE_URL=f"postgresql://pulse:secret@127.0.0.1:{unused_port()}/pulse")
    assert end.returncode == 2
    assert end.stderr.startswith("pulse: DATABASE_URL does not lead to a database: ")
    assert "Connection refused" in end.stderr
    assert end.stderr.count("\n") == 1
    assert "secret" not in end.stderr + end.stdout


def test_unreachable_redis_is_named(tmp_path: Path, postgres: Postgres):
    url = f"redis://:secret@127.0.0.1:{unused_port()}/0"
    end = failed_start(tmp_path, DATABASE_URL=postgres.url, REDIS_URL=url)
    assert end.returncode == 2
    assert end.stderr.startswith("pulse: REDIS_URL does not lead to a Redis server: ")
    assert end.stderr.count("\n") == 1
    assert "secret" not in end.stderr + end.stdout
